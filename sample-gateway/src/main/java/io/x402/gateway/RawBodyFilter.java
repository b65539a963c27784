/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.IOException;
import java.util.regex.Pattern;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.server.ResponseStatusException;

/**
 * Keeps bodies of requests as the client sent them, up to a size. A form or a file that
 * the container has parsed could not be sent on byte by byte.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RawBodyFilter extends OncePerRequestFilter {

	/** In any case, as containers and Spring compare it. */
	private static final Pattern PARSED = Pattern.compile("application/x-www-form-urlencoded|multipart/",
			Pattern.CASE_INSENSITIVE);

	private final long limit;

	RawBodyFilter(GatewayProperties properties) {
		this.limit = properties.maxRequestSize().toBytes();
		if (this.limit < 0) {
			throw new InvalidPropertyException("gateway.max-request-size", String.valueOf(properties.maxRequestSize()),
					"must be zero or more", "Set a size such as 10MB.");
		}
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (request.getContentLengthLong() > this.limit) {
			response.sendError(HttpStatus.CONTENT_TOO_LARGE.value());
			return;
		}
		chain.doFilter(new RawRequest(request, this.limit), response);
	}

	private static final class RawRequest extends HttpServletRequestWrapper {

		private final long limit;

		private @Nullable ServletInputStream body;

		RawRequest(HttpServletRequest request, long limit) throws IOException {
			super(request);
			this.limit = limit;
			if (isParsed(request.getContentType())) {
				// Containers leave a body alone whose stream was asked for
				getInputStream();
			}
		}

		private static boolean isParsed(@Nullable String contentType) {
			return contentType != null && PARSED.matcher(contentType).lookingAt();
		}

		/**
		 * Nobody on the way looks into a body. The header says what it is.
		 */
		@Override
		public @Nullable String getContentType() {
			String contentType = super.getContentType();
			return isParsed(contentType) ? MediaType.APPLICATION_OCTET_STREAM_VALUE : contentType;
		}

		@Override
		public ServletInputStream getInputStream() throws IOException {
			if (this.body == null) {
				this.body = new LimitedBody(super.getInputStream(), this.limit);
			}
			return this.body;
		}

	}

	private static final class LimitedBody extends ServletInputStream {

		private final ServletInputStream body;

		private long left;

		LimitedBody(ServletInputStream body, long limit) {
			this.body = body;
			this.left = limit;
		}

		@Override
		public int read() throws IOException {
			byte[] single = new byte[1];
			return (read(single, 0, 1) < 0) ? -1 : single[0] & 0xff;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int read = this.body.read(bytes, offset, length);
			this.left -= Math.max(0, read);
			if (this.left < 0) {
				throw new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE);
			}
			return read;
		}

		@Override
		public boolean isFinished() {
			return this.body.isFinished();
		}

		@Override
		public boolean isReady() {
			return this.body.isReady();
		}

		@Override
		public void setReadListener(ReadListener listener) {
			this.body.setReadListener(listener);
		}

	}

}
