/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Knows callers by bearer token. Without any token everybody may call, and is known by
 * address.
 *
 * @since 0.1.0
 */
public final class TokenCallerResolver implements FacilitatorCallerResolver {

	private static final String SCHEME = "Bearer ";

	private final List<byte[]> tokens;

	/**
	 * Create a resolver.
	 * @param tokens the tokens, none for everybody
	 */
	public TokenCallerResolver(Collection<String> tokens) {
		this.tokens = tokens.stream().map((token) -> token.getBytes(StandardCharsets.UTF_8)).toList();
	}

	@Override
	public @Nullable String resolve(HttpServletRequest request) {
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
			if (MessageDigest.isEqual(this.tokens.get(i), given)) {
				caller = "token " + i;
			}
		}
		return caller;
	}

	@Override
	public String toString() {
		return "TokenCallerResolver[" + this.tokens.size() + "]";
	}

}
