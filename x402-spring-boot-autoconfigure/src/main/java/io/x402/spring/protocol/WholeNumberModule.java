/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.regex.Pattern;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads whole numbers with or without a fraction of zeros. An exponent, a fraction and a
 * number in a string are refused.
 */
final class WholeNumberModule extends SimpleModule {

	private static final Pattern ZERO_FRACTION = Pattern.compile("(-?[0-9]{1,20})\\.0+");

	WholeNumberModule() {
		addDeserializer(Integer.TYPE, new IntDeserializer());
		addDeserializer(BigInteger.class, new BigIntegerDeserializer());
	}

	private static BigInteger read(StdDeserializer<?> deserializer, JsonParser parser, DeserializationContext context) {
		if (parser.hasToken(JsonToken.VALUE_NUMBER_INT)) {
			return parser.getBigIntegerValue();
		}
		if (parser.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
			var matcher = ZERO_FRACTION.matcher(parser.getString());
			if (matcher.matches()) {
				return new BigInteger(matcher.group(1));
			}
		}
		return (BigInteger) context.reportInputMismatch(deserializer, "not a whole number");
	}

	private static final class IntDeserializer extends StdDeserializer<Integer> {

		IntDeserializer() {
			super(Integer.TYPE);
		}

		@Override
		public Integer deserialize(JsonParser parser, DeserializationContext context) {
			BigInteger number = read(this, parser, context);
			return (number.bitLength() < Integer.SIZE) ? Integer.valueOf(number.intValue())
					: (Integer) context.reportInputMismatch(this, "number out of range");
		}

		@Override
		public Object getNullValue(DeserializationContext context) {
			return context.reportInputMismatch(this, "number is missing");
		}

	}

	private static final class BigIntegerDeserializer extends StdDeserializer<BigInteger> {

		BigIntegerDeserializer() {
			super(BigInteger.class);
		}

		@Override
		public BigInteger deserialize(JsonParser parser, DeserializationContext context) {
			return read(this, parser, context);
		}

	}

}
