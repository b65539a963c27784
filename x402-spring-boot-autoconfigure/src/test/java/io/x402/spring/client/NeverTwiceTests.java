/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.IntFunction;

import io.x402.spring.client.ClientKind.Client;
import io.x402.spring.client.Seller.Answer;
import io.x402.spring.client.Seller.Request;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.SpendingLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.MultipartBodyBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A request is paid once, whatever happens to the payment.
 */
class NeverTwiceTests {

	/** No one can settle a payment any more that was signed for a minute. */
	private static final Duration EXPIRED = Duration.ofSeconds(60 + 31);

	private final Buyers buyer = new Buyers();

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "INTERFACE_ON_WEB_CLIENT")
	void whenSellerTakesThePaymentAndDropsTheConnectionThenTheSamePaymentGetsTheContent(ClientKind kind) {
		try (Seller seller = seller((attempt) -> (attempt == 1) ? Answer.NONE : null)) {
			ResponseEntity<String> answer = kind.client(this.buyer.payer()).post(seller.uri("/"), "order");
			assertThat(answer.getBody()).isEqualTo(Answer.GOODS + " order");
			assertPaidOnce(seller, 2);
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 409, 429, 502, 503, 504 })
	void whenOutcomeIsLeftOpenThenTheSamePaymentIsSentAgain(int status) {
		for (ClientKind kind : new ClientKind[] { ClientKind.REST_CLIENT, ClientKind.WEB_CLIENT }) {
			Buyers buyer = new Buyers();
			try (Seller seller = seller((attempt) -> (attempt <= 2) ? Answer.of(status, Map.of(), "") : null)) {
				assertThat(kind.client(buyer.payer()).get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
				assertThat(buyer.signer.signatures()).isEqualTo(1);
				assertThat(seller.payments()).hasSize(3).containsOnly(seller.payments().get(0));
			}
		}
	}

	@Test
	void whenSettlementIsPendingThenTheSamePaymentIsSentAgain() {
		Answer pending = Answer.of(402, Map.of("PAYMENT-RESPONSE", Offers.pending()), "{}");
		try (Seller seller = seller((attempt) -> (attempt == 1) ? pending : null)) {
			assertThat(get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
			assertPaidOnce(seller, 2);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "REST_TEMPLATE", "WEB_CLIENT" })
	void whenCallGivesUpThenTheNextCallSendsTheSamePayment(ClientKind kind) {
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : null)) {
			Client client = kind.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided");
			assertThat(client.post(seller.uri("/"), "order").getBody()).startsWith(Answer.GOODS);
			assertPaidOnce(seller, 4);
			assertThat(seller.requests()).as("the next call asks with the payment at once").hasSize(5);
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Delivered");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "REST_TEMPLATE", "WEB_CLIENT" })
	void whenConnectionBreaksWithinTheContentThenTheNextCallSendsTheSamePayment(ClientKind kind) {
		try (Seller seller = new Seller(new Paid((attempt) -> null) {

			@Override
			public Answer apply(Request request) {
				Answer answer = super.apply(request);
				return (this.attempts.get() == 1 && answer.status() == 200) ? answer.cut() : answer;
			}

		})) {
			Client client = kind.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.get(seller.uri("/")));
			assertThat(client.get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
			assertPaidOnce(seller, 2);
		}
	}

	@Test
	void whenAnotherRequestIsMadeThenTheKeptPaymentIsNotUsedForIt() {
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : null)) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "one"));
			client.post(seller.uri("/"), "two");
			client.post(seller.uri("/?page=2"), "one");
			assertThat(this.buyer.signer.signatures()).isEqualTo(3);
			client.post(seller.uri("/"), "one");
			assertThat(this.buyer.signer.signatures()).isEqualTo(3);
		}
	}

	@Test
	void whenSellerDeclinesThenItsAnswerIsGivenToTheCallerAndNothingElseIsSigned() {
		Answer declined = Answer.of(402, Map.of("PAYMENT-REQUIRED", Offers.header(Offers.usdc(1))), "{}");
		try (Seller seller = seller((attempt) -> declined)) {
			assertThat(get(seller.uri("/")).getStatusCode().value()).isEqualTo(402);
			assertThat(this.buyer.told()).containsExactly("Signed", "Declined");
			assertPaidOnce(seller, 1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 402, 404, 409, 410, 500 })
	void whenSellerSaysThatItWasPaidAndDoesNotDeliverThenThePaymentIsNotCalledDeclined(int status) {
		Answer paid = Answer.of(status,
				Map.of("PAYMENT-REQUIRED", Offers.header(Offers.usdc(1)), "PAYMENT-RESPONSE", Offers.receipt()), "{}");
		for (ClientKind kind : new ClientKind[] { ClientKind.REST_CLIENT, ClientKind.WEB_CLIENT }) {
			Buyers buyer = new Buyers();
			try (Seller seller = seller((attempt) -> (attempt <= 3) ? paid : null)) {
				Client client = kind.client(buyer.payer());
				assertThat(client.get(seller.uri("/")).getStatusCode().value()).isEqualTo(status);
				assertThat(buyer.told()).containsExactly("Signed", "Undecided");
				for (int call = 0; call < 3 && !buyer.told().contains("Delivered"); call++) {
					client.get(seller.uri("/"));
				}
				assertThat(buyer.told()).endsWith("Delivered");
				assertThat(seller.payments()).hasSize(4).containsOnly(seller.payments().get(0));
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 404, 412, 500 })
	void whenSellerFailsThenTheSamePaymentIsSentWithTheNextCall(int status) {
		try (Seller seller = seller((attempt) -> (attempt == 1) ? Answer.of(status, Map.of(), "") : null)) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			assertThat(client.get(seller.uri("/")).getStatusCode().value()).isEqualTo(status);
			assertThat(client.get(seller.uri("/")).getStatusCode().value()).isEqualTo(200);
			assertPaidOnce(seller, 2);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenKeptPaymentIsForgottenThenANewOneIsSigned(ClientKind kind) {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : null)) {
			Client client = kind.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
			clock.pass(EXPIRED.plusMinutes(15));
			client.post(seller.uri("/"), "order");
			assertThat(this.buyer.signer.signatures()).isEqualTo(2);
			assertThat(seller.payments()).hasSize(4);
			assertThat(seller.payments().get(3)).isNotEqualTo(seller.payments().get(0));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "REST_TEMPLATE", "WEB_CLIENT" })
	void whenPaymentHasExpiredThenItStillCollectsWhatItHasPaidFor(ClientKind kind) {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : null)) {
			Client client = kind.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
			clock.pass(EXPIRED.plusMinutes(14));
			assertThat(client.post(seller.uri("/"), "order").getBody()).isEqualTo(Answer.GOODS + " order");
			assertPaidOnce(seller, 4);
			assertThat(seller.requests()).as("no request without a payment in between").hasSize(5);
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Delivered");
		}
	}

	/** A seller that has never heard of redelivery judges the payment as a new one. */
	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "REST_TEMPLATE", "WEB_CLIENT" })
	void whenSellerRefusesAnExpiredPaymentThenOneNewOneIsPaidWithinTheCall(ClientKind kind) {
		for (Answer refusal : List.of(refusal("invalid_exact_evm_payload_authorization_valid_before"),
				refusal("payment_expired"), refusal("Payment verification failed"),
				Answer.of(402, Map.of("PAYMENT-RESPONSE", failure("payment_expired")), Offers.bodyV1(50_000)))) {
			MovingClock clock = MovingClock.standing();
			Buyers buyer = new Buyers();
			buyer.clock = clock;
			try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : (attempt == 4) ? refusal : null)) {
				Client client = kind.client(buyer.payer());
				assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
				clock.pass(EXPIRED);
				assertThat(client.post(seller.uri("/"), "order").getBody()).isEqualTo(Answer.GOODS + " order");
				assertThat(seller.payments()).hasSize(5);
				assertThat(seller.requests()).as("one more than a call without an earlier payment").hasSize(6);
				assertThat(seller.payments().get(3)).isEqualTo(seller.payments().get(0));
				assertThat(seller.payments().get(4)).isNotEqualTo(seller.payments().get(0));
				assertThat(buyer.signer.signatures()).isEqualTo(2);
				assertThat(buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Declined", "Signed",
						"Delivered");
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenSellerRefusesAKeptPaymentThatMayNotHaveEndedOnTheChainThenNoOtherOneIsSigned(ClientKind kind) {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : refusal("payment_expired"))) {
			Client client = kind.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
			clock.pass(Duration.ofSeconds(60 + 29));
			assertThat(client.post(seller.uri("/"), "order").getStatusCode().value()).isEqualTo(402);
			assertPaidOnce(seller, 4);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenSellerRefusesTheNewPaymentTooThenTheCallEnds(ClientKind kind) {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		try (Seller seller = seller((attempt) -> refusal("payment_expired"))) {
			Client client = kind.client(this.buyer.payer());
			for (int call = 1; call <= 3; call++) {
				assertThat(client.get(seller.uri("/")).getStatusCode().value()).isEqualTo(402);
				assertThat(this.buyer.signer.signatures()).isEqualTo(call);
				assertThat(seller.requests()).hasSize(2 * call);
				clock.pass(EXPIRED);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenSellerDoesNotProveThatAnExpiredPaymentWasNotTakenThenNoOtherOneIsSigned(ClientKind kind) {
		String offer = Offers.header(Offers.usdc(50_000));
		for (Answer unclear : List.of(
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "PAYMENT-RESPONSE", Offers.receipt()), "{}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "PAYMENT-RESPONSE", Offers.pending()), "{}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "PAYMENT-RESPONSE", failure("duplicate_settlement")),
						"{}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "PAYMENT-RESPONSE", sent()), "{}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer), "{\"code\":\"payment_in_progress\"}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "PAYMENT-RESPONSE", failure("unheard_of")), "{}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "PAYMENT-RESPONSE", failure("nonce reused")), "{}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "X-PAYMENT-RESPONSE", "?"), "{}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "Payment-Receipt", "?"), "{}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer), "{\"detail\":\"It was redeemed.\"}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer), "{\"error\":{\"text\":\"nonceReused\"}}"),
				Answer.of(402, Map.of("PAYMENT-RESPONSE", failure("insufficient_funds")), "{}"),
				Answer.of(402, Map.of("PAYMENT-RESPONSE", failure("payment_expired")), "{\"error\":\"replay\"}"),
				refusal("invalid_exact_evm_nonce_already_used"), refusal("permit2_invalid_nonce: 7"),
				refusal("FiatTokenV2: authorization is used or canceled"), refusal("Payment was already settled"),
				Answer.of(402, Map.of(), "{}"), Answer.of(402, Map.of("PAYMENT-REQUIRED", "no offer"), "{}"),
				Answer.of(402, Map.of(), "{\"error\":\"payment_expired\"}"), Answer.of(400, Map.of(), "{}"),
				Answer.of(404, Map.of("PAYMENT-REQUIRED", offer), "{}"), Answer.of(409, Map.of(), "{}"),
				Answer.of(500, Map.of("PAYMENT-REQUIRED", offer), "{}"), Answer.of(503, Map.of(), "{}"))) {
			MovingClock clock = MovingClock.standing();
			Buyers buyer = new Buyers();
			buyer.clock = clock;
			try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : unclear)) {
				Client client = kind.client(buyer.payer());
				assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
				clock.pass(EXPIRED);
				for (int call = 0; call < 2; call++) {
					assertThat(client.post(seller.uri("/"), "order").getStatusCode().value())
						.isEqualTo(unclear.status());
					assertThat(buyer.signer.signatures()).as("%s", unclear).isEqualTo(1);
				}
				clock.pass(Duration.ofMinutes(15));
				client.post(seller.uri("/"), "order");
				assertThat(buyer.signer.signatures()).as("not for ever").isEqualTo(2);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenSellerSaysWhyItHasNotTakenAnExpiredPaymentThenAnotherOneIsSigned(ClientKind kind) {
		String offer = Offers.header(Offers.usdc(50_000));
		for (Answer refusal : List.of(refusal("Payment has already expired"), refusal("Payment refused"),
				refusal("payment_expired"), Answer.unpaid(offer),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "PAYMENT-RESPONSE", failure("payment_expired")), "{}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "PAYMENT-RESPONSE", failure("It expired.")), "{}"),
				Answer.of(402, Map.of("PAYMENT-REQUIRED", offer, "PAYMENT-RESPONSE", failure("insufficient_funds")),
						"{}"))) {
			MovingClock clock = MovingClock.standing();
			Buyers buyer = new Buyers();
			buyer.clock = clock;
			try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : (attempt == 4) ? refusal : null)) {
				Client client = kind.client(buyer.payer());
				assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
				clock.pass(EXPIRED);
				assertThat(client.post(seller.uri("/"), "order").getBody()).as("%s", refusal).startsWith(Answer.GOODS);
				assertThat(buyer.signer.signatures()).isEqualTo(2);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenTheRefusalOfAnExpiredPaymentBreaksOffThenItIsAskedForAgain(ClientKind kind) {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : (attempt == 4)
				? refusal("payment_expired").cut() : (attempt == 5) ? refusal("payment_expired") : null)) {
			Client client = kind.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
			clock.pass(EXPIRED);
			assertThat(client.post(seller.uri("/"), "order").getBody()).startsWith(Answer.GOODS);
			assertThat(this.buyer.signer.signatures()).isEqualTo(2);
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Declined", "Signed",
					"Delivered");
		}
	}

	/**
	 * Sellers that only settle make no offers to a payment that failed.
	 */
	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenAReceiptRefusesAnExpiredPaymentWithoutAnOfferThenTheNextCallAsksForThePrice(ClientKind kind) {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		Answer failed = Answer.of(402,
				Map.of("PAYMENT-RESPONSE", failure("invalid_exact_evm_payload_authorization_valid_before")), "{}");
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : (attempt == 4) ? failed : null)) {
			Client client = kind.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
			clock.pass(Duration.ofSeconds(60 + 29));
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
			clock.pass(Duration.ofSeconds(2));
			assertThat(client.post(seller.uri("/"), "order").getStatusCode().value()).isEqualTo(402);
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
			assertThat(client.post(seller.uri("/"), "order").getBody()).startsWith(Answer.GOODS);
			assertThat(this.buyer.signer.signatures()).isEqualTo(2);
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Declined", "Signed",
					"Delivered");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenNoNewPaymentIsMadeThenTheExpiredOneIsKept(ClientKind kind) {
		Answer dear = Answer.unpaid(Offers.header(Offers.usdc(500_000)));
		for (Answer refusal : List.of(dear, Answer.unpaid(Offers.header(Map.of())), refusal("payment_expired"))) {
			MovingClock clock = MovingClock.standing();
			Buyers buyer = new Buyers();
			buyer.clock = clock;
			buyer.approveAbove = BigDecimal.ZERO;
			buyer.approval = (purchase) -> clock.ahead().isZero();
			try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : (attempt <= 5) ? refusal : null)) {
				Client client = kind.client(buyer.payer());
				assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
				clock.pass(EXPIRED);
				for (int call = 0; call < 2; call++) {
					assertThatExceptionOfType(PaymentRefusedException.class)
						.isThrownBy(() -> client.post(seller.uri("/"), "order"));
				}
				assertThat(client.post(seller.uri("/"), "order").getBody()).startsWith(Answer.GOODS);
				assertThat(seller.payments()).hasSize(6).containsOnly(seller.payments().get(0));
				assertThat(buyer.signer.signatures()).isEqualTo(1);
				assertThat(buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Declined", "Refused",
						"Resumed", "Declined", "Refused", "Resumed", "Delivered");
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenSeveralPaymentsOfARequestHaveExpiredThenEachMayCollect(ClientKind kind) {
		MovingClock clock = MovingClock.standing();
		try (Seller seller = seller(
				(attempt) -> (attempt <= 6) ? Answer.NONE : (attempt == 7) ? refusal("payment_expired") : null)) {
			Client client = payTwice(kind, seller, clock);
			clock.pass(EXPIRED);
			assertThat(client.post(seller.uri("/"), "order").getBody()).startsWith(Answer.GOODS);
			assertThat(seller.payments()).hasSize(8);
			assertThat(seller.payments().get(6)).isNotEqualTo(seller.payments().get(7));
			assertThat(this.buyer.signer.signatures()).isEqualTo(2);
			assertThat(this.buyer.told().subList(4, 8)).containsExactly("Resumed", "Declined", "Resumed", "Delivered");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenSellerRefusesAllPaymentsThatHaveExpiredThenOneNewOneTakesTheirPlace(ClientKind kind) {
		MovingClock clock = MovingClock.standing();
		try (Seller seller = seller(
				(attempt) -> (attempt <= 6) ? Answer.NONE : (attempt <= 8) ? refusal("payment_expired") : null)) {
			Client client = payTwice(kind, seller, clock);
			clock.pass(EXPIRED);
			assertThat(client.post(seller.uri("/"), "order").getBody()).startsWith(Answer.GOODS);
			assertThat(this.buyer.signer.signatures()).isEqualTo(3);
			assertThat(this.buyer.told().subList(4, 10)).containsExactly("Resumed", "Declined", "Resumed", "Declined",
					"Signed", "Delivered");
			int before = seller.requests().size();
			client.post(seller.uri("/"), "order");
			assertThat(seller.requests().get(before).payment()).as("none is kept").isNull();
		}
	}

	/** A call that is made while the same call waits for its approval. */
	private Client payTwice(ClientKind kind, Seller seller, MovingClock clock) {
		AtomicReference<Client> client = new AtomicReference<>();
		this.buyer.clock = clock;
		this.buyer.approveAbove = BigDecimal.ZERO;
		this.buyer.approval = (purchase) -> {
			Client other = client.getAndSet(null);
			if (other != null) {
				assertThatException().isThrownBy(() -> other.post(seller.uri("/"), "order"));
			}
			return true;
		};
		client.set(kind.client(this.buyer.payer()));
		Client buying = client.get();
		assertThatException().isThrownBy(() -> buying.post(seller.uri("/"), "order"));
		assertThat(this.buyer.signer.signatures()).isEqualTo(2);
		assertThat(seller.payments()).hasSize(6);
		return buying;
	}

	@Test
	void whenNothingIsToBeCollectedThenANewPaymentIsSignedAtTheEndOfTheOldOne() {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		PayerSettings settings = this.buyer.settings;
		this.buyer.settings = new PayerSettings(settings.versions(), settings.maxValidity(), Duration.ZERO,
				settings.maxAttempts(), settings.retryWait(), settings.maxRetryWait());
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : null)) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
			clock.pass(EXPIRED);
			client.post(seller.uri("/"), "order");
			assertThat(seller.payments()).hasSize(4);
			assertThat(seller.payments().get(3)).isNotEqualTo(seller.payments().get(0));
		}
	}

	private static Answer refusal(String error) {
		Map<String, Object> document = new LinkedHashMap<>(Offers.document(Offers.usdc(50_000)));
		document.put("error", error);
		return Answer.unpaid(Offers.CODEC.encode(document));
	}

	private static String failure(String reason) {
		return Offers.CODEC.encode(SettlementResponse.failure(reason, "eip155:84532", Offers.PAY_TO));
	}

	/** A transaction whose outcome the seller does not know. */
	private static String sent() {
		return Offers.CODEC.encode(new SettlementResponse(false, "invalid_transaction_state", null, Offers.PAY_TO,
				"0x" + "5a".repeat(32), "eip155:84532", null, null, null));
	}

	@Test
	void whenSellerStopsListeningBeforeThePaidRequestThenThePaymentIsKeptAndCounts() {
		Seller seller = new Seller((request) -> Answer.unpaid(Offers.header(Offers.usdc(100_000))));
		this.buyer.limits = List.of(new SpendingLimit(false, null, new BigDecimal("0.10")));
		this.buyer.approveAbove = BigDecimal.ZERO;
		this.buyer.approval = (purchase) -> {
			seller.close();
			return true;
		};
		assertThatException().isThrownBy(() -> get(seller.uri("/")));
		assertThat(this.buyer.told()).as("a connection had worked, so its client may have repeated the request")
			.containsExactly("Signed", "Undecided");
		try (Seller other = Seller.honest(1)) {
			assertThatExceptionOfType(PaymentRefusedException.class).isThrownBy(() -> get(other.uri("/")))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.BUDGET_EXCEEDED));
		}
	}

	@Test
	void whenCallIsCancelledBeforeThePaymentIsSignedThenItIsNotSentAndDoesNotCount() throws InterruptedException {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch cancelled = new CountDownLatch(1);
		CountDownLatch notSent = new CountDownLatch(1);
		this.buyer.approveAbove = BigDecimal.ZERO;
		this.buyer.approval = (purchase) -> {
			asked.countDown();
			return awaits(cancelled);
		};
		this.buyer.listeners.add((event) -> {
			if (event instanceof PurchaseEvent.NotSent) {
				notSent.countDown();
			}
		});
		try (Seller seller = Seller.honest(50_000)) {
			Disposable call = ClientKind.webClient(this.buyer.payer())
				.get()
				.uri(seller.uri("/"))
				.retrieve()
				.toBodilessEntity()
				.subscribe();
			assertThat(awaits(asked)).isTrue();
			call.dispose();
			cancelled.countDown();
			assertThat(awaits(notSent)).isTrue();
			assertThat(this.buyer.told()).containsExactly("Signed", "NotSent");
			assertThat(seller.payments()).isEmpty();
		}
	}

	@Test
	void whenTwoThreadsMakeTheSameRequestThenOneOfThemTakesTheKeptPayment() {
		Payer payer = this.buyer.payer();
		List<PurchaseRequest> requests = new ArrayList<>();
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : null)) {
			Client client = ClientKind.client(ClientKind.restClient(payer)
				.mutate()
				.requestInterceptors((all) -> all.add(0, (request, body, next) -> {
					requests.add(PurchaseRequest.of("POST", request.getURI(), request.getHeaders(), body));
					return next.execute(request, body);
				}))
				.build());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
			assertThat(payer.resume(requests.get(0), null)).isNotNull();
			assertThat(payer.resume(requests.get(0), null)).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Accept", "Accept-Language", "Range" })
	void whenAnotherRepresentationIsAskedForThenTheKeptPaymentIsNotUsedForIt(String header) {
		for (boolean reactive : new boolean[] { true, false }) {
			Buyers buyer = new Buyers();
			Payer payer = buyer.payer();
			try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : null)) {
				assertThatException().isThrownBy(() -> post(reactive, payer, seller, header, "one"));
				assertThat(post(reactive, payer, seller, header, "two")).startsWith(Answer.GOODS);
				assertThat(buyer.signer.signatures()).isEqualTo(2);
				assertThat(post(reactive, payer, seller, header, "one")).startsWith(Answer.GOODS);
				assertThat(buyer.signer.signatures()).isEqualTo(2);
			}
		}
	}

	private static String post(boolean reactive, Payer payer, Seller seller, String header, String value) {
		return reactive
				? ClientKind.webClient(payer)
					.post()
					.uri(seller.uri("/"))
					.header(header, value + "/plain")
					.retrieve()
					.bodyToMono(String.class)
					.block()
				: ClientKind.restClient(payer)
					.post()
					.uri(seller.uri("/"))
					.header(header, value + "/plain")
					.retrieve()
					.body(String.class);
	}

	/**
	 * A seller that tells requests apart by their bytes refuses the second, which is
	 * better than to be paid twice.
	 */
	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenMultipartCallIsRepeatedThenItsRandomBoundaryDoesNotMakeItAnotherPurchase(ClientKind kind) {
		Payer payer = this.buyer.payer();
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : null)) {
			assertThatException().isThrownBy(() -> multipart(kind, payer, seller));
			assertThat(multipart(kind, payer, seller)).startsWith(Answer.GOODS);
			assertPaidOnce(seller, 4);
			assertThat(seller.requests().get(1).body()).isNotEqualTo(seller.requests().get(4).body());
		}
	}

	private static String multipart(ClientKind kind, Payer payer, Seller seller) {
		MultipartBodyBuilder parts = new MultipartBodyBuilder();
		parts.part("file", "content");
		return (kind == ClientKind.WEB_CLIENT)
				? ClientKind.webClient(payer)
					.post()
					.uri(seller.uri("/"))
					.bodyValue(parts.build())
					.retrieve()
					.bodyToMono(String.class)
					.block()
				: ClientKind.restClient(payer)
					.post()
					.uri(seller.uri("/"))
					.contentType(MediaType.MULTIPART_FORM_DATA)
					.body(parts.build())
					.retrieve()
					.body(String.class);
	}

	@ParameterizedTest
	@ValueSource(ints = { 408, 425 })
	void whenSellerWantsTheRequestAgainThenTheSamePaymentIsSentAgain(int status) {
		try (Seller seller = seller((attempt) -> (attempt == 1) ? Answer.of(status, Map.of(), "") : null)) {
			assertThat(get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
			assertPaidOnce(seller, 2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "", "-1", "soon", "99999999999999999999", "Sat, 28 Nov 2026 10:00:00 GMT",
			"Sun, 06 Nov 1994 08:49:37 GMT", "Fri, 31 Dec 9999 23:59:59 GMT" })
	void whenSellerSaysWhenToComeBackThenTheWaitIsBounded(String retryAfter) {
		try (Seller seller = seller(
				(attempt) -> (attempt == 1) ? Answer.of(503, Map.of("Retry-After", retryAfter), "") : null)) {
			assertThat(get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
			assertPaidOnce(seller, 2);
		}
	}

	@Test
	void whenClockOfTheSystemIsSetForwardThenTheKeptPaymentIsStillAlive() {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		this.buyer.running = () -> 0;
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : null)) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
			clock.pass(Duration.ofDays(1));
			assertThat(client.post(seller.uri("/"), "order").getBody()).startsWith(Answer.GOODS);
			assertPaidOnce(seller, 4);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenListenersFailThenThePaymentIsKeptAndRepeatedAllTheSame(ClientKind kind) {
		this.buyer.listeners.add((event) -> {
			throw new AssertionError("listener");
		});
		try (Seller seller = seller((attempt) -> (attempt <= 3) ? Answer.NONE : null)) {
			Client client = kind.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.post(seller.uri("/"), "order"));
			assertThat(client.post(seller.uri("/"), "order").getBody()).startsWith(Answer.GOODS);
			assertPaidOnce(seller, 4);
		}
	}

	@Test
	void whenPaymentsThatAreAliveFillTheStoreThenNoneIsForgotten() {
		MovingClock clock = MovingClock.standing();
		PaymentClock time = new PaymentClock(clock, clock::nanos);
		KeptPayments kept = new KeptPayments(2, time);
		SignedPayment one = payment("one", time);
		assertThat(kept.reserve()).isTrue();
		kept.add(one);
		assertThat(kept.reserve()).isTrue();
		assertThat(kept.reserve()).isFalse();
		kept.unreserve();
		kept.free(one);
		assertThat(kept.reserve()).isTrue();
		assertThat(kept.reserve()).isFalse();
		assertThat(kept.take("one", List.of())).isSameAs(one);
		clock.pass(Duration.ofSeconds(90));
		assertThat(kept.reserve()).as("room of the expired, even if its call never ended").isTrue();
		kept.forget(one);
		assertThat(kept.take("one", List.of())).isNull();
		assertThat(kept.reserve()).as("given back once").isFalse();
	}

	@Test
	void whenPaymentsOfOneRequestAreKeptThenThoseThatAreAliveGoFirst() {
		MovingClock clock = MovingClock.standing();
		PaymentClock time = new PaymentClock(clock, clock::nanos);
		KeptPayments kept = new KeptPayments(4, time);
		List<SignedPayment> payments = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			kept.reserve();
			payments.add(payment("one", time));
			kept.add(payments.get(i));
			kept.free(payments.get(i));
			clock.pass(Duration.ofSeconds(45));
		}
		assertThat(kept.take("one", List.of())).isSameAs(payments.get(3));
		assertThat(kept.take("one", List.of())).as("the oldest of the expired").isSameAs(payments.get(0));
		assertThat(kept.reserve()).as("room of the expired").isTrue();
		assertThat(kept.take("one", List.of())).isNull();
		kept.free(payments.get(3));
		assertThat(kept.take("one", List.of())).isSameAs(payments.get(3));
	}

	private static SignedPayment payment(String request, PaymentClock time) {
		Instant end = time.now().plusSeconds(90);
		return new SignedPayment(request, "PAYMENT-SIGNATURE", "e30=", time.end(end),
				time.end(end.plus(Duration.ofMinutes(15))), null, null);
	}

	/** Not interrupted by a call that is cancelled. */
	private static boolean awaits(CountDownLatch latch) {
		long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
		while (System.nanoTime() < end) {
			try {
				return latch.await(1, TimeUnit.MINUTES);
			}
			catch (InterruptedException ex) {
				// Waits on
			}
		}
		return false;
	}

	private ResponseEntity<String> get(URI uri) {
		return ClientKind.REST_CLIENT.client(this.buyer.payer()).get(uri);
	}

	private void assertPaidOnce(Seller seller, int sent) {
		assertThat(this.buyer.signer.signatures()).as("signatures that were produced").isEqualTo(1);
		assertThat(seller.payments()).hasSize(sent).containsOnly(seller.payments().get(0));
	}

	/**
	 * Open a shop that takes every payment.
	 * @param failures answer to an attempt to pay, {@code null} to deliver
	 */
	private static Seller seller(IntFunction<Answer> failures) {
		return new Seller(new Paid(failures));
	}

	private static class Paid implements Function<Request, Answer> {

		final AtomicInteger attempts = new AtomicInteger();

		private final IntFunction<Answer> failures;

		Paid(IntFunction<Answer> failures) {
			this.failures = failures;
		}

		@Override
		public Answer apply(Request request) {
			if (request.payment() == null) {
				return Answer.unpaid(Offers.header(Offers.usdc(50_000)));
			}
			Answer failure = this.failures.apply(this.attempts.incrementAndGet());
			return (failure != null) ? failure : Answer.delivered(request);
		}

	}

}
