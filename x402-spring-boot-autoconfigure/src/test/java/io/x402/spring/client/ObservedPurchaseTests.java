/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.x402.spring.client.ClientKind.Client;
import io.x402.spring.client.Seller.Answer;
import io.x402.spring.client.Seller.Request;
import io.x402.spring.money.Networks;
import io.x402.spring.observation.DefaultPurchaseObservationConvention;
import io.x402.spring.observation.Observations;
import io.x402.spring.observation.PurchaseObservationContext;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What observations and meters tell about purchases, over HTTP.
 */
class ObservedPurchaseTests {

	private final Buyers buyer = new Buyers();

	private final TestObservationRegistry observations = TestObservationRegistry.create();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	@BeforeEach
	void listen() {
		Networks networks = Networks.load();
		this.buyer.listeners.add(Observations.purchases(this.observations, networks, null));
		this.buyer.listeners.add(Observations.purchaseMeters(this.meters, networks));
	}

	@ParameterizedTest
	@EnumSource
	void whenDeliveredThenTheCallIsObservedToItsEnd(ClientKind kind) {
		try (Seller seller = Seller.honest(50_000)) {
			kind.client(this.buyer.payer()).get(seller.uri("/weather?key=4711"));
			assertThatObservations().hasSingleObservationThat()
				.hasNameEqualTo("x402.purchase")
				.hasContextualNameEqualTo("x402 purchase")
				.hasBeenStarted()
				.hasBeenStopped()
				.doesNotHaveError()
				.hasLowCardinalityKeyValue("outcome", "delivered")
				.hasLowCardinalityKeyValue("reason", "none")
				.hasLowCardinalityKeyValue("network", "eip155:84532")
				.hasLowCardinalityKeyValue("asset", "USDC")
				.hasLowCardinalityKeyValue("scheme", "exact")
				.hasLowCardinalityKeyValue("version", "2")
				.hasHighCardinalityKeyValue("amount", "0.050000")
				.hasHighCardinalityKeyValue("attempts", "1")
				.hasHighCardinalityKeyValue("host", seller.uri("/").getAuthority())
				.hasHighCardinalityKeyValue("transaction", "0x" + "5a".repeat(32));
			assertThat(count("signed")).isEqualTo(1);
			assertThat(count("delivered")).isEqualTo(1);
			assertThat(amount("signed")).isEqualTo(0.05);
			assertThat(amount("delivered")).isEqualTo(0.05);
		}
	}

	@Test
	void whenTheClientIsObservedThenThePurchaseIsAPartOfItsCall() {
		try (Seller seller = Seller.honest(50_000)) {
			ClientKind.restClient(this.buyer.payer())
				.mutate()
				.observationRegistry(this.observations)
				.build()
				.get()
				.uri(seller.uri("/"))
				.retrieve()
				.toBodilessEntity();
			assertThatObservations().hasObservationWithNameEqualTo("x402.purchase")
				.that()
				.hasParentObservationContextMatching((parent) -> "http.client.requests".equals(parent.getName()));
		}
	}

