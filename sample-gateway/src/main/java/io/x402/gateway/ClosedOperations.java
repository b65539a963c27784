/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Responds to requests for operations that are not sold, or with methods that cannot be
 * sent on, before a payment is asked for.
 */
final class ClosedOperations implements HandlerInterceptor {

	private final ImportedPrices prices;

	ClosedOperations(ImportedPrices prices) {
		this.prices = prices;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws IOException {
		if (!(handler instanceof HandlerFunction<?>)) {
			return true;
		}
		if (RequestMethod.resolve(request.getMethod()) == null) {
			response.sendError(HttpStatus.NOT_IMPLEMENTED.value());
			return false;
		}
		PathContainer path = ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication();
		for (SoldOperations operations : this.prices.all()) {
			if (operations.matches(path) && !operations.isSold(request.getMethod(), path)) {
				response.sendError(HttpStatus.NOT_FOUND.value());
				return false;
			}
		}
		return true;
	}

}
