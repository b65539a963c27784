/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Collects what several facilitators support together. The first that supports a kind
 * tells what its offers need. Nobody knows beforehand who will settle, so an extension
 * counts only if all process it.
 */
final class SupportedUnion {

	private final Map<List<Object>, Kind> kinds = new LinkedHashMap<>();

	private final Map<String, Set<String>> signers = new LinkedHashMap<>();

	private @Nullable Set<String> extensions;

	void add(SupportedResponse supported, Predicate<String> networks) {
		for (Kind kind : supported.kinds()) {
			if (networks.test(kind.network())) {
				this.kinds.putIfAbsent(List.of(kind.x402Version(), kind.scheme(), kind.network()), kind);
			}
		}
		if (this.extensions == null) {
			this.extensions = new TreeSet<>(supported.extensions());
		}
		this.extensions.retainAll(new HashSet<>(supported.extensions()));
		supported.signers()
			.forEach((pattern, addresses) -> this.signers.computeIfAbsent(pattern, (unused) -> new TreeSet<>())
				.addAll(addresses));
	}

	/**
	 * Return the union.
	 * @return what is supported, or {@code null} if nobody told anything
	 */
	@Nullable SupportedResponse build() {
		if (this.extensions == null) {
			return null;
		}
		Map<String, List<String>> addresses = new LinkedHashMap<>();
		this.signers.forEach((pattern, all) -> addresses.put(pattern, List.copyOf(all)));
		return new SupportedResponse(List.copyOf(this.kinds.values()), List.copyOf(this.extensions), addresses);
	}

}
