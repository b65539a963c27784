/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import io.x402.spring.access.RequestAccess;
import io.x402.spring.web.RequestRules;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.WebUtils;

/**
 * Request that may turn out to be let in by a pass or as a free call, and what it was let
 * in for. Once it is, its handler sees no conditions, as with a payment: an unchanged
 * representation would be confirmed again and again for nothing. Changes nothing before.
 */
final class FreeCallRequest extends HidingRequest {

	private final RequestAccess access = new RequestAccess();

	FreeCallRequest(HttpServletRequest request) {
		super(request);
	}

	/**
	 * Return what a request was let in for.
	 * @return the access, or {@code null} if the request cannot be let in without payment
	 */
	static @Nullable RequestAccess accessOf(HttpServletRequest request) {
		FreeCallRequest free = WebUtils.getNativeRequest(request, FreeCallRequest.class);
		return (free != null) ? free.access : null;
	}

	@Override
	boolean isHiding() {
		return !this.access.isEmpty();
	}

	@Override
	boolean isHidden(String name) {
		return isHiding() && isConditional(name);
	}

	private boolean isConditional(String name) {
		return RequestRules.isHidden(getMethod(), name, this::sentHeader);
	}

}
