/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.util.Collection;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls a facilitator server.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface FacilitatorCallerResolver {

	/**
	 * Authenticate a call.
	 * @param request the call; its body has not been read
	 * @return name of the caller, or {@code null} if it may not use this server
	 */
	@Nullable String resolve(HttpServletRequest request);

	/**
	 * Return a resolver that authenticates callers by bearer token.
	 * @param tokens the tokens; without any, everybody may call and is named by address
	 * @return the resolver
	 */
	static FacilitatorCallerResolver ofTokens(Collection<String> tokens) {
		return new CallerTokens(tokens)::resolve;
	}

}
