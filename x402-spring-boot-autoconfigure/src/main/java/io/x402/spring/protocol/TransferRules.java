/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Rules of scheme {@code transfer}: the buyer transfers the price by itself, and then
 * shows that it did. It exists on EVM networks and in version 2 only, no facilitator
 * settles it, and handlers run after the money has moved.
 */
record TransferRules() implements SchemeRules {

	/** Method of the request that the quote is for. */
	static final String METHOD = "method";

	/** Id of the quote. */
	static final String QUOTE = "quote";

	/** End of the time in which the transfer can be made. */
	static final String EXPIRES_AT = "expiresAt";

	@Override
	public String name() {
		return "transfer";
	}

	@Override
	public boolean isMetered() {
		return false;
	}

	@Override
	public boolean isOn(NetworkId network) {
		return network.isEvm();
	}

	@Override
	public boolean isIn(ProtocolVersion version) {
		return version == ProtocolVersion.V2;
	}

	@Override
	public boolean takes(SchemePayload payment, PaymentRequirements offer, ProtocolVersion version) {
		return isIn(version) && payment instanceof TransferPayload;
	}

	@Override
	public boolean isPaidByPermit2(PaymentRequirements offer) {
		return false;
	}

	@Override
	public @Nullable String permit2Proxy() {
		return null;
	}

	@Override
	public boolean isPaidBefore() {
		return true;
	}

	@Override
	public Map<String, Object> offerExtra() {
		return Map.of(PaymentRequirements.PAYMENT_FLOW, "upfront");
	}

	@Override
	public boolean isComplete(PaymentRequirements offer) {
		return offer.extraText(QUOTE) != null;
	}

	/**
	 * Each challenge has another quote, and the payment names the one that it is for.
	 */
	@Override
	public Map<String, Object> comparedExtra(PaymentRequirements offer) {
		Map<String, Object> extra = new HashMap<>();
		for (String name : new String[] { PaymentRequirements.PAYMENT_FLOW, PaymentRequirements.TOP_UP, METHOD }) {
			if (offer.extra().containsKey(name)) {
				extra.put(name, offer.extra().get(name));
			}
		}
		return extra;
	}

}
