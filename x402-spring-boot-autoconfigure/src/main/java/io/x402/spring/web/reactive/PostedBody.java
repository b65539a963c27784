/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

import io.x402.spring.web.RequestFingerprint;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;

/**
 * Body of a request that is refused, so that a page can repeat it.
 *
 * @param bytes the whole body, empty if there is none, or {@code null} if it is too long
 * or can no longer be read
 */
record PostedBody(byte @Nullable [] bytes) {

	/**
	 * Read the body of a request, or write a form again that a filter has parsed before.
	 * @param exchange the exchange of the request
	 * @param limit number of bytes of the longest body
	 */
	static Mono<PostedBody> read(ServerWebExchange exchange, int limit) {
		return DataBufferUtils.join(exchange.getRequest().getBody(), limit)
			.map(PostedBody::take)
			.defaultIfEmpty(new byte[0])
			.onErrorResume(IllegalStateException.class, (ex) -> parsed(exchange))
			.map(PostedBody::new)
			.onErrorReturn(new PostedBody(null));
	}

	private static byte[] take(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	private static Mono<byte[]> parsed(ServerWebExchange exchange) {
		return RequestFingerprint.isForm(exchange.getRequest().getHeaders().getFirst(HttpHeaders.CONTENT_TYPE))
				? exchange.getFormData().map(PostedBody::write)
				: Mono.error(new IllegalStateException("The body of the request was read by another"));
	}

	private static byte[] write(MultiValueMap<String, String> form) {
		StringJoiner body = new StringJoiner("&");
		form.forEach(
				(name, values) -> values.forEach((value) -> body.add(URLEncoder.encode(name, StandardCharsets.UTF_8)
						+ "=" + URLEncoder.encode(String.valueOf(value), StandardCharsets.UTF_8))));
		return body.toString().getBytes(StandardCharsets.US_ASCII);
	}

}
