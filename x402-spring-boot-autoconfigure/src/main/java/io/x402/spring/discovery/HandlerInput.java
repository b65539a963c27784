/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;

/**
 * What a handler method takes from a request, besides path variables.
 *
 * @param query schema of the query parameters, empty if there are none
 * @param bodyType {@code json}, {@code form-data} or {@code text}, or {@code null} if the
 * method has no body
 * @param body schema of the body, empty if it is unknown
 */
record HandlerInput(Map<String, Object> query, @Nullable String bodyType, Map<String, Object> body) {

	private static final Set<RequestMethod> WITH_BODY = Set.of(RequestMethod.POST, RequestMethod.PUT,
			RequestMethod.PATCH);

	/**
	 * Return an input without known parameters.
	 */
	static HandlerInput none(RequestMethod method) {
		return hasBody(method) ? new HandlerInput(Map.of(), "json", Map.of("type", "object"))
				: new HandlerInput(Map.of(), null, Map.of());
	}

	static HandlerInput of(HandlerMethod handler, RequestMethod method, TypeSchemas schemas) {
		HandlerParameters parameters = HandlerParameters.of(handler, schemas);
		Map<String, Object> fields = parameters.fields().schema();
		if (!hasBody(method)) {
			return new HandlerInput(merge(parameters.query().schema(), fields), null, Map.of());
		}
		if (parameters.body() != null) {
			return new HandlerInput(merge(parameters.query().schema(), fields), parameters.bodyType(),
					parameters.body());
		}
		if (parameters.isForm()) {
			return new HandlerInput(Map.of(), "form-data", merge(parameters.query().schema(), fields));
		}
		return new HandlerInput(merge(parameters.query().schema(), fields), "json", Map.of("type", "object"));
	}

	private static boolean hasBody(RequestMethod method) {
		return WITH_BODY.contains(method);
	}

	private static Map<String, Object> merge(Map<String, Object> first, Map<String, Object> second) {
		if (first.isEmpty() || second.isEmpty()) {
			return first.isEmpty() ? second : first;
		}
		ObjectFields merged = new ObjectFields();
		merged.addAll(first);
		merged.addAll(second);
		return merged.schema();
	}

}
