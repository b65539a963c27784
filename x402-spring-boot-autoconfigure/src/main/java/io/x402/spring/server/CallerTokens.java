/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

import io.x402.spring.protocol.HmacSha256;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Knows callers by bearer token. Without any token everybody may call, and is known by
 * address.
 */
final class CallerTokens {

	private static final String SCHEME = "Bearer ";

	private final List<byte[]> tokens;

	/**
	 * Create tokens.
	 * @param tokens the tokens, none for everybody
	 */
	CallerTokens(Collection<String> tokens) {
		this.tokens = tokens.stream().map((token) -> token.getBytes(StandardCharsets.UTF_8)).toList();
	}

	@Nullable String resolve(HttpServletRequest request) {
		if (this.tokens.isEmpty()) {
			return request.getRemoteAddr();
		}
		String header = request.getHeader("Authorization");
		if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
			return null;
		}
		byte[] given = header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
		String caller = null;
		for (int i = 0; i < this.tokens.size(); i++) {
			if (HmacSha256.areEqual(this.tokens.get(i), given)) {
				caller = "token " + i;
			}
		}
		return caller;
	}

	@Override
	public String toString() {
		return "CallerTokens[" + this.tokens.size() + "]";
	}

}
