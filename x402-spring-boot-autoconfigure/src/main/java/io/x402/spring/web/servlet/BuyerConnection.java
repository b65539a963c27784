/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.x402.spring.web.RedeliverySettings;
import io.x402.spring.web.ResponseRules;
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

	/** A token, as names of headers must be. */
	private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	/** Time that the handler of an unsafe request has left without its buyer. */
	static final long SECONDS_AFTER_LOSS = RedeliverySettings.TIME_AFTER_LOSS.toSeconds();

	private final HttpServletRequest request;

	/** The response of the container, whatever dispatches wrap around it meanwhile. */
	private final HttpServletResponse container;

	private final boolean jetty;

	private final int headerLimit;

	private final String method;

	/** What does not change once the headers are sent; the container forgets it. */
	private volatile @Nullable Head sent;

	/** Whether a write to the connection failed. */
	private volatile boolean lost;

	/** Done when the handler of a lost connection has had its time. */
	private volatile @Nullable CompletableFuture<@Nullable Void> patience;

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
		this.method = request.getMethod();
	}

	HttpServletResponse response() {
		return this.container;
	}

	OutputStream output() throws IOException {
		return this.container.getOutputStream();
	}

	boolean isCommitted() {
		return this.givenUp || this.container.isCommitted();
	}

	boolean isAsync() {
		return this.givenUp || this.request.isAsyncStarted();
	}

	/**
	 * Return whether the request must not be carried out again.
	 */
	boolean isUnsafe() {
		return !HttpMethod.GET.matches(this.method) && !HttpMethod.HEAD.matches(this.method);
	}

	/**
	 * The headers are about to be sent.
	 */
	void send() {
		this.sent = head();
	}

	private Head head() {
		Head head = this.sent;
		return (head != null) ? head : new Head(this.container.getStatus(), this.request.getAttribute(SENDFILE) != null,
				ResponseRules.isSentInParts(this.container.getContentType()));
	}

	int status() {
		return head().status();
	}

	/**
	 * Return whether every part of the response is sent by itself.
	 */
	boolean isSentInParts() {
		return head().inParts();
	}

	/**
	 * Return whether there is no body to send, whatever the handler writes.
	 */
	boolean hasNoContent() {
		return status() == HttpServletResponse.SC_NO_CONTENT;
	}

	/**
	 * Return whether the length of the body says anything about the response. A response
	 * to HEAD may do without a body, but one that is written has its declared length, or
	 * Jetty refuses to send the headers.
	 * @param written number of bytes that are written
	 */
	boolean isLengthComparable(long written) {
		return (written > 0 || !isHead()) && !sendsFile() && !hasNoContent();
	}

	private boolean isHead() {
		return HttpMethod.HEAD.matches(this.method);
	}

	/**
	 * Return whether the container accepts the headers. One that refuses them does so
	 * when it is too late for a refusal of the payment.
	 */
	boolean acceptsHeaders() {
		return HeaderLimits.size(this.container) <= this.headerLimit && isLine(this.container.getContentType())
				&& this.container.getHeaderNames().stream().allMatch(this::isSendable);
	}

	/**
	 * Containers send a name that is none, such as a pseudo-header of HTTP/2, and control
	 * characters, but no client reads them.
	 */
	private boolean isSendable(String name) {
		return HEADER_NAME.matcher(name).matches()
				&& this.container.getHeaders(name).stream().allMatch(BuyerConnection::isText);
	}

	private static boolean isText(String value) {
		return value.chars().allMatch((c) -> (c >= ' ' && c != 0x7f) || c == '\t');
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
		return head().file();
	}

	void forgetFile() {
		this.request.removeAttribute(SENDFILE);
	}

	boolean isLost() {
		return this.lost;
	}

	void lose() {
		if (!this.lost) {
			this.patience = new CompletableFuture<@Nullable Void>().completeOnTimeout(null, SECONDS_AFTER_LOSS,
					TimeUnit.SECONDS);
			this.lost = true;
		}
	}

	/**
	 * Return whether what is written to a lost connection may still be collected. Streams
	 * that have no end would write forever, and a safe request can be carried out again.
	 */
	boolean isWorthWriting() {
		CompletableFuture<@Nullable Void> current = this.patience;
		return isUnsafe() ? current == null || !current.isDone() : !isSentInParts();
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
		if (!this.container.isCommitted()) {
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
		return this.jetty && isCommitted() && isLengthComparable(written) && written < declared;
	}

	/**
	 * Return whether only a trailer that fails keeps the container from ending a response
	 * well that is not complete, as in Tomcat's streams of HTTP/2. Those without a body
	 * would not end with a trailer.
	 */
	boolean endsByTrailer() {
		return !this.jetty && !isHead() && this.request.getProtocol().startsWith("HTTP/2");
	}

	/**
	 * What was decided about a response when its headers were sent.
	 *
	 * @param status HTTP status
	 * @param file whether the container sends a file in place of what was written
	 * @param inParts whether every part of the body is sent by itself
	 */
	private record Head(int status, boolean file, boolean inParts) {

	}

}
