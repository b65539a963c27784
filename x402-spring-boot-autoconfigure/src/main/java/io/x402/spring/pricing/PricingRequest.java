/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;

/**
 * A request as prices see it, whichever transport it came over.
 *
 * @since 0.1.0
 */
public interface PricingRequest {

	/**
	 * Return the method of the request.
	 * @return an HTTP method, in the case it was sent in
	 */
	String method();

	/**
	 * Return the path that routes are matched against.
	 * @return the path within the application, as the client encoded it, or {@code null}
	 * if the request has none and no route prices it
	 */
	@Nullable PathContainer path();

	/**
	 * Return the path variables of the handler and of the route that prices it.
	 * @return the decoded values by name
	 */
	Map<String, String> pathVariables();

	/**
	 * Return the path pattern of the mapping that the request was mapped to.
	 * @return the pattern, within the application, or {@code null} if the transport has
	 * no patterns
	 */
	default @Nullable String pattern() {
		return null;
	}

	/**
	 * Return the arguments of the call, as the client sent them.
	 * @return the values by name, none if the transport has no arguments
	 */
	default Map<String, Object> arguments() {
		return Map.of();
	}

	/**
	 * Return what tells this request from others of the same method and URL, and may
	 * change its price.
	 * @return a digest of its headers and the address of its client, equal for
	 * repetitions of the request; empty if the transport quotes no transfers
	 * @since 0.2.0
	 */
	default String traits() {
		return "";
	}

	/**
	 * Return the request of the transport, in Spring MVC an {@code HttpServletRequest}.
	 * @return the request; its body has not been read
	 */
	Object nativeRequest();

	/**
	 * Return the request of the transport.
	 * @param <T> the type of the request
	 * @param type the type of the request, such as {@code HttpServletRequest}
	 * @return the request; its body has not been read
	 * @throws IllegalStateException if the request is of another type
	 */
	default <T> T nativeRequest(Class<T> type) {
		Object request = nativeRequest();
		if (!type.isInstance(request)) {
			throw new IllegalStateException(
					"The request is a " + request.getClass().getName() + ", not a " + type.getName());
		}
		return type.cast(request);
	}

}
