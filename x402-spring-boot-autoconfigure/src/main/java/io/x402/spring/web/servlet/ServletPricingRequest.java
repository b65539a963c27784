/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.Collections;
import java.util.Map;

import io.x402.spring.pricing.PricingRequest;
import io.x402.spring.web.RequestFingerprint;
import io.x402.spring.web.RequestRules;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * A request of Spring MVC as prices see it.
 *
 * @param nativeRequest the request
 */
record ServletPricingRequest(HttpServletRequest nativeRequest) implements PricingRequest {

	@Override
	public String method() {
		return this.nativeRequest.getMethod();
	}

	/**
	 * The path of an error page is not the one that the buyer requested.
	 */
	@Override
	public @Nullable PathContainer path() {
		if (this.nativeRequest.getDispatcherType() == DispatcherType.ERROR) {
			return null;
		}
		RequestPath path = ServletRequestPathUtils.hasParsedRequestPath(this.nativeRequest)
				? ServletRequestPathUtils.getParsedRequestPath(this.nativeRequest)
				: ServletRequestPathUtils.parseAndCache(this.nativeRequest);
		return path.pathWithinApplication();
	}

	@Override
	public @Nullable String pattern() {
		Object pattern = this.nativeRequest.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
		return (pattern != null) ? pattern.toString() : null;
	}

	@Override
	public String traits() {
		return RequestFingerprint.traits(new ServletRequestHead(this.nativeRequest),
				Collections.list(this.nativeRequest.getHeaderNames()));
	}

	@Override
	public Map<String, String> pathVariables() {
		return RequestRules.pathVariables(
				this.nativeRequest.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE),
				this.nativeRequest.getAttribute(RouterFunctions.URI_TEMPLATE_VARIABLES_ATTRIBUTE));
	}

}
