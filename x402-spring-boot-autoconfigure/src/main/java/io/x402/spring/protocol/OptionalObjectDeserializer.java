/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads an optional object of which nothing is trusted. Official sellers take whatever a
 * buyer writes there, so anything else than an object counts as absent.
 */
final class OptionalObjectDeserializer extends StdDeserializer<Map<?, ?>> {

	OptionalObjectDeserializer() {
		super(Map.class);
	}

	@Override
	public @Nullable Map<?, ?> deserialize(JsonParser parser, DeserializationContext context) {
		if (parser.hasToken(JsonToken.START_OBJECT)) {
			return context.readValue(parser, Map.class);
		}
		parser.skipChildren();
		return null;
	}

}
