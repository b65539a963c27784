/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads an atomic amount, a string of decimal digits or a number without fraction and
 * exponent.
 */
final class AtomicAmountDeserializer extends StdDeserializer<BigInteger> {

	AtomicAmountDeserializer() {
		super(BigInteger.class);
	}

	@Override
	public BigInteger deserialize(JsonParser parser, DeserializationContext context) {
		BigInteger amount = AtomicAmount.parse(value(parser));
		return (amount != null) ? amount
				: (BigInteger) context.reportInputMismatch(this, "not an atomic amount in decimal digits");
	}

	private static @Nullable Object value(JsonParser parser) {
		if (parser.hasToken(JsonToken.VALUE_NUMBER_INT)) {
			return parser.getBigIntegerValue();
		}
		return parser.hasToken(JsonToken.VALUE_STRING) ? parser.getString() : null;
	}

}
