/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Headers of a paid handler, in responses that are charged and in those that are not.
 */
class HandlerHeadersTests {

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	@Test
	void whenAResponseIsUnchargedThenItKeepsWhatOthersSet() {
		this.response.setHeader("X-Frame-Options", "DENY");
		HandlerHeaders headers = new HandlerHeaders(this.response);
		handler(headers, "X-Report", "sold");
		handler(headers, "Retry-After", "5");
		headers.withhold(false);
		assertThat(this.response.getHeaderNames()).containsExactlyInAnyOrder("X-Frame-Options", "Retry-After");
	}

	@Test
	void whenAnUnchargedResponseRedirectsThenOnlyItsLocationStays() {
		HandlerHeaders headers = new HandlerHeaders(this.response);
		handler(headers, "Location", "/login");
		handler(headers, "X-Report", "sold");
		headers.withhold(true);
		assertThat(this.response.getHeaderNames()).containsExactly("Location");
	}

	@Test
	void whenARequestTimesOutThenTheHeadersComeBackWithItsResponse() {
		HandlerHeaders headers = new HandlerHeaders(this.response);
		handler(headers, "X-Report", "sold");
		headers.setAside();
		assertThat(this.response.getHeaderNames()).isEmpty();
		headers.putBack();
		assertThat(this.response.getHeader("X-Report")).isEqualTo("sold");
	}

	@Test
	void whenTheContainerChangesHeadersThenTheDecidedOnesAreStored() {
		HandlerHeaders headers = new HandlerHeaders(this.response);
		handler(headers, "X-Report", "sold");
		headers.decided();
		this.response.setHeader("Content-Encoding", "gzip");
		assertThat(headers.decided().headerNames()).containsExactly("X-Report");
	}

	@Test
	void whenTheResponseIsFrozenThenOnlyAnErrorMaySetHeaders() {
		HandlerHeaders headers = new HandlerHeaders(this.response);
		assertThat(headers.add("X-Report", false, false)).isTrue();
		assertThat(headers.add("X-Report", true, true)).isFalse();
		assertThat(headers.add("Content-Type", true, true)).isTrue();
		assertThat(headers.add("Content-Type", true, false)).isFalse();
		assertThat(headers.add("Payment-Response", false, false)).isFalse();
	}

	private void handler(HandlerHeaders headers, String name, String value) {
		assertThat(headers.add(name, false, false)).isTrue();
		this.response.setHeader(name, value);
	}

}
