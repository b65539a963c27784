/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.store.NewPass;
import org.jspecify.annotations.Nullable;

/**
 * Passes with counted uses that were used at this instance before. Nothing is decided by
 * them but what a use would cost: whether a pass still opens, has uses left or is revoked
 * is known to the store only.
 */
final class KnownPasses {

	private static final int MOST = 10_000;

	private final Map<String, NewPass> passes = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, NewPass> eldest) {
			return size() > MOST;
		}

	};

	/**
	 * Find the pass that a token opened when it was added.
	 * @param token the token
	 * @return the pass, or {@code null} if it must be read
	 */
	@Nullable NewPass find(PassToken token) {
		NewPass pass = get(token.id());
		return (pass != null && token.opens(pass.tokenHash())) ? pass : null;
	}

	private synchronized @Nullable NewPass get(String id) {
		return this.passes.get(id);
	}

	/**
	 * Add a pass that was used. One without counted uses is read each time, which is one
	 * step already.
	 * @param pass the pass
	 */
	synchronized void add(NewPass pass) {
		if (pass.uses() != null) {
			this.passes.put(pass.id(), pass);
		}
	}

	synchronized void forget(NewPass pass) {
		this.passes.remove(pass.id());
	}

}
