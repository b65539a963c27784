/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Trailers that the handler sets.
 */
final class HandlerTrailers {

	private volatile @Nullable Supplier<Map<String, String>> supplier;

	/**
	 * The handler sets trailers.
	 * @param supplier returns them, {@code null} if there are none
	 */
	void set(@Nullable Supplier<Map<String, String>> supplier) {
		this.supplier = supplier;
	}

	/**
	 * Ask for the trailers before it is decided about the response, since the container
	 * asks for them when everything else is sent.
	 * @param runs fail if the trailers do
	 */
	void resolve(HandlerRuns runs) {
		Supplier<Map<String, String>> current = this.supplier;
		if (current == null) {
			return;
		}
		try {
			Map<String, String> fields = current.get();
			this.supplier = () -> (fields != null) ? fields : Map.of();
		}
		catch (RuntimeException ex) {
			this.supplier = null;
			runs.fail(ex);
		}
	}

	Map<String, String> fields() {
		Supplier<Map<String, String>> current = this.supplier;
		return (current != null) ? current.get() : Map.of();
	}

}
