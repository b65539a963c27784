/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.lang.reflect.Type;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Generates JSON Schemas of Java types.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface TypeSchemas {

	/**
	 * Generate the schema of a type.
	 * @param type the type, with its generic parameters
	 * @return a schema without references to other documents, or {@code null} if none can
	 * be generated
	 */
	@Nullable Map<String, Object> schema(Type type);

}
