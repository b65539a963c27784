/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Rules of scheme {@code upto}: the price is the maximum that is charged. It exists on
 * EVM networks and in version 2 only, is paid through Permit2, and each payment names the
 * one account that may settle it.
 */
record UptoRules() implements SchemeRules {

	@Override
	public String name() {
		return "upto";
	}

	@Override
	public boolean isMetered() {
		return true;
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
		return !isOn(offer.networkId())
				|| (isIn(version) && payment instanceof EvmPayload.Permit2 permit && permit.facilitator() != null);
	}

	@Override
	public boolean isPaidByPermit2(PaymentRequirements offer) {
		return true;
	}

	@Override
	public @Nullable String permit2Proxy() {
		return EvmPayload.Permit2.UPTO_PROXY;
	}

	@Override
	public Map<String, Object> offerExtra() {
		return Map.of(PaymentRequirements.ASSET_TRANSFER_METHOD, PaymentRequirements.PERMIT2);
	}

	@Override
	public Map<String, Object> kindExtra(String settler) {
		return Map.of(PaymentRequirements.FACILITATOR_ADDRESS, settler);
	}

	@Override
	public boolean isComplete(PaymentRequirements offer) {
		return offer.extraText(PaymentRequirements.FACILITATOR_ADDRESS) != null;
	}

	/**
	 * A facilitator with several accounts names now this one and now that one, and knows
	 * all of them when it is asked.
	 */
	@Override
	public Map<String, Object> comparedExtra(PaymentRequirements offer) {
		Map<String, Object> extra = new HashMap<>(offer.extra());
		extra.remove(PaymentRequirements.FACILITATOR_ADDRESS);
		return extra;
	}

}
