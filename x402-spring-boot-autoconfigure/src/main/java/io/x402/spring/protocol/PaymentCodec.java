package io.x402.spring.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads and writes the messages of the protocol. Reading is strict: size, depth, number
 * and string limits, no duplicate keys, no trailing tokens, no coercion, canonical
 * base64. Immutable and safe for concurrent use.
 */
public final class PaymentCodec {

	private final JsonMapper mapper = JsonMapper.builder()
		.changeDefaultPropertyInclusion((inclusion) -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
		.build();

	/**
	 * Decode the value of a payment header.
	 * @param version the version the header belongs to
	 * @param value the header value
	 * @return the payment
	 * @throws InvalidPaymentException if the value is anything but a well-formed payment
	 * of that version
	 */
	public PaymentPayload decodePayment(ProtocolVersion version, String value) {
		try {
			byte[] json = Base64.getDecoder().decode(value);
			Class<? extends PaymentPayload> type = (version == ProtocolVersion.V2) ? PaymentPayload.V2.class
					: PaymentPayload.V1.class;
			return this.mapper.readValue(json, type);
		}
		catch (IllegalArgumentException | JacksonException ex) {
			throw new InvalidPaymentException(ReasonCode.MALFORMED_PAYMENT, "Not a payment");
		}
	}

	/**
	 * Read a message of a facilitator.
	 * @param <T> type of the message
	 * @param json the UTF-8 bytes
	 * @param type type of the message
	 * @return the message
	 * @throws JacksonException if the bytes are not such a message
	 */
	public <T> T read(byte[] json, Class<T> type) throws JacksonException {
		return this.mapper.readValue(json, type);
	}

	/**
	 * Write a message as compact JSON.
	 * @param message the message
	 * @return UTF-8 bytes
	 */
	public byte[] write(Object message) {
		return this.mapper.writeValueAsBytes(message);
	}

	/**
	 * Write a message as the value of a protocol header.
	 * @param message the message
	 * @return base64 of its compact JSON, standard alphabet with padding
	 */
	public String encode(Object message) {
		return new String(Base64.getEncoder().encode(write(message)), StandardCharsets.ISO_8859_1);
	}

}
