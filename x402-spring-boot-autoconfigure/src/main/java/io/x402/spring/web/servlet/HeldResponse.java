/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Supplier;

import io.x402.spring.web.HeldBody;
import io.x402.spring.web.ResponseRules;
import io.x402.spring.web.servlet.ResponseTurns.Turn;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.util.WebUtils;

/**
 * Response that lets nothing of a paid handler reach the buyer before its payment is
 * settled. Transparent until its {@link ResponseHold} is armed; then whatever the handler
 * does to it goes through that.
 */
final class HeldResponse extends HttpServletResponseWrapper {

	private final ResponseHold hold;

	/**
	 * Create a response.
	 * @param request the request
	 * @param response the response to hold
	 * @param body holds its body
	 * @param limits what containers refuse to send
	 */
	HeldResponse(HttpServletRequest request, HttpServletResponse response, HeldBody body, HeaderLimits limits) {
		this(new BuyerConnection(request, response, limits), body);
	}

	private HeldResponse(BuyerConnection connection, HeldBody body) {
		super(connection.response());
		this.hold = new ResponseHold(connection, body, this);
	}

	/**
	 * Return what holds a response.
	 * @param response a response, maybe wrapped
	 * @return the hold, or {@code null} if there is none around the response
	 */
	static @Nullable ResponseHold holdOf(ServletResponse response) {
		HeldResponse held = WebUtils.getNativeResponse(response, HeldResponse.class);
		return (held != null) ? held.hold : null;
	}

	ResponseHold hold() {
		return this.hold;
	}

	@Override
	public ServletOutputStream getOutputStream() {
		return this.hold.output();
	}

	@Override
	public PrintWriter getWriter() {
		return this.hold.writer();
	}

	@Override
	public void flushBuffer() throws IOException {
		this.hold.encode();
		this.hold.flush();
	}

	@Override
	public boolean isCommitted() {
		return this.hold.isFrozen() || super.isCommitted();
	}

	@Override
	public void reset() {
		this.hold.reset(super::reset, true);
	}

	@Override
	public void resetBuffer() {
		this.hold.reset(super::resetBuffer, false);
	}

	@Override
	public void sendError(int status) throws IOException {
		if (this.hold.abandonFor(status)) {
			forgetEncoding();
			super.sendError(status);
		}
	}

	@Override
	public void sendError(int status, String message) throws IOException {
		if (this.hold.abandonFor(status)) {
			forgetEncoding();
			super.sendError(status, message);
		}
	}

	/**
	 * The error page is not encoded as the content was that it replaces.
	 */
	private void forgetEncoding() {
		if (!super.isCommitted()) {
			super.setHeader(HttpHeaders.CONTENT_ENCODING, null);
		}
	}

	// Each variant calls its own, wrappers further out may know only some

	@Override
	public void sendRedirect(String location) throws IOException {
		redirect(SC_FOUND, location, true, () -> super.sendRedirect(location));
	}

	@Override
	public void sendRedirect(String location, int status) throws IOException {
		redirect(status, location, true, () -> super.sendRedirect(location, status));
	}

	@Override
	public void sendRedirect(String location, boolean clearBuffer) throws IOException {
		redirect(SC_FOUND, location, clearBuffer, () -> super.sendRedirect(location, clearBuffer));
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
		redirect(status, location, clearBuffer, () -> super.sendRedirect(location, status, clearBuffer));
	}

	/**
	 * The container is not asked, since it would send the redirect of a paid handler, or
	 * refuse to.
	 */
	private void redirect(int status, String location, boolean clearBuffer, Turn action) throws IOException {
		if (!this.hold.isArmed()) {
			action.run();
			return;
		}
		ResponseRules.checkRedirect(status, location);
		this.hold.redirect(() -> {
			if (clearBuffer) {
				this.hold.discard();
				// Not every container forgets a length that was declared
				setContentLengthLong(0);
			}
			setStatus(status);
			setHeader(HttpHeaders.LOCATION, location);
		});
	}

	@Override
	public void setStatus(int status) {
		if (!this.hold.isFrozen()) {
			super.setStatus(status);
		}
	}

	@Override
	public void setTrailerFields(Supplier<Map<String, String>> supplier) {
		if (!this.hold.isClosed()) {
			this.hold.trailers(supplier);
			if (supplier != null) {
				super.setTrailerFields(this.hold::trailerFields);
			}
		}
	}

	@Override
	public void setContentLength(int length) {
		setContentLengthLong(length);
	}

	@Override
	public void setContentLengthLong(long length) {
		if (!this.hold.isFrozen()) {
			this.hold.declareLength(length);
			if (this.hold.isOpen()) {
				super.setContentLengthLong(length);
			}
		}
	}

	@Override
	public void setIntHeader(String name, int value) {
		setHeader(name, Integer.toString(value));
	}

	@Override
	public void addIntHeader(String name, int value) {
		addHeader(name, Integer.toString(value));
	}

	@Override
	public void setDateHeader(String name, long date) {
		if (this.hold.allowsHeader(name)) {
			super.setDateHeader(name, date);
		}
	}

	@Override
	public void addDateHeader(String name, long date) {
		if (this.hold.allowsHeader(name)) {
			super.addDateHeader(name, date);
		}
	}

	@Override
	public void setHeader(String name, String value) {
		if (name.equalsIgnoreCase("Content-Length")) {
			setContentLengthLong((value != null) ? Long.parseLong(value) : -1);
		}
		else if (this.hold.allowsHeader(name)) {
			super.setHeader(name, value);
		}
	}

	@Override
	public void addHeader(String name, String value) {
		if (name.equalsIgnoreCase("Content-Length")) {
			setHeader(name, value);
		}
		else if (this.hold.allowsHeader(name)) {
			super.addHeader(name, value);
		}
	}

	@Override
	public void addCookie(Cookie cookie) {
		if (this.hold.allowsHeader(HttpHeaders.SET_COOKIE)) {
			super.addCookie(cookie);
		}
	}

}
