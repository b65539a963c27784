/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.GenericFilterBean;

/**
 * Keeps the directive that is added to responses for one caller from replacing stricter
 * defaults. Spring Security forbids caching only where a response says nothing about it.
 * To be mapped outside of Spring Security.
 */
final class PaidCachingFilter extends GenericFilterBean {

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		chain.doFilter(request,
				(request instanceof HttpServletRequest httpRequest
						&& response instanceof HttpServletResponse httpResponse)
								? new DefaultsResponse(httpRequest, httpResponse) : response);
	}

	/**
	 * Lets defaults be added beside a directive that the application did not choose.
	 */
	private static final class DefaultsResponse extends HttpServletResponseWrapper {

		private final HttpServletRequest request;

		DefaultsResponse(HttpServletRequest request, HttpServletResponse response) {
			super(response);
			this.request = request;
		}

		@Override
		public boolean containsHeader(String name) {
			return super.containsHeader(name) && !isAdded(name);
		}

		@Override
		public @Nullable String getHeader(String name) {
			return isAdded(name) ? null : super.getHeader(name);
		}

		private boolean isAdded(String name) {
			return HttpHeaders.CACHE_CONTROL.equalsIgnoreCase(name)
					&& PaymentAttributes.of(this.request).isCachingAdded() && super.getHeaders(name).size() == 1;
		}

	}

}
