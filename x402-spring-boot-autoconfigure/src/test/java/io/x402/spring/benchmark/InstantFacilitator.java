/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;

/**
 * A facilitator that agrees to everything at once, each time with another transaction.
 */
final class InstantFacilitator implements Facilitator {

	private final AtomicLong transactions = new AtomicLong();

	private final String payer;

	InstantFacilitator(String payer) {
		this.payer = payer;
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		return new VerificationOutcome.Valid(this.payer);
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		return new SettlementOutcome.Settled(
				SettlementResponse.success(transaction(), request.requirements().network(), this.payer));
	}

	String transaction() {
		String number = Long.toHexString(this.transactions.incrementAndGet());
		return "0x" + "0".repeat(64 - number.length()) + number;
	}

	@Override
	public SupportedResponse supported() {
		return new SupportedResponse(List.of(), List.of(), Map.of());
	}

}
