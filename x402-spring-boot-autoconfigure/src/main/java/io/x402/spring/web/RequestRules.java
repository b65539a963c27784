/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * Rules for what the handler of a paid request may see of it, whatever the transport.
 *
 * @since 0.1.0
 */
public final class RequestRules {

	private RequestRules() {
	}

	/**
	 * Return whether a header of a paid request is hidden from its handler. A condition
	 * would make the response depend on what the buyer has already, or guesses; those
	 * that guard a change stay.
	 * @param method HTTP method of the request
	 * @param name name of the header, in any case
	 * @param headers returns the first value of a header of the request, or {@code null}
	 * @return {@code true} if the handler must not see it
	 */
	public static boolean isHidden(String method, String name, Function<String, @Nullable String> headers) {
		return switch (name.toLowerCase(Locale.ROOT)) {
			case "if-none-match" -> isSafe(method) || !"*".equals(headers.apply(name));
			case "if-modified-since", "if-range" -> true;
			case "if-match", "if-unmodified-since" -> isSafe(method);
			case "range" -> headers.apply(HttpHeaders.IF_RANGE) != null;
			default -> false;
		};
	}

	/**
	 * Return the path variables that a framework keeps in attributes of a request.
	 * @param annotated attribute of handler methods, or {@code null}
	 * @param functional attribute of functional endpoints, or {@code null}
	 * @return the decoded values by name
	 * @since 0.2.0
	 */
	@SuppressWarnings("unchecked")
	public static Map<String, String> pathVariables(@Nullable Object annotated, @Nullable Object functional) {
		Object variables = (annotated != null) ? annotated : functional;
		return (variables instanceof Map<?, ?> map) ? (Map<String, String>) map : Map.of();
	}

	/**
	 * Return whether a request can be carried out again without harm.
	 * @param method HTTP method
	 * @return {@code true} for GET and HEAD
	 */
	public static boolean isSafe(String method) {
		return HttpMethod.GET.matches(method) || HttpMethod.HEAD.matches(method);
	}

}
