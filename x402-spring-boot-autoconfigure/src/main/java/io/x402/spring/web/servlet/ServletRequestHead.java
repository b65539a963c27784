/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.security.Principal;
import java.util.Collections;
import java.util.List;

import io.x402.spring.web.RequestFingerprint;
import io.x402.spring.web.RequestHead;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.WebUtils;

/**
 * Head of a request of Spring MVC. Path and query are those that the buyer sent, in
 * whichever dispatch.
 *
 * @param request the request
 */
record ServletRequestHead(HttpServletRequest request) implements RequestHead {

	@Override
	public String method() {
		return this.request.getMethod();
	}

	@Override
	public String path() {
		HidingRequest sent = sent();
		return (sent != null) ? sent.originalUri() : HidingRequest.sentUri(this.request);
	}

	@Override
	public @Nullable String query() {
		HidingRequest sent = sent();
		return (sent != null) ? sent.originalQuery() : HidingRequest.sentQuery(this.request);
	}

	/**
	 * What is asked of a buyer is for the request that the buyer repeats.
	 */
	private @Nullable HidingRequest sent() {
		return WebUtils.getNativeRequest(this.request, HidingRequest.class);
	}

	@Override
	public List<String> headers(String name) {
		return Collections.list(this.request.getHeaders(name));
	}

	@Override
	public @Nullable String header(String name) {
		return this.request.getHeader(name);
	}

	/**
	 * The container knows its trusted proxies. Filters that wrap the request, such as
	 * {@code ForwardedHeaderFilter}, believe what anybody sends.
	 */
	@Override
	public @Nullable String clientAddress() {
		ServletRequest current = this.request;
		while (current instanceof ServletRequestWrapper wrapper) {
			current = wrapper.getRequest();
		}
		return current.getRemoteAddr();
	}

	@Override
	public byte @Nullable [] body(int limit) {
		try {
			byte[] body = this.request.getInputStream().readNBytes(limit + 1);
			if (body.length == 0 && RequestFingerprint.isForm(this.request.getContentType())) {
				body = ParsedForm.body(this.request);
			}
			return (body.length <= limit) ? body : null;
		}
		catch (IOException | IllegalStateException ex) {
			return null;
		}
	}

	@Override
	public @Nullable String user() {
		Principal principal = this.request.getUserPrincipal();
		return (principal != null) ? String.valueOf(principal.getName()) : null;
	}

}
