/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.Collections;
import java.util.Enumeration;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A request that hides some of its headers from the handler, and remembers what the
 * client asked for.
 */
abstract class HidingRequest extends HttpServletRequestWrapper {

	/** As the client sent them; forwards change what the request says. */
	private final String requestUri;

	private final @Nullable String query;

	HidingRequest(HttpServletRequest request) {
		super(request);
		this.requestUri = sentUri(request);
		this.query = sentQuery(request);
	}

	/**
	 * Return the path that a client asked for. A container notes it when it dispatches
	 * its own request to another path, which leaves the wrappers out, or forwards one
	 * that has none.
	 */
	static String sentUri(HttpServletRequest request) {
		if (request.getAttribute(AsyncContext.ASYNC_REQUEST_URI) instanceof String sent) {
			return sent;
		}
		return (request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI) instanceof String sent) ? sent
				: request.getRequestURI();
	}

	/**
	 * Return the query that a client sent.
	 */
	static @Nullable String sentQuery(HttpServletRequest request) {
		if (request.getAttribute(AsyncContext.ASYNC_REQUEST_URI) != null) {
			return (String) request.getAttribute(AsyncContext.ASYNC_QUERY_STRING);
		}
		return (request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI) != null)
				? (String) request.getAttribute(RequestDispatcher.FORWARD_QUERY_STRING) : request.getQueryString();
	}

	/**
	 * Return the path that the client asked for, in whichever dispatch.
	 */
	final String originalUri() {
		return this.requestUri;
	}

	/**
	 * Return the query that the client sent, in whichever dispatch.
	 */
	final @Nullable String originalQuery() {
		return this.query;
	}

	/**
	 * Return whether any header may be hidden now.
	 */
	abstract boolean isHiding();

	/**
	 * Return whether a header is hidden now.
	 * @param name name of the header, in any case
	 */
	abstract boolean isHidden(String name);

	/**
	 * Return a header as the client sent it.
	 */
	final @Nullable String sentHeader(String name) {
		return super.getHeader(name);
	}

	@Override
	public @Nullable String getHeader(String name) {
		return isHidden(name) ? null : super.getHeader(name);
	}

	@Override
	public Enumeration<String> getHeaders(String name) {
		return isHidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
	}

	@Override
	public Enumeration<String> getHeaderNames() {
		if (!isHiding()) {
			return super.getHeaderNames();
		}
		return Collections
			.enumeration(Collections.list(super.getHeaderNames()).stream().filter((name) -> !isHidden(name)).toList());
	}

	@Override
	public long getDateHeader(String name) {
		return isHidden(name) ? -1 : super.getDateHeader(name);
	}

	@Override
	public int getIntHeader(String name) {
		return isHidden(name) ? -1 : super.getIntHeader(name);
	}

}
