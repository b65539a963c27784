/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.ReceiptJudge;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SettlementsTests {

	private static final int MOST = 100;

	private static final int MORE_THAN_ARE_REMEMBERED = 3 * MOST;

	private final FacilitatorDouble facilitator = new FacilitatorDouble();

	private final Settlements settlements = new Settlements(this.facilitator, new ReceiptJudge(Networks.load()), MOST);

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

	@Test
	void whenWorthlessPaymentsAreToBeSettledThenNoReceiptIsForgotten() {
		FacilitatorRequest paid = request(1);
		this.settlements.verify(paid);
		SettlementResult receipt = this.settlements.settle(paid);
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INVALID_SIGNATURE));
		for (int nonce = 2; nonce < MORE_THAN_ARE_REMEMBERED; nonce++) {
			this.settlements.settle(request(nonce));
		}
		assertThat(this.settlements.settle(paid)).isEqualTo(receipt);
		assertThat(this.facilitator.settled()).isOne();
	}

	@Test
	void whenOnePayerSignsManyPaymentsThenNothingOfAnotherIsForgotten() {
		FacilitatorRequest paid = request(1);
		FacilitatorRequest verified = request(2);
		this.settlements.verify(paid);
		SettlementResult receipt = this.settlements.settle(paid);
		this.settlements.verify(verified);
		for (int nonce = 0; nonce < MORE_THAN_ARE_REMEMBERED; nonce++) {
			this.settlements.verify(ofAnother(nonce));
		}
		assertThat(this.settlements.settle(paid)).isEqualTo(receipt);
		SettlementResult settled = this.settlements.settle(verified);
		assertThat(settled.kind()).isEqualTo(SettlementResult.Kind.SETTLED);
		assertThat(this.settlements.settle(verified)).isEqualTo(settled);
		assertThat(this.facilitator.settled()).isEqualTo(2);
	}

	@Test
	void whenOnePayerSettlesManyPaymentsThenNoReceiptOfAnotherIsForgotten() {
		FacilitatorRequest paid = request(1);
		this.settlements.verify(paid);
		SettlementResult receipt = this.settlements.settle(paid);
		for (int nonce = 0; nonce < MORE_THAN_ARE_REMEMBERED; nonce++) {
			this.settlements.settle(ofAnother(nonce));
		}
		assertThat(this.settlements.settle(paid)).isEqualTo(receipt);
		assertThat(this.facilitator.settled()).isEqualTo(MORE_THAN_ARE_REMEMBERED + 1);
	}

	@Test
	void whenOnePayerSignsManyPaymentsThenItsOwnReceiptsStay() {
		FacilitatorRequest paid = request(1);
		this.settlements.verify(paid);
		SettlementResult receipt = this.settlements.settle(paid);
		for (int nonce = 2; nonce < MORE_THAN_ARE_REMEMBERED; nonce++) {
			this.settlements.verify(request(nonce));
		}
		assertThat(this.settlements.settle(paid)).isEqualTo(receipt);
		assertThat(this.facilitator.settled()).isOne();
	}

	@Test
	void whenManyPaymentsAreVerifiedWhileOneIsSettledThenItIsNotBegunAgain() {
		FacilitatorRequest paid = request(1);
		List<SettlementResult> meanwhile = new ArrayList<>();
		this.facilitator.settling((request) -> {
			for (int nonce = 2; nonce < MORE_THAN_ARE_REMEMBERED; nonce++) {
				this.settlements.verify(request(nonce));
			}
			meanwhile.add(this.settlements.settle(paid));
			return new Settled(FacilitatorDouble.receipt(request));
		});
		this.settlements.verify(paid);
		assertThat(this.settlements.settle(paid).kind()).isEqualTo(SettlementResult.Kind.SETTLED);
		assertThat(meanwhile).extracting(SettlementResult::kind).containsExactly(SettlementResult.Kind.PENDING);
		assertThat(this.facilitator.settled()).isOne();
	}

	private static FacilitatorRequest request(int nonce) {
		return Payments.request(Payments.payment(nonce), Payments.OFFER);
	}

	private static FacilitatorRequest ofAnother(int nonce) {
		Map<String, Object> payload = new EvmPayload.Eip3009("0x" + "00".repeat(65), "0x" + "a1".repeat(20),
				Payments.SELLER, Payments.OFFER.amount(), BigInteger.ZERO,
				BigInteger.valueOf(Payments.SIGNED_AT.plus(Payments.VALIDITY).getEpochSecond()), Payments.nonce(nonce))
			.toMap();
		return Payments.request(Payments.payment(Payments.OFFER, payload), Payments.OFFER);
	}

}
