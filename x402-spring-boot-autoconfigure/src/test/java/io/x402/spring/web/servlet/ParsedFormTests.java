/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class ParsedFormTests {

	@Test
	void whenFormWasParsedThenItsFieldsAreWrittenWithoutThoseOfTheQuery() {
		MockHttpServletRequest request = new MockHttpServletRequest("POST", "/echo");
		request.setContentType("application/x-www-form-urlencoded");
		request.setQueryString("a=1&b=2");
		request.addParameter("a", "1", "of the form & more");
		request.addParameter("b", "2");
		request.addParameter("c", "ol\u00e1");
		byte[] body = new ServletRequestHead(request).body(1000);
		assertThat(new String(body, StandardCharsets.US_ASCII)).isEqualTo("a=of+the+form+%26+more&c=ol%C3%A1");
	}

	@Test
	void whenBodyIsLongerThanTheLimitThenItIsNotRepeated() {
		MockHttpServletRequest request = new MockHttpServletRequest("POST", "/echo");
		request.setContent(new byte[11]);
		assertThat(new ServletRequestHead(request).body(10)).isNull();
	}

}
