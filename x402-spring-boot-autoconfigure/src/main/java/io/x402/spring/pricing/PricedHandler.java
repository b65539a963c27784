/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.springframework.http.HttpMethod;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * A mapping of the application and its price.
 *
 * @param handler the handler: a {@link HandlerMethod}, any other handler object or its
 * bean name, or a {@link PaymentRoute} for a price by path
 * @param methods HTTP methods of the mapping, empty for all
 * @param paths path patterns of the mapping
 * @param pricing the price; free if some requests only are priced by a route
 * @param routes path patterns of the routes that price requests of the mapping, empty if
 * the price comes from an annotation
 * @since 0.1.0
 */
public record PricedHandler(Object handler, Set<HttpMethod> methods, Set<String> paths, Pricing pricing,
		List<String> routes) {

	public PricedHandler {
		methods = Set.copyOf(methods);
		paths = Collections.unmodifiableSet(new LinkedHashSet<>(paths));
		routes = List.copyOf(routes);
	}

	/**
	 * Return whether all requests of the mapping are priced. A price that depends on the
	 * request may still be free for some.
	 * @return {@code true} if the mapping has a price
	 */
	public boolean isPaid() {
		return !this.pricing.isFree();
	}

	/**
	 * Return where the price of the mapping is looked for, for error messages.
	 * @return the path pattern of a route, the method, or the class of the handler
	 * @since 0.2.0
	 */
	public String source() {
		if (this.handler instanceof PaymentRoute route) {
			return "route " + route.pattern();
		}
		return (this.handler instanceof HandlerMethod method) ? method.getShortLogMessage()
				: this.handler.getClass().getName();
	}

	/**
	 * Return the name of the handler for a reader.
	 * @return the short name of its class, with the method if it is one
	 */
	public String name() {
		if (this.handler instanceof PaymentRoute) {
			return "route";
		}
		if (this.handler instanceof HandlerMethod method) {
			return ClassUtils.getShortName(ClassUtils.getUserClass(method.getBeanType())) + "#"
					+ method.getMethod().getName();
		}
		return ClassUtils.getShortName(ClassUtils.getUserClass(this.handler));
	}

}
