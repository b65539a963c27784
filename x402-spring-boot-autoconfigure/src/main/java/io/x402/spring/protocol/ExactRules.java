/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Rules of scheme {@code exact}: the price is charged.
 */
record ExactRules() implements SchemeRules {

	@Override
	public String name() {
		return "exact";
	}

	@Override
	public boolean isMetered() {
		return false;
	}

	@Override
	public boolean isOn(NetworkId network) {
		return true;
	}

	@Override
	public boolean isIn(ProtocolVersion version) {
		return true;
	}

	@Override
	public boolean takes(SchemePayload payment, PaymentRequirements offer, ProtocolVersion version) {
		if (!offer.networkId().isEvm()) {
			return true;
		}
		String method = offer.extraText(PaymentRequirements.ASSET_TRANSFER_METHOD);
		if (method == null || method.equals("eip3009")) {
			return payment instanceof EvmPayload.Eip3009;
		}
		return isPaidByPermit2(offer) && payment instanceof EvmPayload.Permit2 permit && permit.facilitator() == null;
	}

	@Override
	public boolean isPaidByPermit2(PaymentRequirements offer) {
		return PaymentRequirements.PERMIT2.equals(offer.extraText(PaymentRequirements.ASSET_TRANSFER_METHOD));
	}

	@Override
	public @Nullable String permit2Proxy() {
		return EvmPayload.Permit2.EXACT_PROXY;
	}

}
