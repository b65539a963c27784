/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;

/**
 * A remote party that accepts and settles every payment and counts its calls.
 */
public final class StubFacilitator implements Facilitator {

	private final AtomicInteger verified = new AtomicInteger();

	private final AtomicInteger settled = new AtomicInteger();

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		this.verified.incrementAndGet();
		return new VerificationOutcome.Valid(payer(request));
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		this.settled.incrementAndGet();
		String transaction = "0x" + UUID.randomUUID().toString().replace("-", "").repeat(2);
		return new SettlementOutcome.Settled(
				SettlementResponse.success(transaction, request.requirements().network(), payer(request)));
	}

	@Override
	public SupportedResponse supported() {
		return new SupportedResponse(List.of(), List.of(), Map.of());
	}

	public int verified() {
		return this.verified.get();
	}

	public int settled() {
		return this.settled.get();
	}

	private static String payer(FacilitatorRequest request) {
		EvmPayload payload = EvmPayload.from(request.payload().payload());
		if (payload == null) {
			throw new IllegalStateException("Not a payment on an EVM network");
		}
		return payload.from();
	}

}
