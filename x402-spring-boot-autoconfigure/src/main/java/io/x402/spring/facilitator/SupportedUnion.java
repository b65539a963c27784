/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Kinds that several facilitators together support. Keeps nothing but the union of what
 * its sources keep, until one of those changes.
 */
final class SupportedUnion implements SupportedKinds {

	private final List<Source> sources;

	private volatile @Nullable Union latest;

	SupportedUnion(List<Source> sources) {
		this.sources = sources;
	}

	@Override
	public @Nullable SupportedResponse known() {
		List<Part> parts = new ArrayList<>();
		for (Source source : usableFirst()) {
			SupportedResponse known = source.kinds().known();
			if (known != null) {
				parts.add(new Part(source, known));
			}
		}
		return parts.isEmpty() ? null : union(parts);
	}

	@Override
	public SupportedResponse get() {
		List<Part> parts = new ArrayList<>();
		FacilitatorException failure = new FacilitatorException("No facilitator reported what it supports");
		for (Source source : usableFirst()) {
			try {
				parts.add(new Part(source, source.kinds().get()));
			}
			catch (FacilitatorException ex) {
				failure = ex;
			}
		}
		if (parts.isEmpty()) {
			throw failure;
		}
		return union(parts);
	}

	private List<Source> usableFirst() {
		List<Source> sorted = new ArrayList<>(this.sources);
		sorted.sort(Comparator.comparing((source) -> !source.usable().getAsBoolean()));
		return sorted;
	}

	private SupportedResponse union(List<Part> parts) {
		Union latest = this.latest;
		if (latest == null || !latest.parts().equals(parts)) {
			latest = new Union(List.copyOf(parts), unite(parts));
			this.latest = latest;
		}
		return latest.supported();
	}

	private static SupportedResponse unite(List<Part> parts) {
		Map<List<Object>, Kind> kinds = new LinkedHashMap<>();
		Map<String, Set<String>> signers = new LinkedHashMap<>();
		Set<String> extensions = new TreeSet<>(parts.get(0).supported().extensions());
		for (Part part : parts) {
			for (Kind kind : part.supported().kinds()) {
				if (part.source().networks().test(kind.network())) {
					kinds.putIfAbsent(List.of(kind.x402Version(), kind.scheme(), kind.network()), kind);
				}
			}
			extensions.retainAll(new HashSet<>(part.supported().extensions()));
			part.supported()
				.signers()
				.forEach((pattern, addresses) -> signers.computeIfAbsent(pattern, (unused) -> new TreeSet<>())
					.addAll(addresses));
		}
		Map<String, List<String>> addresses = new LinkedHashMap<>();
		signers.forEach((pattern, all) -> addresses.put(pattern, List.copyOf(all)));
		return new SupportedResponse(List.copyOf(kinds.values()), List.copyOf(extensions), addresses);
	}

	/**
	 * One of the facilitators.
	 *
	 * @param kinds its supported kinds
	 * @param usable returns whether it can be used right now
	 * @param networks matches the networks that it is used for
	 */
	record Source(SupportedKinds kinds, BooleanSupplier usable, Predicate<String> networks) {

	}

	private record Part(Source source, SupportedResponse supported) {

	}

	private record Union(List<Part> parts, SupportedResponse supported) {

	}

}
