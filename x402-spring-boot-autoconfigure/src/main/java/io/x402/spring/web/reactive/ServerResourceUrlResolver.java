/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import org.springframework.web.server.ServerWebExchange;

/**
 * Finds the public URL of a request of WebFlux, which offers name as the resource.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface ServerResourceUrlResolver {

	/**
	 * Find the URL, without blocking.
	 * @param exchange the request
	 * @return absolute URL with query
	 */
	String resolve(ServerWebExchange exchange);

}
