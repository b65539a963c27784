/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.io.OutputStream;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;

/**
 * The way of a response through the container to the buyer, and what has become of it.
 */
final class BuyerConnection {

	/** Where Tomcat looks for a file to send in place of what was written. */
	private static final String SENDFILE = "org.apache.tomcat.sendfile.filename";

	private final HttpServletRequest request;

	/** The response of the container, whatever dispatches wrap around it meanwhile. */
	private final HttpServletResponse container;

	private final boolean jetty;

	private final int headerLimit;

	/** Whether a write to the connection failed. */
	private volatile boolean lost;

	/** Whether the container gave the request up while its payment was settled. */
	private volatile boolean givenUp;

	/**
	 * Create a connection.
	 * @param request the request
	 * @param response the response to hold
	 * @param limits what containers refuse to send
	 */
	BuyerConnection(HttpServletRequest request, HttpServletResponse response, HeaderLimits limits) {
		this.request = request;
		this.container = ContainerResponse.of(response);
		this.jetty = ContainerResponse.isOf(response, "org.eclipse.jetty.");
		this.headerLimit = limits.of(response);
	}

	HttpServletResponse response() {
		return this.container;
	}

	OutputStream output() throws IOException {
		return this.container.getOutputStream();
	}

	boolean isCommitted() {
		return this.container.isCommitted();
	}

	boolean isAsync() {
		return this.request.isAsyncStarted();
	}

	/**
	 * Return whether the length of the body says anything about the response.
	 */
	boolean isLengthComparable() {
		return !HttpMethod.HEAD.matches(this.request.getMethod()) && !sendsFile()
				&& this.container.getStatus() != HttpServletResponse.SC_NO_CONTENT;
	}

	/**
	 * Return whether the container accepts the headers. One that refuses them does so
	 * when it is too late for a refusal of the payment.
	 */
	boolean acceptsHeaders() {
		return HeaderLimits.size(this.container) <= this.headerLimit && isLine(this.container.getContentType());
	}

	/**
	 * Containers clean a content type with line breaks when they send it, so that what is
	 * stored could not be sent again.
	 */
	private static boolean isLine(@Nullable String text) {
		return text == null || text.chars().noneMatch(Character::isISOControl);
	}

	/**
	 * Return whether the container sends a file in place of what was written.
	 */
	boolean sendsFile() {
		return this.request.getAttribute(SENDFILE) != null;
	}

	void forgetFile() {
		this.request.removeAttribute(SENDFILE);
	}

	boolean isLost() {
		return this.lost;
	}

	void lose() {
		this.lost = true;
	}

	boolean isGivenUp() {
		return this.givenUp;
	}

	void giveUp() {
		this.givenUp = true;
	}

	/**
	 * End a response that has begun as one that is not complete. Jetty ends it well
	 * whatever is thrown, unless it is told. Tomcat includes an error page, which could
	 * fill what is missing.
	 */
	void cutOff() {
		if (!isCommitted()) {
			return;
		}
		PaymentAttributes.of(this.request).cutOff();
		if (this.givenUp || !this.jetty) {
			return;
		}
		try {
			this.container.sendError(-1);
		}
		catch (IOException | IllegalStateException ex) {
			// It is cut off already
		}
	}

	/**
	 * Return whether the response to a request ends before it is complete, so that
	 * nothing may be added to it.
	 */
	boolean isCutOff() {
		return PaymentAttributes.of(this.request).isCutOff();
	}

	/**
	 * Return whether the container does not report the end of a response that has begun
	 * and is shorter than it declares, as Jetty does not.
	 * @param written length of the body so far
	 * @param declared length that the headers declare, negative if they do not
	 */
	boolean endsInSilence(long written, long declared) {
		return this.jetty && isCommitted() && isLengthComparable() && written < declared;
	}

	/**
	 * Return whether only a trailer that fails keeps the container from ending a response
	 * well that is not complete, as in Tomcat's streams of HTTP/2.
	 */
	boolean endsByTrailer() {
		return !this.jetty && this.request.getProtocol().startsWith("HTTP/2");
	}

}
