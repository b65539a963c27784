/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import jakarta.servlet.RequestDispatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class DefaultResourceUrlResolverTests {

	private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/app/a%20b;x=1");

	@ParameterizedTest
	@CsvSource({ "http, 80, http://shop.example", "https, 443, https://shop.example",
			"http, 8080, http://shop.example:8080", "https, 80, https://shop.example:80",
			"http, 443, http://shop.example:443" })
	void whenNoBaseUrlIsKnownThenRequestTellsTheOrigin(String scheme, int port, String origin) {
		this.request.setScheme(scheme);
		this.request.setSecure(scheme.equals("https"));
		this.request.setServerName("shop.example");
		this.request.setServerPort(port);
		this.request.setQueryString("q=%C3%BC&r");
		assertThat(new DefaultResourceUrlResolver(null).resolve(this.request))
			.isEqualTo(origin + "/app/a%20b;x=1?q=%C3%BC&r");
	}

	@Test
	void whenBaseUrlIsKnownThenRequestDoesNotTellTheOrigin() {
		this.request.setServerName("evil.example");
		this.request.addHeader("Host", "evil.example");
		this.request.addHeader("X-Forwarded-Host", "evil.example");
		assertThat(new DefaultResourceUrlResolver("https://api.example.com/shop").resolve(this.request))
			.isEqualTo("https://api.example.com/shop/app/a%20b;x=1");
	}

	@Test
	void whenRequestWasForwardedThenNamesWhatTheBuyerAskedFor() {
		this.request.setAttribute(RequestDispatcher.FORWARD_REQUEST_URI, "/original");
		this.request.setAttribute(RequestDispatcher.FORWARD_QUERY_STRING, "a=b");
		this.request.setQueryString("internal=1");
		assertThat(new DefaultResourceUrlResolver("https://api.example.com").resolve(this.request))
			.isEqualTo("https://api.example.com/original?a=b");
		this.request.removeAttribute(RequestDispatcher.FORWARD_QUERY_STRING);
		assertThat(new DefaultResourceUrlResolver("https://api.example.com").resolve(this.request))
			.isEqualTo("https://api.example.com/original");
	}

}
