/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import io.x402.spring.autoconfigure.web.CsrfHeaders;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Headers that tell the page of the console what Spring Security wants to see in its
 * {@code POST}: the token that proves that its own page sends it. Only that page can read
 * them.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(CsrfToken.class)
@ConditionalOnBooleanProperty("x402.console.enabled")
class CsrfHeadersConfiguration {

	@Bean
	CsrfHeaders x402CsrfHeaders() {
		return () -> {
			HttpHeaders headers = new HttpHeaders();
			RequestAttributes request = RequestContextHolder.getRequestAttributes();
			if (request != null && request.getAttribute(CsrfToken.class.getName(),
					RequestAttributes.SCOPE_REQUEST) instanceof CsrfToken token) {
				headers.set("X-CSRF-HEADER", token.getHeaderName());
				headers.set("X-CSRF-TOKEN", token.getToken());
			}
			return headers;
		};
	}

}
