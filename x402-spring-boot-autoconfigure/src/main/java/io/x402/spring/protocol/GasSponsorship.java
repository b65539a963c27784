/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The extension {@code eip2612GasSponsoring} of protocol v2: a buyer who pays by Permit2
 * and never approved the token to it signs a permit instead, and the facilitator uses it
 * in the transaction that settles.
 *
 * @since 0.1.0
 */
public final class GasSponsorship {

	/**
	 * Key of the extension.
	 */
	public static final String KEY = "eip2612GasSponsoring";

	private static final List<String> MEMBERS = List.of("from", "asset", "spender", "amount", "nonce", "deadline",
			"signature", "version");

	private static final int MAX_LENGTH = 200;

	private GasSponsorship() {
	}

	/**
	 * Return what a seller declares.
	 * @return the extensions of the 402 document
	 */
	public static Map<String, Object> declaration() {
		Map<String, Object> info = new LinkedHashMap<>();
		info.put("description", "Sign an EIP-2612 permit to Permit2 and no approval is needed");
		info.put("version", "1");
		return Map.of(KEY, Map.of("info", info, "schema", Map.of("type", "object")));
	}

	/**
	 * Return whether an offer can be paid with it.
	 * @param offer the offer
	 * @return whether it is paid by Permit2 in a token whose EIP-712 domain is announced
	 */
	public static boolean fits(PaymentRequirements offer) {
		return PaymentRequirements.PERMIT2.equals(offer.extraText(PaymentRequirements.ASSET_TRANSFER_METHOD))
				&& offer.extraText("name") != null && offer.extraText("version") != null;
	}

	/**
	 * Return the permit of a payment. One that lacks members is none, because a buyer who
	 * needs none echoes what the seller declared.
	 * @param payload the payment
	 * @return its members as the buyer wrote them, empty where they are no text of at
	 * most 200 characters; {@code null} if there is none
	 */
	public static @Nullable Map<String, String> of(PaymentPayload payload) {
		if (!(payload instanceof PaymentPayload.V2 v2) || v2.extensions() == null
				|| !(v2.extensions().get(KEY) instanceof Map<?, ?> extension)
				|| !(extension.get("info") instanceof Map<?, ?> info) || !info.keySet().containsAll(MEMBERS)) {
			return null;
		}
		Map<String, String> permit = new LinkedHashMap<>();
		for (String name : MEMBERS) {
			permit.put(name, (info.get(name) instanceof String text && text.length() <= MAX_LENGTH) ? text : "");
		}
		return permit;
	}

}
