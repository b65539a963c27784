/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.x402.spring.web.crash.Wallet.Payment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One payment is sent many times at once to three processes.
 */
@Tag("long")
class ThreeSellersTests {

	private static final int SELLERS = 3;

	private static final int THREADS = 32;

	private final Wallet wallet = new Wallet();

	@ParameterizedTest
	@EnumSource
	void whenOnePaymentIsSentToAllAtOnceThenOneHandlerRunsAndOneSettlementIsAskedFor(Engine engine) throws Exception {
		List<SellerProcess> sellers = new ArrayList<>();
		try (Till till = new Till()) {
			for (int i = 0; i < SELLERS; i++) {
				sellers.add(SellerProcess.start(engine.arguments(till)));
			}
			List<Integer> ports = new ArrayList<>();
			for (SellerProcess seller : sellers) {
				ports.add(seller.port());
			}
			String id = "all-at-once-" + engine;
			Payment payment = this.wallet.sign(ports.get(0), id);
			List<HttpResponse<String>> answers = payAtOnce(ports, payment);
			assertThat(answers).hasSize(SELLERS * THREADS).allSatisfy((answer) -> {
				assertThat(answer.statusCode()).isIn(200, 409);
				assertThat(answer.body().equals("goods " + id + ", run 1")).isEqualTo(answer.statusCode() == 200);
			});
			assertThat(answers).anyMatch((answer) -> answer.statusCode() == 200);
			assertThat(till.runs(id)).isOne();
			assertThat(till.verified(payment.nonce())).isOne();
			assertThat(till.settled(payment.nonce())).isOne();
		}
		finally {
			sellers.forEach(SellerProcess::close);
		}
	}

	private List<HttpResponse<String>> payAtOnce(List<Integer> ports, Payment payment) throws Exception {
		CountDownLatch start = new CountDownLatch(1);
		ExecutorService executor = Executors.newFixedThreadPool(SELLERS * THREADS);
		try {
			List<Future<HttpResponse<String>>> futures = new ArrayList<>();
			for (int i = 0; i < SELLERS * THREADS; i++) {
				int port = ports.get(i % SELLERS);
				futures.add(executor.submit(() -> {
					start.await();
					return this.wallet.pay(port, payment);
				}));
			}
			start.countDown();
			List<HttpResponse<String>> answers = new ArrayList<>();
			for (Future<HttpResponse<String>> future : futures) {
				answers.add(future.get(180, TimeUnit.SECONDS));
			}
			return answers;
		}
		finally {
			executor.shutdownNow();
		}
	}

}
