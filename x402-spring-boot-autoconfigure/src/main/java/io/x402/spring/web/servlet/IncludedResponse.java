/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.Collection;
import java.util.List;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The response of a part that a page includes. As the Servlet specification demands, it
 * changes neither status nor headers of the page; it remembers whether it tried to fail.
 */
final class IncludedResponse extends HttpServletResponseWrapper {

	private int status = SC_OK;

	private @Nullable String contentType;

	IncludedResponse(HttpServletResponse response) {
		super(response);
	}

	/**
	 * Return whether the part ended with something else than its content.
	 */
	boolean isFailed() {
		return this.status < SC_OK || this.status >= SC_MULTIPLE_CHOICES;
	}

	@Override
	public void setStatus(int status) {
		this.status = status;
	}

	@Override
	public int getStatus() {
		return this.status;
	}

	@Override
	public void sendError(int status) {
		this.status = status;
	}

	@Override
	public void sendError(int status, String message) {
		this.status = status;
	}

	@Override
	public void sendRedirect(String location) {
		this.status = SC_FOUND;
	}

	@Override
	public void sendRedirect(String location, int status) {
		this.status = status;
	}

	@Override
	public void sendRedirect(String location, boolean clearBuffer) {
		this.status = SC_FOUND;
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) {
		this.status = status;
	}

	@Override
	public void setContentType(String type) {
		this.contentType = type;
	}

	@Override
	public @Nullable String getContentType() {
		return this.contentType;
	}

	@Override
	public void setContentLength(int length) {
	}

	@Override
	public void setContentLengthLong(long length) {
	}

	@Override
	public void reset() {
	}

	@Override
	public void resetBuffer() {
	}

	@Override
	public void addCookie(Cookie cookie) {
	}

	@Override
	public void setHeader(String name, String value) {
	}

	@Override
	public void addHeader(String name, String value) {
	}

	@Override
	public void setIntHeader(String name, int value) {
	}

	@Override
	public void addIntHeader(String name, int value) {
	}

	@Override
	public void setDateHeader(String name, long date) {
	}

	@Override
	public void addDateHeader(String name, long date) {
	}

	@Override
	public Collection<String> getHeaders(String name) {
		return List.of();
	}

}
