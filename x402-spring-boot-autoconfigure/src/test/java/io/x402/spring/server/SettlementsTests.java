/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.ReceiptJudge;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SettlementsTests {

	private static final int MORE_THAN_ARE_REMEMBERED = 60_000;

	private final FacilitatorDouble facilitator = new FacilitatorDouble();

	private final Settlements settlements = new Settlements(this.facilitator, new ReceiptJudge(Networks.load()));

	@Test
	void whenWorthlessPaymentsAreVerifiedThenNoReceiptIsForgotten() {
		FacilitatorRequest paid = request(1);
		this.settlements.verify(paid);
		SettlementResult receipt = this.settlements.settle(paid);
		assertThat(receipt.kind()).isEqualTo(SettlementResult.Kind.SETTLED);
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INVALID_SIGNATURE));
		for (int nonce = 2; nonce < MORE_THAN_ARE_REMEMBERED; nonce++) {
			this.settlements.verify(request(nonce));
		}
		assertThat(this.settlements.settle(paid)).isEqualTo(receipt);
		assertThat(this.facilitator.settled()).isOne();
	}

	private static FacilitatorRequest request(int nonce) {
		return Payments.request(Payments.payment(nonce), Payments.OFFER);
	}

}
