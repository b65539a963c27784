/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON of sellers, read as the official clients read it and repeated as they repeat it:
 * members may be {@code null} or given twice, and a number without a fraction is an
 * integer, however it is written. Size and depth are limited.
 */
final class SellerJson {

	private static final int MAX_DEPTH = 64;

	private static final int MAX_LENGTH = 256 * 1024;

	private static final int MAX_DIGITS = 40;

	private static final String BYTE_ORDER_MARK = "\uFEFF";

	private final JsonMapper mapper = JsonMapper
		.builder(JsonFactory.builder()
			.disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
			.streamReadConstraints(StreamReadConstraints.builder()
				.maxNestingDepth(MAX_DEPTH)
				.maxStringLength(MAX_LENGTH)
				.maxTokenCount(MAX_LENGTH)
				.build())
			.build())
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	/**
	 * Read an object.
	 * @param json the UTF-8 bytes
	 * @return the object, or {@code null} if the bytes are none within the limits
	 */
	@Nullable Map<String, Object> read(byte[] json) {
		if (json.length > MAX_LENGTH) {
			return null;
		}
		try {
			return object(this.mapper.readValue(text(json), Object.class));
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static String text(byte[] json) {
		String text = new String(json, StandardCharsets.UTF_8);
		return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
	}

	/**
	 * Read an object in a header.
	 * @param value base64 of the object
	 * @return the object, or {@code null} if the value is none within the limits
	 */
	@Nullable Map<String, Object> decode(String value) {
		try {
			return read(Base64.getDecoder().decode(value.strip()));
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Read an object in a parameter of a challenge.
	 * @param value base64url of the object
	 * @return the object, or {@code null} if the value is none within the limits
	 */
	@Nullable Map<String, Object> decodeUrlSafe(String value) {
		try {
			return read(Base64.getUrlDecoder().decode(value));
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Write an object as compact JSON.
	 * @param object the object, its members that are {@code null} included
	 * @return the UTF-8 bytes
	 */
	byte[] write(Map<String, Object> object) {
		return this.mapper.writeValueAsBytes(object);
	}

	/**
	 * Write an object as the value of a header.
	 * @param object the object, its members that are {@code null} included
	 * @return base64 of compact JSON
	 */
	String encode(Map<String, Object> object) {
		return Base64.getEncoder().encodeToString(write(object));
	}

	/**
	 * Return a value if it is an object.
	 * @param value a value, or {@code null}
	 * @return its members, or {@code null} if it is anything else
	 */
	static @Nullable Map<String, Object> object(@Nullable Object value) {
		if (!(value instanceof Map<?, ?> members)) {
			return null;
		}
		Map<String, Object> object = new LinkedHashMap<>();
		members.forEach((name, member) -> object.put((String) name, plain(member)));
		return object;
	}

	private static @Nullable Object plain(@Nullable Object value) {
		if (value instanceof Map<?, ?>) {
			return object(value);
		}
		if (value instanceof List<?> elements) {
			List<@Nullable Object> list = new ArrayList<>();
			elements.forEach((element) -> list.add(plain(element)));
			return list;
		}
		return (value instanceof BigDecimal number) ? integerIfPossible(number) : value;
	}

	/** The number of digits is looked at before they are made. */
	private static Number integerIfPossible(BigDecimal number) {
		BigDecimal stripped = number.stripTrailingZeros();
		boolean integer = stripped.scale() <= 0 && (long) stripped.precision() - stripped.scale() <= MAX_DIGITS;
		return integer ? stripped.toBigIntegerExact() : number;
	}

}
