/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.List;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMessage;
import org.springframework.http.MediaType;

/**
 * What a response says about the length of its content.
 *
 * @param bytes declared number of bytes, -1 if it is not known
 * @param endless whether the content is of a kind that may have no end
 */
record ContentLength(long bytes, boolean endless) {

	private static final List<MediaType> STREAMS = List.of(MediaType.TEXT_EVENT_STREAM, MediaType.APPLICATION_NDJSON,
			MediaType.parseMediaType("application/json-seq"), MediaType.parseMediaType("multipart/*"));

	/**
	 * Return the length of a response.
	 * @param response the response
	 * @param head whether it responds to a HEAD request
	 * @return the length
	 */
	static ContentLength of(HttpMessage response, boolean head) {
		HttpHeaders headers = response.getHeaders();
		boolean encoded = headers.containsHeader(HttpHeaders.CONTENT_ENCODING)
				|| headers.containsHeader(HttpHeaders.TRANSFER_ENCODING);
		return new ContentLength((head || encoded) ? -1 : contentLength(headers), !head && isStream(headers));
	}

	private static long contentLength(HttpHeaders headers) {
		try {
			return headers.getContentLength();
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

	private static boolean isStream(HttpHeaders headers) {
		String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
		try {
			MediaType media = (type != null) ? MediaType.parseMediaType(type) : null;
			return media != null && STREAMS.stream().anyMatch((stream) -> stream.includes(media));
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	boolean isKnown() {
		return this.bytes >= 0;
	}

}
