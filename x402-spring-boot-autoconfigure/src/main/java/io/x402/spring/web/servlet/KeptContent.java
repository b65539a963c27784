/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.List;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * What the filters within the payment filter keep of what a handler has written. They
 * write it to the held response when they like, so that it is not gone with what is held.
 */
final class KeptContent {

	/** Wrappers that no one can ask may keep anything. */
	private static final long UNKNOWN = -1;

	/** Packages of wrappers that keep no content. */
	private static final List<String> TRANSPARENT = List.of("io.x402.spring.web.servlet.", "org.apache.catalina.",
			"org.eclipse.jetty.", "org.springframework.security.", "org.springframework.session.",
			"org.springframework.web.context.request.async.", "org.springframework.web.filter.",
			"org.springframework.web.servlet.resource.");

	private final ServletResponse held;

	/**
	 * Create the content that is kept outside of a held response.
	 * @param held the response, as filters within the payment filter see it
	 */
	KeptContent(ServletResponse held) {
		this.held = held;
	}

	/**
	 * Return what all filters keep, whether they stand within the payment filter or
	 * around it.
	 * @param response a response
	 */
	static KeptContent ofAll(ServletResponse response) {
		ServletResponse container = response;
		while (container instanceof ServletResponseWrapper wrapper) {
			container = wrapper.getResponse();
		}
		return new KeptContent(container);
	}

	/**
	 * Let the filters forget what the handler has written.
	 * @param response the response that the handler has seen
	 * @return whether it is proved that they have
	 */
	boolean forget(HttpServletResponse response) {
		try {
			response.resetBuffer();
		}
		catch (IllegalStateException ex) {
			// It is committed, and what has left cannot be taken back
		}
		return of(response) == 0;
	}

	/**
	 * Return whether the filters still keep exactly as much as before.
	 * @param response the response that they have put around the held one
	 * @param before what {@link #of} returned then
	 */
	boolean isUnchanged(ServletResponse response, long before) {
		return before != UNKNOWN && of(response) == before;
	}

	/**
	 * Return how much the filters keep.
	 * @param response the response that they have put around the held one
	 * @return number of bytes, negative if that is unknown
	 */
	long of(ServletResponse response) {
		long kept = 0;
		ServletResponse current = response;
		while (current != this.held) {
			if (current instanceof ContentCachingResponseWrapper caching) {
				kept += caching.getContentSize();
			}
			else if (!isTransparent(current)) {
				return UNKNOWN;
			}
			current = ((ServletResponseWrapper) current).getResponse();
		}
		return kept;
	}

	private static boolean isTransparent(ServletResponse response) {
		String name = response.getClass().getName();
		return response instanceof ServletResponseWrapper && TRANSPARENT.stream().anyMatch(name::startsWith);
	}

}
