/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static java.time.Instant.now;
import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class FacilitatorFailureTests {

	private static final PaymentRequirements OFFER = new PaymentRequirements("exact", "eip155:84532",
			BigInteger.valueOf(10_000), "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
			"0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60, Map.of("name", "USDC", "version", "2"));

	private static final PaymentOffers TERMS = new PaymentOffers(new ResourceInfo("https://shop.example/", null, null),
			List.of(OFFER));

	private final String payload = new Eip3009Signer("1".repeat(64)).sign(OFFER, now()).toMap().toString();

	@Test
	void whenVerifyThrowsTextOfThePaymentThenLogTellsTypeAndPlaceOnly(CapturedOutput output) {
		PaymentDecision decision = process(true);
		assertThat(decision).isInstanceOfSatisfying(PaymentDecision.Refused.class,
				(refused) -> assertThat(refused.refusal().reason()).isEqualTo(ReasonCode.FACILITATOR_UNAVAILABLE));
		assertTellsTypeAndPlaceOnly(output);
	}

	@Test
	void whenSettleThrowsTextOfThePaymentThenLogTellsTypeAndPlaceOnly(CapturedOutput output) {
		PaymentDecision.Accepted accepted = (PaymentDecision.Accepted) process(false);
		PaymentRefusal refusal = accepted.exchange().complete(ResponseRecord.notStored());
		assertThat(refusal).isNotNull().extracting(PaymentRefusal::reason).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		assertTellsTypeAndPlaceOnly(output);
	}

	private void assertTellsTypeAndPlaceOnly(CapturedOutput output) {
		assertThat(output).contains("java.lang.IllegalStateException caused by java.lang.IllegalArgumentException")
			.contains("at " + ThrowingFacilitator.class.getName())
			.doesNotContain(this.payload)
			.doesNotContain("signature=");
	}

	private PaymentDecision process(boolean verifyThrows) {
		PaymentProcessor processor = PaymentProcessor
			.builder(new ThrowingFacilitator(verifyThrows, this.payload),
					new InMemoryPaymentStore(10, Clock.systemUTC()), Networks.load(), Payments.settings(Duration.ZERO),
					Clock.systemUTC())
			.build();
		Map<String, Object> accepted = Map.of("scheme", "exact", "network", OFFER.network(), "amount", "10000", "asset",
				OFFER.asset(), "payTo", OFFER.payTo(), "maxTimeoutSeconds", 60, "extra", OFFER.extra());
		Map<String, Object> payload = new Eip3009Signer("1".repeat(64)).sign(OFFER, now()).toMap();
		return processor.process(TERMS, new PaymentPayload.V2(2, null, accepted, payload, null),
				Payments.request("fingerprint"));
	}

	private record ThrowingFacilitator(boolean verifyThrows, String text) implements Facilitator {

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			if (this.verifyThrows) {
				throw failure();
			}
			return new Valid(null);
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			throw failure();
		}

		private IllegalStateException failure() {
			return new IllegalStateException(this.text, new IllegalArgumentException(this.text));
		}

		@Override
		public SupportedResponse supported() {
			return new SupportedResponse(List.of(), List.of(), Map.of());
		}

	}

}
