/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.payment.DelegatingPaymentStore;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A store that is out of reach exactly when money has moved.
 */
class LateRecordTests {

	@Test
	void whenASettlementIsRecordedLateThenTheSamePaymentGetsWhatWasPaidFor() throws Exception {
		try (Shop shop = Shop.open(Container.TOMCAT, LateConfiguration.class, "x402.store.lease=300ms")) {
			Payment payment = shop.payment("/work");
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			shop.bean(AtomicBoolean.class).set(true);
			WireResponse pending = shop.send("GET", "/work", payment.headerLine());
			assertThat(pending.status()).isEqualTo(503);
			assertThat(pending.json().path("code").asString()).isEqualTo("settlement_pending");
			shop.bean(AtomicBoolean.class).set(false);
			await().atMost(Duration.ofSeconds(20)).until(() -> shop.claim(payment).state() == ClaimState.SETTLED);
			WireResponse paid = shop.send("GET", "/work", payment.headerLine());
			assertThat(paid.status()).isEqualTo(200);
			assertThat(paid.bodyText()).isEqualTo("done 1");
			assertThat(shop.send("GET", "/work", payment.headerLine()).bodyText()).isEqualTo("done 1");
			assertThat(script.settlements()).isOne();
			assertThat(shop.bean(AtomicInteger.class)).hasValue(1);
		}
	}

	/**
	 * Until the request learns that its step was taken, its version seems to be lost.
	 */
	@ParameterizedTest
	@EnumSource
	void whenLeasesAreRenewedWhileARecordIsInDoubtThenTheResponseIsStored(Container container) throws Exception {
		try (Shop shop = Shop.open(container, LateConfiguration.class, "x402.settlement.max-repeat-wait=20ms")) {
			Payment payment = shop.payment("/work");
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			((OutOfReachStore) shop.bean(PaymentStore.class)).inDoubt = shop.bean(PaymentProcessor.class)::maintain;
			assertThat(shop.send("GET", "/work", payment.headerLine()).bodyText()).isEqualTo("done 1");
			assertThat(shop.send("GET", "/work", payment.headerLine()).bodyText()).isEqualTo("done 1");
			assertThat(script.settlements()).isOne();
			assertThat(shop.bean(AtomicInteger.class)).hasValue(1);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(WorkController.class)
	static class LateConfiguration {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

		@Bean
		AtomicBoolean outOfReach() {
			return new AtomicBoolean();
		}

		@Bean
		PaymentStore store(AtomicBoolean outOfReach) {
			return new OutOfReachStore(outOfReach);
		}

	}

	/**
	 * Takes every step but that to {@link ClaimState#SETTLED}, or does not tell that it
	 * has taken it.
	 */
	static final class OutOfReachStore extends DelegatingPaymentStore {

		private final AtomicBoolean outOfReach;

		/** Is run once a settlement is recorded and before anybody learns that. */
		private volatile Runnable inDoubt;

		OutOfReachStore(AtomicBoolean outOfReach) {
			super(new InMemoryPaymentStore(100, Clock.systemUTC()));
			this.outOfReach = outOfReach;
		}

		@Override
		public Claim advance(Claim claim, ClaimChange change) {
			if (this.outOfReach.get() && change.next() == ClaimState.SETTLED) {
				throw new PaymentStoreException("Out of reach");
			}
			Claim advanced = super.advance(claim, change);
			Runnable meanwhile = this.inDoubt;
			if (meanwhile != null && change.next() == ClaimState.SETTLED) {
				this.inDoubt = null;
				meanwhile.run();
				throw new PaymentStoreException("Response lost");
			}
			return advanced;
		}

	}

	@RestController
	static class WorkController {

		private final AtomicInteger runs;

		WorkController(AtomicInteger runs) {
			this.runs = runs;
		}

		@GetMapping("/work")
		@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
		String work() {
			return "done " + this.runs.incrementAndGet();
		}

	}

}
