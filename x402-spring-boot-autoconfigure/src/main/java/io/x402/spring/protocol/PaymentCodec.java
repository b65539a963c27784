/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.Base64;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads and writes the messages of the protocol. Reading is strict: size, depth, number
 * and string limits, no duplicate keys, no trailing tokens, no coercion, canonical
 * base64. It is tolerant where official packages are and nothing is lost by it: a member
 * that is explicitly {@code null} counts as absent, unknown members are ignored,
 * {@code 60.0} is the whole number 60, and an amount or a time may be a JSON number.
 * <p>
 * There are two depth limits. Payments are read at the price of one header, before
 * anything is known of their sender: {@link #MAX_PAYMENT_DEPTH}. All other messages may
 * carry the schemas of extensions: {@link #MAX_MESSAGE_DEPTH}. Immutable and safe for
 * concurrent use.
 *
 * @since 0.1.0
 */
public final class PaymentCodec {

	/**
	 * Longest header value that is decoded unless told otherwise, in characters.
	 */
	public static final int DEFAULT_MAX_HEADER_LENGTH = 16 * 1024;

	/**
	 * Maximum depth of the JSON of a payment that a buyer sends.
	 */
	public static final int MAX_PAYMENT_DEPTH = 16;

	/**
	 * Maximum depth of the JSON of any other message: a challenge, a receipt, the
	 * response of a facilitator, a request to a facilitator.
	 */
	public static final int MAX_MESSAGE_DEPTH = 64;

	private static final JsonMapper MAPPER = mapper();

	private final int maxHeaderLength;

	/**
	 * Create a codec with the default limit.
	 */
	public PaymentCodec() {
		this(DEFAULT_MAX_HEADER_LENGTH);
	}

	/**
	 * Create a codec.
	 * @param maxHeaderLength longest header value that is decoded, in characters of
	 * base64
	 */
	public PaymentCodec(int maxHeaderLength) {
		if (maxHeaderLength <= 0) {
			throw new IllegalArgumentException("The limit of the header length is not positive");
		}
		this.maxHeaderLength = maxHeaderLength;
	}

	/**
	 * Decode the value of a payment header, whose JSON is at most
	 * {@link #MAX_PAYMENT_DEPTH} deep.
	 * @param version the version the header belongs to
	 * @param value the header value
	 * @return the payment, unmodifiable to its depth
	 * @throws InvalidPaymentException if the value is anything but a well-formed payment
	 * of that version
	 */
	public PaymentPayload decodePayment(ProtocolVersion version, String value) {
		if (value.length() > this.maxHeaderLength) {
			throw tooLarge();
		}
		try {
			return readPayment(version, decodeBase64(value));
		}
		catch (JacksonException ex) {
			throw malformed(version);
		}
	}

	/**
	 * A payment is what anybody can have read, so its text is gone through once.
	 */
	private static PaymentPayload readPayment(ProtocolVersion version, byte[] json) {
		String text = StrictJson.decode(json);
		Map<String, Object> payment = StrictJson.PAYMENT.readObject(text);
		requireVersion(version, (payment.get("x402Version") instanceof Integer number) ? BigInteger.valueOf(number)
				: MAPPER.readValue(text, Versioned.class).x402Version());
		Map<String, Object> payload = required(object(payment, "payload"));
		return (version == ProtocolVersion.V2)
				? new PaymentPayload.V2(version.number(), object(payment, "resource"),
						required(object(payment, "accepted")), payload, object(payment, "extensions"))
				: new PaymentPayload.V1(version.number(), required(text(payment, "scheme")),
						required(text(payment, "network")), payload);
	}

	@SuppressWarnings("unchecked")
	private static @Nullable Map<String, Object> object(Map<String, Object> payment, String name) {
		return (payment.get(name) instanceof Map<?, ?> object) ? (Map<String, Object>) object : null;
	}

	private static @Nullable String text(Map<String, Object> payment, String name) {
		return (payment.get(name) instanceof String text) ? text : null;
	}

	private static <T> T required(@Nullable T member) {
		if (member == null) {
			throw new StreamReadException("A member is missing");
		}
		return member;
	}

	/**
	 * Decode what a buyer sends in a framing other than that of x402: a JSON object of at
	 * most {@link #MAX_PAYMENT_DEPTH}.
	 * @param value base64url of the object, without padding
	 * @return the object
	 * @throws InvalidPaymentException if the value is anything else
	 * @since 0.2.0
	 */
	public Map<String, Object> decodeUrlSafe(String value) {
		if (value.length() > this.maxHeaderLength) {
			throw tooLarge();
		}
		try {
			byte[] json = Base64.getUrlDecoder().decode(value);
			if (encodeUrlSafe(json).equals(value)) {
				return StrictJson.PAYMENT.readObject(StrictJson.decode(json));
			}
		}
		catch (IllegalArgumentException | JacksonException ex) {
			// Falls through, the message of the JDK quotes the input
		}
		throw new InvalidPaymentException(ReasonCode.MALFORMED_PAYMENT, "Not base64url of a JSON object");
	}

	/**
	 * Write a message as base64url of its compact JSON.
	 * @param message the message
	 * @return the text, without padding
	 * @since 0.2.0
	 */
	public String encodeUrlSafe(Object message) {
		return encodeUrlSafe(write(message));
	}

	private static String encodeUrlSafe(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	/**
	 * Decode the value of any other protocol header, such as an offer or a receipt, whose
	 * JSON is at most {@link #MAX_MESSAGE_DEPTH} deep.
	 * @param <T> type of the message
	 * @param value the header value
	 * @param type type of the message
	 * @return the message
	 * @throws JacksonException if the value is not such a message; its text holds nothing
	 * of the value
	 */
	public <T> T decode(String value, Class<T> type) throws JacksonException {
		if (value.length() > this.maxHeaderLength) {
			throw unreadable(type);
		}
		return read(decodeBase64(value), type);
	}

	/**
	 * Read a message other than a payment: a challenge in a body, what a facilitator
	 * responds or is sent. The size is not limited, only the structure is, to a depth of
	 * {@link #MAX_MESSAGE_DEPTH}.
	 * @param <T> type of the message
	 * @param json the UTF-8 bytes
	 * @param type type of the message
	 * @return the message
	 * @throws JacksonException if the bytes are not such a message; its text holds
	 * nothing of them
	 */
	public <T> T read(byte[] json, Class<T> type) throws JacksonException {
		try {
			return MAPPER.readValue(StrictJson.MESSAGE.requireObject(json), type);
		}
		catch (JacksonException ex) {
			throw unreadable(type);
		}
	}

	/**
	 * Write a message as compact JSON without nulls.
	 * @param message the message
	 * @return UTF-8 bytes
	 */
	public byte[] write(Object message) {
		return MAPPER.writeValueAsBytes(message);
	}

	/**
	 * Write a message as the value of a protocol header.
	 * @param message the message
	 * @return base64 of its compact JSON, standard alphabet with padding
	 */
	public String encode(Object message) {
		return Base64.getEncoder().encodeToString(write(message));
	}

	private static void requireVersion(ProtocolVersion version, @Nullable BigInteger number) {
		if (number == null) {
			throw malformed(version);
		}
		if (!number.equals(BigInteger.valueOf(version.number()))) {
			throw new InvalidPaymentException(ReasonCode.UNSUPPORTED_VERSION,
					version.paymentHeader() + " holds a payment of another version than " + version.number());
		}
	}

	/**
	 * The decoder of the JDK takes any trailing bits, so the text must be what encoding
	 * gives.
	 */
	private static byte[] decodeBase64(String value) {
		try {
			byte[] bytes = Base64.getDecoder().decode(value);
			String canonical = Base64.getEncoder().encodeToString(bytes);
			if (value.equals(canonical) || value.equals(canonical.replace("=", ""))) {
				return bytes;
			}
		}
		catch (IllegalArgumentException ex) {
			// Falls through, the message of the JDK quotes the input
		}
		throw new StreamReadException("Not canonical base64");
	}

	private InvalidPaymentException tooLarge() {
		return new InvalidPaymentException(ReasonCode.PAYMENT_HEADER_TOO_LARGE,
				"The payment is longer than " + this.maxHeaderLength + " characters");
	}

	private static InvalidPaymentException malformed(ProtocolVersion version) {
		return new InvalidPaymentException(ReasonCode.MALFORMED_PAYMENT,
				version.paymentHeader() + " is not base64 of a valid payment");
	}

	private static JacksonException unreadable(Class<?> type) {
		return new StreamReadException("Not a valid " + type.getSimpleName());
	}

	private static JsonMapper mapper() {
		return JsonMapper.builder(StrictJson.MESSAGE.factory())
			.addModule(new WholeNumberModule())
			.disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
			.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			.enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.withCoercionConfigDefaults(PaymentCodec::refuseCoercion)
			.changeDefaultPropertyInclusion((inclusion) -> inclusion.withValueInclusion(Include.NON_NULL)
				.withContentInclusion(Include.NON_NULL))
			.build();
	}

	private static void refuseCoercion(MutableCoercionConfig config) {
		for (CoercionInputShape shape : CoercionInputShape.values()) {
			config.setCoercion(shape, CoercionAction.Fail);
		}
	}

	private record Versioned(@Nullable BigInteger x402Version) {

	}

}
