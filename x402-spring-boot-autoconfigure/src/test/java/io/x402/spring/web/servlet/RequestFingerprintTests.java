/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class RequestFingerprintTests {

	private final RequestHeaderIdentity identity = new RequestHeaderIdentity(List.of("Accept"));

	@Test
	void whenAQuerySpellsAHeaderThenTheRequestsDiffer() throws Exception {
		MockHttpServletRequest query = new MockHttpServletRequest("GET", "/report");
		query.setQueryString("accept&image/png");
		MockHttpServletRequest header = new MockHttpServletRequest("GET", "/report");
		header.addHeader("Accept", "image/png");
		assertThat(RequestFingerprint.of(query, this.identity))
			.isNotEqualTo(RequestFingerprint.of(header, this.identity));
	}

	@Test
	void whenAFieldHoldsNulCharactersThenItDoesNotSpellAnotherField() throws Exception {
		MockHttpServletRequest one = form();
		one.addParameter("x", "\0y\0" + "1\0z");
		MockHttpServletRequest two = form();
		two.addParameter("x", "");
		two.addParameter("y", "z");
		assertThat(RequestFingerprint.of(one, this.identity)).isNotEqualTo(RequestFingerprint.of(two, this.identity));
	}

	private static MockHttpServletRequest form() {
		MockHttpServletRequest request = new MockHttpServletRequest("POST", "/report");
		request.setContentType("application/x-www-form-urlencoded");
		return request;
	}

}
