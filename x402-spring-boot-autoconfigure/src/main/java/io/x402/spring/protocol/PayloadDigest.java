/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Digest of JSON data that does not depend on the order of object members and on the
 * spelling of numbers.
 *
 * @since 0.1.0
 */
public final class PayloadDigest {

	private final Sha256 digest = new Sha256();

	private PayloadDigest() {
	}

	public static String of(Map<?, ?> data) {
		PayloadDigest payload = new PayloadDigest();
		payload.update(data);
		return payload.hex();
	}

	/**
	 * Return a digest of all that a buyer sent.
	 */
	public static String of(PaymentPayload payment) {
		Map<String, Object> members = new HashMap<>();
		members.put("payload", payment.payload());
		if (payment instanceof PaymentPayload.V2 v2) {
			members.put("accepted", v2.accepted());
			members.put("resource", v2.resource());
			members.put("extensions", v2.extensions());
		}
		else if (payment instanceof PaymentPayload.V1 v1) {
			members.put("scheme", v1.scheme());
			members.put("network", v1.network());
		}
		return of(members);
	}

	public static String of(byte[] data, int offset, int length) {
		PayloadDigest payload = new PayloadDigest();
		payload.digest.add(data, offset, length);
		return payload.hex();
	}

	private void update(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			Map<String, Object> sorted = new TreeMap<>();
			map.forEach((key, member) -> sorted.put(String.valueOf(key), member));
			header('{', sorted.size());
			sorted.forEach((key, member) -> {
				text(key);
				update(member);
			});
		}
		else if (value instanceof List<?> list) {
			header('[', list.size());
			list.forEach(this::update);
		}
		else if (value instanceof Number number) {
			text(new BigDecimal(number.toString()).stripTrailingZeros().toString());
		}
		else {
			text(String.valueOf(value));
		}
	}

	private void text(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		header('"', bytes.length);
		this.digest.add(bytes);
	}

	private void header(char type, int length) {
		this.digest.add(new byte[] { (byte) type });
		this.digest.add(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
	}

	private String hex() {
		return this.digest.value();
	}

}
