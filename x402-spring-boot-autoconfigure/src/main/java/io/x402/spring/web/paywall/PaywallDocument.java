/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.util.Locale;

/**
 * An HTML page with the policy that protects it.
 *
 * @param contentSecurityPolicy value of the {@code Content-Security-Policy} header
 * @param language language of the page
 * @param html UTF-8 bytes of the page
 * @since 0.2.0
 */
public record PaywallDocument(String contentSecurityPolicy, Locale language, byte[] html) {

}
