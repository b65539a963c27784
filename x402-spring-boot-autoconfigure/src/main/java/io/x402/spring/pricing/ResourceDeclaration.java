/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Description of a mapping for catalogues of paid resources, which its 402 responses
 * carry as the {@code bazaar} extension. One instance belongs to one mapping and is used
 * for all of its requests; instances are distinguished by identity.
 *
 * @since 0.1.0
 */
public final class ResourceDeclaration {

	/** Key of the extension. */
	public static final String KEY = "bazaar";

	private final Map<String, Object> full;

	private final Map<String, Object> minimal;

	private final Map<String, Object> outputSchema;

	private final Set<String> pathVariables;

	/**
	 * Create a declaration.
	 * @param full the extension, with {@code info.input} and {@code schema}, without the
	 * values of path variables
	 * @param minimal the extension without the schemas of parameters, bodies and
	 * responses
	 * @param outputSchema the same description in the form of protocol version 1
	 * @param pathVariables names of the path variables whose values are part of the
	 * extension
	 */
	public ResourceDeclaration(Map<String, Object> full, Map<String, Object> minimal, Map<String, Object> outputSchema,
			Set<String> pathVariables) {
		this.full = Collections.unmodifiableMap(full);
		this.minimal = Collections.unmodifiableMap(minimal);
		this.outputSchema = Collections.unmodifiableMap(outputSchema);
		this.pathVariables = Set.copyOf(pathVariables);
	}

	/**
	 * Return the names of the path variables whose values are part of the extension.
	 * @return the names, none if the extension is the same for all requests
	 */
	public Set<String> pathVariables() {
		return this.pathVariables;
	}

	/**
	 * Return the description in the form of protocol version 1.
	 * @return the {@code outputSchema} of an offer
	 */
	public Map<String, Object> outputSchema() {
		return this.outputSchema;
	}

	/**
	 * Return the extension for a request.
	 * @param pathParams values of the path variables by name, not used if there are none
	 * @return the value of the extension
	 */
	public Map<String, Object> extension(Object pathParams) {
		return withPathParams(this.full, pathParams);
	}

	/**
	 * Return the extension for a request without the schemas of parameters, bodies and
	 * responses.
	 * @param pathParams values of the path variables by name, not used if there are none
	 * @return the value of the extension
	 */
	public Map<String, Object> minimalExtension(Object pathParams) {
		return withPathParams(this.minimal, pathParams);
	}

	private Map<String, Object> withPathParams(Map<String, Object> extension, Object pathParams) {
		if (this.pathVariables.isEmpty()) {
			return extension;
		}
		Map<String, Object> info = copy(extension.get("info"));
		Map<String, Object> input = copy(info.get("input"));
		input.put("pathParams", pathParams);
		info.put("input", input);
		Map<String, Object> complete = new LinkedHashMap<>(extension);
		complete.put("info", info);
		return complete;
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> copy(@Nullable Object value) {
		return (value != null) ? new LinkedHashMap<>((Map<String, Object>) value) : new LinkedHashMap<>();
	}

}
