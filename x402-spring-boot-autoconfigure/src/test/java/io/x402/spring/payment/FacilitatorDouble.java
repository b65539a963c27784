/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.protocol.SupportedResponse;

/**
 * A facilitator that answers what it is told to and remembers the questions.
 */
final class FacilitatorDouble implements Facilitator {

	private final List<FacilitatorRequest> verifications = new ArrayList<>();

	private final List<FacilitatorRequest> settlements = new ArrayList<>();

	private Supplier<VerificationOutcome> verify = () -> new VerificationOutcome.Valid(Payments.PAYER);

	private Supplier<SettlementOutcome> settle = () -> new SettlementOutcome.Settled(Payments.receipt());

	FacilitatorDouble verifying(Supplier<VerificationOutcome> outcome) {
		this.verify = outcome;
		return this;
	}

	FacilitatorDouble settling(Supplier<SettlementOutcome> outcome) {
		this.settle = outcome;
		return this;
	}

	List<FacilitatorRequest> verifications() {
		return this.verifications;
	}

	List<FacilitatorRequest> settlements() {
		return this.settlements;
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		this.verifications.add(request);
		return this.verify.get();
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		this.settlements.add(request);
		return this.settle.get();
	}

	@Override
	public SupportedResponse supported() {
		throw new UnsupportedOperationException();
	}

}
