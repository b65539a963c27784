/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import org.jspecify.annotations.Nullable;

/**
 * The request of a browser that a page is rendered for, so that the page can repeat it
 * with a payment.
 *
 * @param method HTTP method
 * @param accept value of the {@code Accept} header
 * @param acceptLanguage value of the {@code Accept-Language} header, or {@code null}
 * @param contentType content type of the body, or {@code null}
 * @param body the whole body, empty if there is none, or {@code null} if it is too long
 * to be repeated by a page
 * @since 0.2.0
 */
public record PaywallRequest(String method, String accept, @Nullable String acceptLanguage,
		@Nullable String contentType, byte @Nullable [] body) {

	/** Number of bytes of the longest body that a page repeats. */
	public static final int MAX_BODY_LENGTH = 64 * 1024;

}
