/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import org.springframework.http.HttpHeaders;

/**
 * Headers of a response that tell the page of the console what a request needs to be no
 * forged one. Not a {@code Supplier}: Spring Cloud Function would publish a bean of that
 * type.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface CsrfHeaders {

	/**
	 * Return what the current request was told.
	 * @return headers, empty if nothing protects against forged requests
	 */
	HttpHeaders read();

}
