/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A 402 response whose body is read, so that it can be looked at and still be given to
 * the caller. Of a longer body the rest is dropped.
 */
final class UnpaidResponse implements ClientHttpResponse {

	static final int MAX_BODY = 64 * 1024;

	private final HttpStatusCode status;

	private final String statusText;

	private final HttpHeaders headers;

	private final byte[] body;

	private UnpaidResponse(HttpStatusCode status, String statusText, HttpHeaders headers, byte[] body) {
		this.status = status;
		this.statusText = statusText;
		this.headers = headers;
		this.body = body;
	}

	static UnpaidResponse read(ClientHttpResponse response) throws IOException {
		try (response) {
			return new UnpaidResponse(response.getStatusCode(), response.getStatusText(), response.getHeaders(),
					response.getBody().readNBytes(MAX_BODY));
		}
	}

	byte[] body() {
		return this.body;
	}

	@Override
	public HttpStatusCode getStatusCode() {
		return this.status;
	}

	@Override
	public String getStatusText() {
		return this.statusText;
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public InputStream getBody() {
		return new ByteArrayInputStream(this.body);
	}

	@Override
	public void close() {
	}

}
