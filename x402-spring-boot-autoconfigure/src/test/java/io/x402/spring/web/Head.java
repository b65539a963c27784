/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The head of a request of no transport.
 */
record Head(String method, String path, @Nullable String query, HttpHeaders headers) implements RequestHead {

	static Head of(String method, String path) {
		return new Head(method, path, null, new HttpHeaders());
	}

	Head with(String name, String value) {
		this.headers.add(name, value);
		return this;
	}

	@Override
	public List<String> headers(String name) {
		return this.headers.getOrEmpty(name);
	}

	@Override
	public @Nullable String user() {
		return null;
	}

}
