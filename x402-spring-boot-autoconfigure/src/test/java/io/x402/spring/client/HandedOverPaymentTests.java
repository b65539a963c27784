/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.client.ClientKind.Client;
import io.x402.spring.client.Seller.Answer;
import io.x402.spring.store.SpendingLimit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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

	@Test
	void whenAFilterLosesTheResponseToThePaymentThenTheSamePaymentIsRepeated() {
		try (Seller seller = Seller.honest(50_000)) {
			WebClient client = ClientKind.webClient(this.buyer.payer())
				.mutate()
				.filter((request, next) -> next.exchange(request)
					.flatMap((response) -> (response.statusCode().value() == 200 && seller.payments().size() == 1)
							? response.releaseBody().then(Mono.empty()) : Mono.just(response)))
				.build();
			assertThatException().isThrownBy(() -> content(client, seller.uri("/")).block());
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided");
			assertThat(content(client, seller.uri("/")).block()).startsWith(Answer.GOODS);
			assertThat(seller.payments()).hasSize(2).containsOnly(seller.payments().get(0));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenAnInterceptorBehindThePayerFailsThenTheSamePaymentIsRepeated(boolean after) {
		try (Seller seller = Seller.honest(50_000)) {
			AtomicInteger paid = new AtomicInteger();
			RestClient client = ClientKind.restClient(this.buyer.payer())
				.mutate()
				.requestInterceptor((request, body, next) -> {
					boolean fails = request.getHeaders().containsHeader("PAYMENT-SIGNATURE")
							&& paid.incrementAndGet() == 1;
					if (fails && after) {
						next.execute(request, body).close();
					}
					if (fails) {
						throw new IllegalStateException("interceptor");
					}
					return next.execute(request, body);
				})
				.build();
			assertThatException().isThrownBy(() -> ClientKind.client(client).get(seller.uri("/")));
			assertThat(ClientKind.client(client).get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
			assertThat(Set.copyOf(seller.payments())).hasSize(1);
		}
	}

	@Test
	void whenApprovalOrKeyFailsThenTheBudgetIsGivenBack() {
		this.buyer.approveAbove = BigDecimal.ZERO;
		AtomicInteger asked = new AtomicInteger();
		this.buyer.approval = (purchase) -> {
			if (asked.incrementAndGet() == 1) {
				throw new AssertionError("approval");
			}
			return true;
		};
		try (Seller seller = Seller.honest(50_000)) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			assertThatThrownBy(() -> client.get(seller.uri("/"))).isInstanceOf(AssertionError.class);
			assertThat(seller.payments()).isEmpty();
			assertThat(client.get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
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

	private static void awaitPayments(Seller seller, int payments) {
		await().atMost(Duration.ofMinutes(1)).until(() -> seller.payments().size() >= payments);
	}

}
