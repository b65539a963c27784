/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * The gate that a JSON text passes before any number or object is built from it: exactly
 * one object in UTF-8, within limits, without duplicate keys.
 */
final class StrictJson {

	/** Limits for what a buyer sends. */
	static final StrictJson PAYMENT = new StrictJson(PaymentCodec.MAX_PAYMENT_DEPTH, 12 * 1024, 2048, 64);

	/** Limits for challenges, and for what facilitators receive and respond. */
	static final StrictJson MESSAGE = new StrictJson(PaymentCodec.MAX_MESSAGE_DEPTH, 128 * 1024, 65_536, 256);

	private static final int MAX_NUMBER_LENGTH = 80;

	/** An integer of 256 bits has at most 78 digits. */
	private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,78}|[-0-9.]{1,32}(?:[eE][-+]?[0-9]{1,2})?");

	private static final String BYTE_ORDER_MARK = "\uFEFF";

	private final JsonFactory factory;

	private StrictJson(int maxDepth, int maxStringLength, int maxTokens, int maxNameLength) {
		this.factory = JsonFactory.builder()
			.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
			.disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
			.disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
			.streamReadConstraints(StreamReadConstraints.builder()
				.maxNestingDepth(maxDepth)
				.maxStringLength(maxStringLength)
				.maxNumberLength(MAX_NUMBER_LENGTH)
				.maxNameLength(maxNameLength)
				.maxTokenCount(maxTokens)
				.build())
			.build();
	}

	JsonFactory factory() {
		return this.factory;
	}

	/**
	 * Decode and check a text.
	 * @param json the bytes
	 * @return the text, one JSON object
	 * @throws JacksonException if it is anything else, or beyond the limits
	 */
	String requireObject(byte[] json) throws JacksonException {
		String text = decode(json);
		try (JsonParser parser = this.factory.createParser(ObjectReadContext.empty(), text)) {
			require(parser.nextToken() == JsonToken.START_OBJECT, "Not an object");
			do {
				next(parser);
			}
			while (!parser.streamReadContext().inRoot());
			require(parser.nextToken() == null, "Trailing token");
		}
		return text;
	}

	/**
	 * Check a text and read it in the same pass. A member that is {@code null} counts as
	 * absent.
	 * @param text the text
	 * @return its one object
	 * @throws JacksonException if it is anything else, or beyond the limits
	 */
	Map<String, Object> readObject(String text) throws JacksonException {
		try (JsonParser parser = this.factory.createParser(ObjectReadContext.empty(), text)) {
			require(parser.nextToken() == JsonToken.START_OBJECT, "Not an object");
			Map<String, Object> object = object(parser);
			require(parser.nextToken() == null, "Trailing token");
			return object;
		}
	}

	private static Map<String, Object> object(JsonParser parser) {
		Map<String, Object> object = new LinkedHashMap<>();
		while (next(parser) != JsonToken.END_OBJECT) {
			String name = parser.getString();
			Object value = value(parser, next(parser));
			if (value != null) {
				object.put(name, value);
			}
		}
		return object;
	}

	private static List<@Nullable Object> array(JsonParser parser) {
		List<@Nullable Object> array = new ArrayList<>();
		for (JsonToken token = next(parser); token != JsonToken.END_ARRAY; token = next(parser)) {
			array.add(value(parser, token));
		}
		return array;
	}

	private static @Nullable Object value(JsonParser parser, JsonToken token) {
		return switch (token) {
			case START_OBJECT -> object(parser);
			case START_ARRAY -> array(parser);
			case VALUE_STRING -> parser.getString();
			case VALUE_NUMBER_INT -> parser.getNumberValue();
			case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
			case VALUE_TRUE -> true;
			case VALUE_FALSE -> false;
			default -> null;
		};
	}

	private static JsonToken next(JsonParser parser) {
		JsonToken token = parser.nextToken();
		if (token == null) {
			throw new StreamReadException("Unexpected end");
		}
		checkToken(parser, token);
		return token;
	}

	private static void checkToken(JsonParser parser, JsonToken token) {
		switch (token) {
			case PROPERTY_NAME, VALUE_STRING -> require(isText(parser.getString()), "Not a text");
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
				require(NUMBER.matcher(parser.getString()).matches(), "Number out of bounds");
			default -> {
			}
		}
	}

	/** NUL and lone surrogates cannot be stored or sent on by everybody. */
	private static boolean isText(String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length()
					&& Character.isLowSurrogate(text.charAt(i + 1));
			if (c == 0 || (Character.isSurrogate(c) && !pair)) {
				return false;
			}
			i += pair ? 1 : 0;
		}
		return true;
	}

	/**
	 * Several servers put a byte order mark before the text, which stands for nothing.
	 */
	static String decode(byte[] json) {
		try {
			String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
			return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
		}
		catch (CharacterCodingException ex) {
			throw new StreamReadException("Not UTF-8");
		}
	}

	private static void require(boolean condition, String message) {
		if (!condition) {
			throw new StreamReadException(message);
		}
	}

}
