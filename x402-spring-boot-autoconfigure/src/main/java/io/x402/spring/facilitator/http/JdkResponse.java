/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * A complete response. Its cookies are not read.
 *
 * @param status the status
 * @param headers the headers
 * @param body the body, maybe empty
 */
record JdkResponse(HttpStatusCode status, HttpHeaders headers, byte[] body) implements ClientHttpResponse {

	@Override
	public HttpStatusCode getStatusCode() {
		return this.status;
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public MultiValueMap<String, ResponseCookie> getCookies() {
		return new LinkedMultiValueMap<>();
	}

	@Override
	public Flux<DataBuffer> getBody() {
		return (this.body.length == 0) ? Flux.empty()
				: Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(this.body));
	}

	@Override
	public String toString() {
		return "JdkResponse[" + this.status.value() + "]";
	}

}
