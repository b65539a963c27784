/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.x402.spring.autoconfigure.actuate.ConsoleHands.Act;
import io.x402.spring.autoconfigure.actuate.ConsoleHands.Answer;
import io.x402.spring.autoconfigure.actuate.ConsoleHands.Order;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.DelegatingPaymentStore;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.Payments;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.UnsettledClaim;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hands of the console whose store fails.
 */
class ConsoleHandsTests {

	private final List<Object> events = new ArrayList<>();

	private final PaymentStore broken = new DelegatingPaymentStore(Payments.store()) {

		@Override
		public UnsettledClaim takeUnsettled(String sale, Duration hold) {
			throw new PaymentStoreException("Out of reach");
		}

	};

	private final PaymentProcessor processor = PaymentProcessor
		.builder(Payments.facilitator(), this.broken, Networks.load(), Payments.settings(Duration.ZERO),
				Clock.systemUTC())
		.build();

	private final ConsoleHands hands = new ConsoleHands(this.processor.byHand(List.of(), Duration.ofMinutes(1)),
			this.events::add, HttpHeaders::new);

	@ParameterizedTest
	@EnumSource(Act.class)
	void whenTheStoreFailsThenTheAttemptIsAuditedAllTheSame(Act act) {
		Answer answer = this.hands.act(act, () -> "alice", Order.of("sale", Payments.TRANSACTION, "ticket 7"));
		assertThat(answer).returns(HttpStatus.SERVICE_UNAVAILABLE, Answer::status)
			.returns("payment_store_unavailable", Answer::result);
		assertThat(this.events).singleElement()
			.extracting((event) -> ((AuditApplicationEvent) event).getAuditEvent())
			.satisfies((event) -> {
				assertThat(event.getPrincipal()).isEqualTo("alice");
				assertThat(event.getData()).containsEntry("result", "payment_store_unavailable")
					.containsEntry("sale", "sale");
			});
	}

}
