package io.x402.spring.protocol;

import java.math.BigInteger;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads an atomic amount, which is a string of decimal digits on the wire and nothing
 * else.
 */
final class AtomicAmountDeserializer extends StdDeserializer<BigInteger> {

	AtomicAmountDeserializer() {
		super(BigInteger.class);
	}

	@Override
	public BigInteger deserialize(JsonParser parser, DeserializationContext context) {
		String text = parser.hasToken(JsonToken.VALUE_STRING) ? parser.getString() : null;
		BigInteger amount = AtomicAmount.parse(text);
		return (amount != null) ? amount
				: (BigInteger) context.reportInputMismatch(this, "not an atomic amount in decimal digits");
	}

}
