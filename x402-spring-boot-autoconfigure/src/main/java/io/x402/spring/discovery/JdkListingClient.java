/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

import io.x402.spring.protocol.ProtocolVersion;

import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;

/**
 * Sends the requests of a check with a client that knows no credentials and never pays.
 * The body of a response that asks for no payment is not read: it may never end.
 */
final class JdkListingClient implements ListingClient {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final int MAX_BODY = 256 * 1024;

	private final SingletonSupplier<HttpClient> client = SingletonSupplier
		.of(() -> HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build());

	@Override
	public Response send(String method, URI url, Map<String, String> headers) throws IOException {
		HttpRequest.Builder request = HttpRequest.newBuilder(url)
			.method(method, BodyPublishers.noBody())
			.timeout(TIMEOUT);
		headers.forEach(request::header);
		try {
			HttpResponse<InputStream> response = this.client.obtain()
				.send(request.build(), BodyHandlers.ofInputStream());
			try (InputStream body = response.body()) {
				return new Response(response.statusCode(),
						response.headers().firstValue(HttpHeaders.CONTENT_TYPE).orElse(null),
						response.headers().firstValue(ProtocolVersion.PAYMENT_REQUIRED_HEADER).orElse(null),
						(response.statusCode() == 402) ? body.readNBytes(MAX_BODY) : new byte[0]);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted");
		}
	}

}
