/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.x402.spring.client.ClientKind.Client;
import io.x402.spring.client.Seller.Answer;
import io.x402.spring.store.SpendingLimit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A payment that was handed to an HTTP exchange may have arrived, however the exchange
 * ends. The budget is for one payment.
 */
class HandedOverPaymentTests {

	private final Buyers buyer = new Buyers();

	@BeforeEach
	void budgetForOne() {
		this.buyer.limits = List.of(new SpendingLimit(false, null, new BigDecimal("0.05")));
	}

	@Test
	void whenCallerTimesOutWhileThePaidRequestIsOnTheWireThenTheSamePaymentIsRepeated() {
		CountDownLatch over = new CountDownLatch(1);
		try (Seller seller = holding(over)) {
			WebClient client = ClientKind.webClient(this.buyer.payer());
			for (int i = 0; i < 3; i++) {
				int sent = i + 1;
				assertThatException()
					.isThrownBy(() -> content(client, seller.uri("/")).timeout(until(seller, sent)).block());
			}
			assertThat(seller.payments()).hasSize(3).containsOnly(seller.payments().get(0));
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Undecided", "Resumed",
					"Undecided");
			over.countDown();
			assertThat(content(client, seller.uri("/")).block()).startsWith(Answer.GOODS);
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
		}
	}

	@Test
	void whenCallIsCancelledWhileThePaidRequestIsOnTheWireThenTheSamePaymentIsRepeated() throws InterruptedException {
		CountDownLatch over = new CountDownLatch(1);
		try (Seller seller = holding(over)) {
			WebClient client = ClientKind.webClient(this.buyer.payer());
			for (int i = 0; i < 3; i++) {
				Disposable call = content(client, seller.uri("/")).subscribe();
				awaitPayments(seller, i + 1);
				call.dispose();
			}
			assertThat(seller.payments()).hasSize(3).containsOnly(seller.payments().get(0));
			assertThat(this.buyer.told()).doesNotContain("NotSent");
			over.countDown();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "REST_TEMPLATE", "WEB_CLIENT" })
	void whenSellerReadsThePaymentAndStopsListeningThenTheSamePaymentIsRepeated(ClientKind kind) {
		try (VanishingSeller seller = new VanishingSeller(false)) {
			Client client = kind.client(this.buyer.payer());
			for (int i = 0; i < 3; i++) {
				seller.open();
				assertThatException().isThrownBy(() -> client.get(seller.uri()))
					.satisfies((ex) -> assertThat(ex).isNotInstanceOf(PaymentRefusedException.class));
			}
			assertThat(seller.payments()).hasSize(1);
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
			assertThat(this.buyer.told()).doesNotContain("NotSent");
		}
	}

	private static Mono<String> content(WebClient client, URI uri) {
		return client.get().uri(uri).retrieve().bodyToMono(String.class);
	}

	/**
	 * Open a shop that takes payments and answers none of them before it is told to.
	 */
	private static Seller holding(CountDownLatch over) {
		return new Seller((request) -> {
			if (request.payment() == null) {
				return Answer.unpaid(Offers.header(Offers.usdc(50_000)));
			}
			try {
				over.await(1, TimeUnit.MINUTES);
			}
			catch (InterruptedException ex) {
				return Answer.NONE;
			}
			return Answer.delivered(request);
		});
	}

	private static Mono<Long> until(Seller seller, int payments) {
		return Mono.delay(Duration.ofMillis(10)).repeat(() -> seller.payments().size() < payments).last();
	}

	private static void awaitPayments(Seller seller, int payments) throws InterruptedException {
		for (long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1); seller.payments().size() < payments;) {
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.sleep(5);
		}
	}

}
