/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A paid response. It is delivered when its content was read to the end. A connection
 * that breaks before, and a caller that leaves content unread, leave the payment to the
 * next request.
 */
final class PaidResponse implements ClientHttpResponse {

	private final ClientHttpResponse response;

	private final PaymentAttempts attempts;

	private @Nullable PaidBody body;

	private PaidResponse(ClientHttpResponse response, PaymentAttempts attempts) {
		this.response = response;
		this.attempts = attempts;
	}

	static ClientHttpResponse of(ClientHttpResponse response, PaymentAttempts attempts) {
		return attempts.isOpen() ? new PaidResponse(response, attempts) : response;
	}

	/**
	 * Return the content. A response that is buffered returns all of it each time.
	 */
	@Override
	public InputStream getBody() throws IOException {
		PaidBody body = body();
		this.body = body;
		return body;
	}

	private PaidBody body() throws IOException {
		try {
			InputStream content = this.response.getBody();
			PaidBody last = this.body;
			return (last != null && last.isOf(content)) ? last
					: new PaidBody(content, this.attempts, ContentLength.of(this.response, isHead()));
		}
		catch (IOException ex) {
			this.attempts.broken();
			throw ex;
		}
	}

	private boolean isHead() {
		return HttpMethod.HEAD.matches(this.attempts.purchase().method());
	}

	/**
	 * Content that the caller did not ask for at all must have arrived, of content that
	 * it began to read nothing may be left.
	 */
	@Override
	public void close() {
		try {
			PaidBody last = this.body;
			if (this.attempts.isOpen()) {
				((last != null) ? last : body()).end();
			}
		}
		catch (IOException ex) {
			// The payment is kept
		}
		finally {
			this.attempts.broken();
			this.response.close();
		}
	}

	@Override
	public HttpStatusCode getStatusCode() throws IOException {
		return this.response.getStatusCode();
	}

	@Override
	public String getStatusText() throws IOException {
		return this.response.getStatusText();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.response.getHeaders();
	}

}
