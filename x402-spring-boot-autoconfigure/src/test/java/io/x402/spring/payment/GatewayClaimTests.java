/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The claim of a payment that is valid for days outlives it.
 */
class GatewayClaimTests {

	private static final PaymentRequirements OFFER = new PaymentRequirements("exact", Payments.NETWORK,
			BigInteger.valueOf(10_000), Payments.ASSET, Payments.SELLER, 345_600, GatewayBatch.extra(Payments.PAYER));

	private final MovingClock clock = MovingClock.standing(Instant.now());

	private final FacilitatorDouble facilitator = Payments.facilitator();

	private final InMemoryPaymentStore store = new InMemoryPaymentStore(100, 10_000,
			new InMemoryPaymentLedger(100, this.clock), this.clock);

	private final PaymentProcessor processor = PaymentProcessor
		.builder(this.facilitator, this.store, Networks.load(), Payments.settings(Duration.ZERO), this.clock)
		.checks(List.of(new EvmPayloadCheck(this.clock)))
		.build();

	@Test
	void whenAPaymentIsUsedAgainBeforeItEndsThenItIsRefused() {
		Instant end = this.clock.instant().plus(Duration.ofDays(5));
		PaymentPayload payment = payment(end);
		PaymentExchange exchange = ((Accepted) process(payment, "first")).exchange();
		assertThat(exchange.complete(ResponseRecord.stored(new byte[] { 1 }))).isNull();
		this.clock.pass(Duration.ofDays(5).minusSeconds(10));
		assertThat(((Refused) process(payment, "second")).refusal().reason())
			.isEqualTo(ReasonCode.PAYMENT_ALREADY_BOUND);
		assertThat(this.facilitator.settlements()).hasSize(1);
		assertThat(Objects.requireNonNull(this.store.find(Payments.key(payment))).expiresAt()).isAfter(end);
		this.clock.pass(Duration.ofSeconds(11));
		assertThat(((Refused) process(payment, "third")).refusal().reason())
			.isEqualTo(ReasonCode.PAYMENT_ALREADY_BOUND);
	}

	private PaymentDecision process(PaymentPayload payment, String request) {
		return this.processor.process(Payments.offers(OFFER), payment, Payments.request(request));
	}

	private static PaymentPayload payment(Instant end) {
		Map<String, Object> authorization = new EvmPayload.Eip3009("0x" + "00".repeat(65), Payments.PAYER,
				Payments.SELLER, BigInteger.valueOf(10_000), BigInteger.ZERO, BigInteger.valueOf(end.getEpochSecond()),
				Payments.nonce(1))
			.toMap();
		return Payments.payment(OFFER, authorization);
	}

}
