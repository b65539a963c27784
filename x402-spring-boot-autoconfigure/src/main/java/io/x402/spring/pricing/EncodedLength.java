/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import org.jspecify.annotations.Nullable;

/**
 * How long a document can be at most once it is encoded, without encoding it. Most offers
 * are far from the limit of their header, so that an application need not write JSON at
 * its start to know that they fit.
 */
final class EncodedLength {

	private static final long UNKNOWN = Integer.MAX_VALUE;

	/** Of a character as {@code \u0000} escapes it, more than its bytes in UTF-8. */
	private static final int ESCAPED = 6;

	/** Quotes, colon and comma. */
	private static final int MEMBER = 4;

	private static final int NAMES = "x402Version2errorresourceurldescriptionmimeTypeserviceNametagsiconUrlacceptsextensions"
		.length() + 13 * MEMBER;

	private static final int OFFER_NAMES = "schemenetworkamountassetpayTomaxTimeoutSecondsextra".length() + 8 * MEMBER;

	private EncodedLength() {
	}

	/**
	 * Return the maximum length of a document.
	 * @param document the document
	 * @return characters of its base64, or more than any limit if it has values whose
	 * length is not known
	 */
	static long maximum(PaymentRequiredDocument document) {
		ResourceInfo resource = document.resource();
		long json = NAMES + value(document.error()) + value(resource.url()) + value(resource.description())
				+ value(resource.mimeType()) + value(resource.serviceName()) + value(resource.tags())
				+ value(resource.iconUrl()) + value(document.extensions());
		for (PaymentRequirements offer : document.accepts()) {
			json += OFFER_NAMES + value(offer.scheme()) + value(offer.network()) + value(offer.amount().toString())
					+ value(offer.asset()) + value(offer.payTo()) + value(offer.maxTimeoutSeconds())
					+ value(offer.extra());
		}
		return (json + 2) / 3 * 4;
	}

	private static long value(@Nullable Object value) {
		if (value instanceof String text) {
			return text(text);
		}
		if (value instanceof Map<?, ?> object) {
			return members(object);
		}
		if (value instanceof List<?> array) {
			return elements(array);
		}
		if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long
				|| value instanceof BigInteger) {
			return String.valueOf(value).length();
		}
		return UNKNOWN;
	}

	private static long members(Map<?, ?> object) {
		long length = 2;
		for (Map.Entry<?, ?> member : object.entrySet()) {
			length += value(member.getKey()) + value(member.getValue()) + 2;
		}
		return length;
	}

	private static long elements(List<?> array) {
		long length = 2;
		for (Object element : array) {
			length += value(element) + 1;
		}
		return length;
	}

	private static long text(String text) {
		long length = 2;
		for (int i = 0; i < text.length(); i++) {
			length += isPlain(text.charAt(i)) ? 1 : ESCAPED;
		}
		return length;
	}

	private static boolean isPlain(char character) {
		return character >= ' ' && character < 0x7f && character != '"' && character != '\\';
	}

}
