/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Finds the public URL of a request, which offers name as the resource.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ResourceUrlResolver {

	/**
	 * Find the URL.
	 * @param request the request
	 * @return absolute URL with query
	 */
	String resolve(HttpServletRequest request);

}
