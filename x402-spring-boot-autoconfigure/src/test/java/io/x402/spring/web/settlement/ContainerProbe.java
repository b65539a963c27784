/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Knows the container's own response of each request that carries {@code X-Probe}, and
 * the thread it came on.
 */
final class ContainerProbe implements Filter {

	private final Map<String, ServletResponse> responses = new ConcurrentHashMap<>();

	private final Map<String, String> threads = new ConcurrentHashMap<>();

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		String name = ((HttpServletRequest) request).getHeader("X-Probe");
		if (name != null) {
			this.responses.put(name, response);
			this.threads.put(name, Thread.currentThread().toString());
		}
		chain.doFilter(request, response);
	}

	boolean isCommitted(String name) {
		return this.responses.get(name).isCommitted();
	}

	boolean isServedBy(String name, ServerSetup setup) {
		return setup.container().made(this.responses.get(name))
				&& this.threads.get(name).startsWith("VirtualThread") == setup.virtualThreads();
	}

}
