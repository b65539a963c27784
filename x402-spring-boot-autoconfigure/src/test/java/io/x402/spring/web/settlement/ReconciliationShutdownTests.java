/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.x402.spring.store.ClaimState;
import io.x402.spring.store.PaymentStore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that stops finishes what it has begun to find out.
 */
class ReconciliationShutdownTests {

	@Test
	void whenStoppedDuringALookThenItsOutcomeIsRecordedBeforeTheStoreStops() throws Exception {
		Payment payment;
		PaymentStore store;
		try (Shop shop = Shop.open(Container.TOMCAT, HandlerStylesConfiguration.class,
				"x402.reconciliation.interval=50ms")) {
			store = shop.bean(PaymentStore.class);
			payment = pend(shop);
			CountDownLatch looked = new CountDownLatch(1);
			shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> {
				looked.countDown();
				pause();
			});
			assertThat(looked.await(30, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(store.find(payment.key()).state()).isEqualTo(ClaimState.SETTLED);
	}

	private static Payment pend(Shop shop) throws IOException {
		Payment payment = shop.payment("/string");
		shop.script(payment, SettleBehaviour.SERVER_ERROR);
		assertThat(shop.pay("/string", payment).status()).isEqualTo(503);
		return payment;
	}

	/** Longer than everything else takes to stop. */
	private static void pause() {
		try {
			Thread.sleep(1500);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
