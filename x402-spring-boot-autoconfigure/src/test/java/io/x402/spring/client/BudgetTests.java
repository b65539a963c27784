/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.client.ClientKind.Client;
import io.x402.spring.client.Seller.Answer;
import io.x402.spring.store.InMemorySpendingStore;
import io.x402.spring.store.Spending;
import io.x402.spring.store.SpendingLimit;
import io.x402.spring.store.SpendingStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Budgets over HTTP.
 */
class BudgetTests {

	private static final int THREADS = 100;

	private final Buyers buyer = new Buyers();

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenManyThreadsShareABudgetForTenThenTenPaymentsAreSigned(ClientKind kind) throws Exception {
		this.buyer.limits = List.of(new SpendingLimit(false, Duration.ofDays(1), new BigDecimal("0.50")));
		AtomicInteger refused = new AtomicInteger();
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try (Seller seller = Seller.honest(50_000)) {
			Client client = kind.client(this.buyer.payer());
			CountDownLatch start = new CountDownLatch(1);
			List<Future<?>> calls = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				calls.add(threads.submit(() -> {
					start.await();
					try {
						client.get(seller.uri("/"));
					}
					catch (PaymentRefusedException ex) {
						assertThat(ex.reason()).isEqualTo(RefusalReason.BUDGET_EXCEEDED);
						refused.incrementAndGet();
					}
					return null;
				}));
			}
			start.countDown();
			for (Future<?> call : calls) {
				call.get(2, TimeUnit.MINUTES);
			}
			assertThat(this.buyer.signer.signatures()).isEqualTo(10);
			assertThat(seller.payments()).hasSize(10).doesNotHaveDuplicates();
			assertThat(refused).hasValue(THREADS - 10);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenOneHostHasSpentItsBudgetThenAnotherStillHasItsOwn() {
		this.buyer.limits = List.of(new SpendingLimit(true, Duration.ofDays(1), new BigDecimal("0.05")));
		try (Seller one = Seller.honest(50_000); Seller other = Seller.honest(50_000)) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			client.get(one.uri("/"));
			assertThatExceptionOfType(PaymentRefusedException.class).isThrownBy(() -> client.get(one.uri("/")))
				.satisfies((ex) -> assertThat(ex.limit()).isEqualTo("0.05 per day and host"));
			assertThat(client.get(other.uri("/")).getBody()).startsWith(Answer.GOODS);
		}
	}

	@Test
	void whenBudgetsCannotBeAskedThenNothingIsSigned() {
		this.buyer.spendings = new SpendingStore() {

			@Override
			public SpendingLimit reserve(Spending spending, List<SpendingLimit> limits) {
				throw new IllegalStateException("down");
			}

			@Override
			public void release(Spending spending) {
				throw new IllegalStateException("down");
			}

			@Override
			public String pin(String account, String host, String network, String recipient) {
				throw new AssertionError("Not asked for");
			}

		};
		try (Seller seller = Seller.honest(1)) {
			assertRefused(seller, RefusalReason.BUDGET_NOT_AVAILABLE);
		}
	}

	@Test
	void whenRecipientsCannotBeAskedThenNothingIsSignedAndNothingCounts() {
		SpendingStore memory = new InMemorySpendingStore();
		this.buyer.limits = List.of(new SpendingLimit(false, null, new BigDecimal("0.000001")));
		this.buyer.spendings = new SpendingStore() {

			@Override
			public SpendingLimit reserve(Spending spending, List<SpendingLimit> limits) {
				return memory.reserve(spending, limits);
			}

			@Override
			public void release(Spending spending) {
				memory.release(spending);
			}

			@Override
			public String pin(String account, String host, String network, String recipient) {
				throw new IllegalStateException("down");
			}

		};
		try (Seller seller = Seller.honest(1)) {
			assertRefused(seller, RefusalReason.BUDGET_NOT_AVAILABLE);
			this.buyer.spendings = memory;
			assertThat(ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")).getBody())
				.startsWith(Answer.GOODS);
		}
	}

	@Test
	void whenAnotherInstanceWithTheSameStorePaidAnotherRecipientThenNobodyElseIsPaid() {
		AtomicReference<String> recipient = new AtomicReference<>(Offers.OTHER);
		try (Seller seller = new Seller((request) -> (request.payment() != null) ? Answer.delivered(request)
				: Answer.unpaid(Offers.header(Offers.with(Offers.usdc(1), "payTo", recipient.get()))))) {
			ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/"));
			recipient.set(Offers.PAY_TO);
			assertThatExceptionOfType(PaymentRefusedException.class)
				.isThrownBy(() -> ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")))
				.satisfies((ex) -> {
					assertThat(ex.reason()).isEqualTo(RefusalReason.RECIPIENT_CHANGED);
					assertThat(ex.limit()).contains(Offers.OTHER.toLowerCase(Locale.ROOT));
				});
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
		}
	}

	@Test
	void whenPaymentNeedsApprovalThenOnlyApprovedOnesAreSigned() {
		this.buyer.approveAbove = new BigDecimal("0.02");
		List<Purchase> asked = new ArrayList<>();
		this.buyer.limits = List.of(new SpendingLimit(false, null, new BigDecimal("0.05")));
		this.buyer.approval = (purchase) -> {
			asked.add(purchase);
			return asked.size() > 1;
		};
		try (Seller seller = Seller.honest(50_000)) {
			assertRefused(seller, RefusalReason.NOT_APPROVED);
			assertThat(ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")).getBody())
				.as("what was not approved does not count")
				.startsWith(Answer.GOODS);
			assertThat(asked).hasSize(2)
				.allMatch((purchase) -> purchase.terms().price().compareTo(new BigDecimal("0.05")) == 0);
		}
	}

	@Test
	void whenSellerIsNotAllowedThenNothingIsSigned() {
		this.buyer.sellers = new SpendingPolicy.Sellers(List.of("shop.example"), false, true, Map.of());
		try (Seller seller = Seller.honest(1)) {
			assertRefused(seller, RefusalReason.HOST_NOT_ALLOWED);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1:%d", "127.0.0.1", "LocalHost:%d", "LOCALHOST" })
	void whenRecipientIsKnownBeforehandThenNobodyElseIsPaid(String known) {
		try (Seller seller = Seller.honest(1)) {
			URI uri = seller.uri("/");
			String host = known.formatted(uri.getPort());
			this.buyer.sellers = new SpendingPolicy.Sellers(List.of(host), false, false, Map.of(host, Offers.OTHER));
			URI asked = known.startsWith("L") ? URI.create("http://localhost:" + uri.getPort()) : uri;
			assertThatExceptionOfType(PaymentRefusedException.class)
				.isThrownBy(() -> ClientKind.REST_CLIENT.client(this.buyer.payer()).get(asked))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.RECIPIENT_CHANGED));
			assertThat(seller.payments()).isEmpty();
			assertThat(this.buyer.signer.signatures()).isZero();
		}
	}

	private void assertRefused(Seller seller, RefusalReason reason) {
		assertThatExceptionOfType(PaymentRefusedException.class)
			.isThrownBy(() -> ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(reason);
				assertThat(ex.terms().payTo()).isEqualTo(Offers.PAY_TO);
			});
		assertThat(this.buyer.signer.signatures()).isZero();
		assertThat(this.buyer.told()).containsExactly("Refused");
	}

}
