/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.io.InputStream;

import org.springframework.core.io.Resource;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.converter.ResourceHttpMessageConverter;
import org.springframework.http.server.DelegatingServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;

/**
 * Writes resources as Spring does, but lets a handler that is paid fail if its resource
 * cannot be read to the end. Spring swallows some of these failures, after which an empty
 * or cut response looks complete.
 */
final class PaidResourceConverter extends ResourceHttpMessageConverter {

	@Override
	protected void writeContent(Resource resource, HttpOutputMessage message) throws IOException {
		if (!isPaid(message)) {
			super.writeContent(resource, message);
			return;
		}
		try (InputStream in = resource.getInputStream()) {
			in.transferTo(message.getBody());
		}
	}

	/**
	 * Return whether a message is the response of a paid handler.
	 */
	static boolean isPaid(HttpOutputMessage message) {
		HttpOutputMessage innermost = message;
		while (innermost instanceof DelegatingServerHttpResponse delegating) {
			innermost = delegating.getDelegate();
		}
		if (!(innermost instanceof ServletServerHttpResponse response)) {
			return false;
		}
		ResponseHold held = HeldResponse.holdOf(response.getServletResponse());
		return held != null && held.isArmed();
	}

}
