/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;
import org.springframework.http.MediaType;
import org.springframework.util.MimeType;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;

/**
 * Response of a handler method.
 *
 * @param type {@code json}, {@code text} or {@code binary}
 * @param schema schema of the body, empty if it is unknown
 */
record HandlerOutput(String type, Map<String, Object> schema) {

	private static final String JSON = "json";

	private static final Set<String> WRAPPERS = Set.of("java.util.concurrent.Callable", "java.util.Optional",
			"java.util.concurrent.CompletableFuture", "java.util.concurrent.CompletionStage",
			"java.util.concurrent.Future", "org.springframework.web.context.request.async.DeferredResult",
			"org.springframework.web.context.request.async.WebAsyncTask", "reactor.core.publisher.Mono");

	static HandlerOutput unknown() {
		return new HandlerOutput(JSON, Map.of());
	}

	static HandlerOutput of(HandlerMethod handler, TypeSchemas schemas) {
		ResolvableType body = body(ResolvableType.forMethodReturnType(handler.getMethod(), handler.getBeanType()));
		String type = type(DeclaredMapping.of(handler), body);
		return new HandlerOutput(type, JSON.equals(type) ? schema(body, schemas) : Map.of());
	}

	/**
	 * Return the member of {@code info}.
	 */
	Map<String, Object> info() {
		Map<String, Object> info = new LinkedHashMap<>();
		info.put("type", this.type);
		if (!this.schema.isEmpty()) {
			SampleValue.of(this.schema).ifPresent((sample) -> info.put("example", sample));
		}
		return info;
	}

	/**
	 * Return the member of the schema of the extension.
	 */
	Map<String, Object> describe() {
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("type", Map.of("type", "string"));
		members.put("example", this.schema);
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("type", "object");
		description.put("properties", members);
		description.put("required", List.of("type"));
		return description;
	}

	private static ResolvableType body(ResolvableType type) {
		Class<?> raw = type.toClass();
		if (HttpEntity.class.isAssignableFrom(raw)) {
			return body(type.getGeneric());
		}
		if (raw.getName().equals("reactor.core.publisher.Flux")) {
			return ResolvableType.forClassWithGenerics(List.class, type.getGeneric());
		}
		return WRAPPERS.contains(raw.getName()) ? body(type.getGeneric()) : type;
	}

	private static String type(@Nullable RequestMapping mapping, ResolvableType body) {
		if (mapping != null && mapping.produces().length > 0) {
			return type(MediaType.parseMediaType(mapping.produces()[0]));
		}
		Class<?> raw = body.toClass();
		if (CharSequence.class.isAssignableFrom(raw) || raw == void.class || raw == Void.class) {
			return "text";
		}
		boolean streamed = raw == byte[].class || raw.getName().startsWith("org.springframework.")
				|| raw.getName().startsWith("java.io.");
		return streamed ? "binary" : JSON;
	}

	private static String type(MimeType produced) {
		if (produced.getSubtype().equals(JSON) || produced.getSubtype().endsWith("+json")) {
			return JSON;
		}
		return produced.getType().equals("text") ? "text" : "binary";
	}

	private static Map<String, Object> schema(ResolvableType body, TypeSchemas schemas) {
		Type type = body.getType();
		return (body.toClass() == Object.class) ? Map.of() : Optional.ofNullable(schemas.schema(type)).orElse(Map.of());
	}

}