	@Test
	void whenRefusedThenReasonIsTold() {
		try (Seller seller = Seller.honest(200_000)) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			assertThatExceptionOfType(PaymentRefusedException.class).isThrownBy(() -> client.get(seller.uri("/")));
			assertThatObservations().hasSingleObservationThat()
				.hasBeenStopped()
				.hasLowCardinalityKeyValue("outcome", "refused")
				.hasLowCardinalityKeyValue("reason", "amount_above_limit")
				.hasHighCardinalityKeyValue("attempts", "0")
				.hasError();
			assertThat(this.meters.get("x402.purchases")
				.tags("outcome", "refused", "reason", "amount_above_limit", "asset", "USDC")
				.counter()
				.count()).isEqualTo(1);
			assertThat(this.meters.find("x402.purchase.amount").meters()).isEmpty();
		}
	}

	@Test
	void whenChallengeIsUnreadableThenNothingOfItIsATag() {
		try (Seller seller = new Seller((request) -> Answer.unpaid("4711"))) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			assertThatExceptionOfType(PaymentRefusedException.class).isThrownBy(() -> client.get(seller.uri("/")));
			assertThatObservations().hasSingleObservationThat()
				.hasLowCardinalityKeyValue("reason", "unreadable_challenge")
				.hasLowCardinalityKeyValue("network", "none")
				.hasLowCardinalityKeyValue("version", "none")
				.hasHighCardinalityKeyValue("amount", "none");
		}
	}

	@Test
	void whenSellersMakeUpNetworksTokensAndSchemesThenTagValuesStayInTheirSets() {
		AtomicInteger number = new AtomicInteger();
		try (Seller seller = new Seller((request) -> Answer.unpaid(Offers.header(madeUp(number.incrementAndGet()))))) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			for (int i = 0; i < 30; i++) {
				assertThatExceptionOfType(PaymentRefusedException.class).isThrownBy(() -> client.get(seller.uri("/")));
			}
		}
		assertThat(this.meters.getMeters()).hasSizeLessThanOrEqualTo(3);
		this.meters.getMeters()
			.forEach((meter) -> assertThat(meter.getId().getTags()).extracting("value").doesNotContain("made-up-1"));
	}

	@Test
	void whenPaymentIsKeptAndSentWithTheNextCallThenBothCallsAreObservedAndMoneyIsCountedOnce() {
		AtomicInteger attempts = new AtomicInteger();
		try (Seller seller = seller((request) -> (attempts.incrementAndGet() == 1) ? Answer.of(500, Map.of(), "")
				: Answer.delivered(request))) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			client.get(seller.uri("/"));
			client.get(seller.uri("/"));
			assertThatObservations().hasNumberOfObservationsWithNameEqualTo("x402.purchase", 2)
				.hasAnObservationWithAKeyValue("outcome", "declined")
				.hasAnObservationWithAKeyValue("outcome", "delivered");
			assertThat(List.of(count("signed"), count("declined"), count("resumed"), count("delivered")))
				.containsOnly(1.0);
			assertThat(amount("signed")).isEqualTo(0.05);
		}
	}

	@Test
	void whenNobodyKnowsTheOutcomeThenItIsUndecided() {
		try (Seller seller = seller((request) -> Answer.of(503, Map.of(), ""))) {
			ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/"));
			assertThatObservations().hasSingleObservationThat()
				.hasBeenStopped()
				.hasLowCardinalityKeyValue("outcome", "undecided")
				.hasHighCardinalityKeyValue("attempts", "3");
		}
	}

	@Test
	void whenPaymentCertainlyNeverLeftThenItsAmountIsTold() throws Exception {
		CompletableFuture<Disposable> call = new CompletableFuture<>();
		CountDownLatch notSent = new CountDownLatch(1);
		this.buyer.approveAbove = BigDecimal.ZERO;
		this.buyer.approval = (purchase) -> {
			call.join().dispose();
			return true;
		};
		this.buyer.listeners.add((event) -> {
			if (event instanceof PurchaseEvent.NotSent) {
				notSent.countDown();
			}
		});
		try (Seller seller = Seller.honest(50_000)) {
			call.complete(ClientKind.webClient(this.buyer.payer())
				.get()
				.uri(seller.uri("/"))
				.retrieve()
				.toBodilessEntity()
				.subscribe());
			assertThat(notSent.await(1, TimeUnit.MINUTES)).isTrue();
			assertThatObservations().hasSingleObservationThat()
				.hasBeenStopped()
				.hasLowCardinalityKeyValue("outcome", "not_sent");
			assertThat(amount("not_sent")).isEqualTo(amount("signed")).isEqualTo(0.05);
		}
	}

	@Test
	void whenSellerRepeatsTheNonceAsItsTransactionThenItIsToldNowhere() {
		try (Seller seller = seller((request) -> Answer.of(200,
				Map.of("PAYMENT-RESPONSE",
						Offers.CODEC.encode(SettlementResponse.success(nonce(request), "eip155:84532", "0x1"))),
				Answer.GOODS))) {
			ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/"));
			String nonce = nonce(seller.requests().get(1));
			assertThatObservations().hasSingleObservationThat().hasHighCardinalityKeyValue("transaction", "none");
			assertThat(this.buyer.events.toString()).doesNotContain(nonce.substring(2));
		}
	}

	@Test
	void whenThereIsAConventionThenItIsUsed() {
		this.buyer.listeners
			.add(Observations.purchases(this.observations, Networks.load(), new DefaultPurchaseObservationConvention() {

				@Override
				public String getContextualName(PurchaseObservationContext context) {
					return "mine from " + context.getHost();
				}

			}));
		try (Seller seller = Seller.honest(50_000)) {
			ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/"));
			assertThatObservations().hasAnObservation((observation) -> observation
				.hasContextualNameEqualTo("mine from " + seller.uri("/").getAuthority()));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenHandlerThrowsThenThePaymentIsNotTouched(ClientKind kind) {
		this.observations.observationConfig().observationHandler(new ThrowingHandler());
		try (Seller seller = Seller.honest(50_000)) {
			assertThat(kind.client(this.buyer.payer()).get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	private TestObservationRegistryAssert assertThatObservations() {
		return TestObservationRegistryAssert.assertThat(this.observations);
	}

	private double count(String outcome) {
		return this.meters.get("x402.purchases")
			.tags("outcome", outcome, "network", "eip155:84532", "asset", "USDC", "scheme", "exact", "reason", "none")
			.counter()
			.count();
	}

	private double amount(String outcome) {
		return this.meters.get("x402.purchase.amount")
			.tags("outcome", outcome, "asset", "USDC")
			.summary()
			.totalAmount();
	}

	private static Map<String, Object> madeUp(int number) {
		String member = List.of("network", "asset", "scheme").get(number % 3);
		return Offers.with(Offers.usdc(1), member, "made-up-" + number);
	}

	private static Seller seller(Function<Request, Answer> paid) {
		return new Seller((request) -> (request.payment() != null) ? paid.apply(request)
				: Answer.unpaid(Offers.header(Offers.usdc(50_000))));
	}

	private static String nonce(Request request) {
		PaymentPayload payment = Offers.CODEC.decodePayment(ProtocolVersion.V2, request.payment());
		return EvmPayload.from(payment.payload()).nonce();
	}

	private static final class ThrowingHandler implements ObservationHandler<Observation.Context> {

		@Override
		public void onStart(Observation.Context context) {
			throw new IllegalStateException("start");
		}

		@Override
		public void onStop(Observation.Context context) {
			throw new IllegalStateException("stop");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
