/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.x402.spring.access.Passes;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * What a balance pays for, and what it does not.
 */
abstract class AbstractCreditTests {

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private Passes passes;

	@Autowired
	private PaymentLedger ledger;

	@Autowired
	private CreditShop.Calls calls;

	private PassClient client;

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
	}

	@Test
	void whenNothingIsPaidThenThePriceAndTheTopUpAreOffered() {
		HttpResponse<String> refused = this.client.get("/credit");
		assertThat(refused.statusCode()).isEqualTo(402);
		List<PaymentRequirements> offers = Buyer.offers(refused.headers());
		assertThat(offers).extracting(PaymentRequirements::amount)
			.containsExactly(BigInteger.valueOf(2_000), BigInteger.valueOf(100_000));
		assertThat(offers).extracting(PaymentRequirements::isTopUp).containsExactly(false, true);
		assertThat(offers.get(0).isPaidLike(offers.get(1))).isTrue();
		assertThat(PassClient.header(refused, PassClient.BALANCE)).isEqualTo("none");
		assertThat(PassClient.header(refused, "X402-Pass-Policy")).isEqualTo("none");
	}

	@Test
	void whenTopUpIsPaidThenEachCallTakesItsPriceUntilTheBalanceIsTooLow() {
		HttpResponse<String> paid = this.client.pay("/credit", this.client.topUp("/credit"));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.body()).isEqualTo("paid 100000");
		assertThat(PassClient.header(paid, PassClient.BALANCE)).isEqualTo("98000");
		String token = PassClient.token(paid);
		int settled = this.facilitator.settled();
		int runs = this.calls.runs();
		for (int left = 96_000; left >= 0; left -= 2_000) {
			HttpResponse<String> used = this.client.use("/credit", token);
			assertThat(used.statusCode()).isEqualTo(200);
			assertThat(used.body()).isEqualTo("left " + left);
			assertThat(PassClient.header(used, PassClient.BALANCE)).isEqualTo(Integer.toString(left));
			assertThat(used.headers().allValues("Cache-Control")).containsExactly("private");
			assertThat(used.headers().firstValue(PassClient.TOKEN)).isEmpty();
		}
		HttpResponse<String> refused = this.client.use("/credit", token);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo("credit_insufficient");
		assertThat(PassClient.header(refused, PassClient.BALANCE)).isEqualTo("0");
		assertThat(Buyer.offers(refused.headers())).hasSize(2);
		assertThat(this.calls.runs()).isEqualTo(runs + 49);
		assertThat(this.facilitator.settled()).isEqualTo(settled);
	}

	@Test
	void whenBalanceIsUsedAndRevokedThenTheLedgerHasAStatement() {
		String token = PassClient.token(this.client.pay("/credit", this.client.topUp("/credit")));
		String id = token.substring(0, 32);
		assertThat(this.client.use("/credit", token).statusCode()).isEqualTo(200);
		assertThat(this.client.use("/dear?status=500", token).statusCode()).isEqualTo(500);
		assertThat(this.client.get("/credit", PassClient.TOKEN, id + "." + "x".repeat(43)).statusCode()).isEqualTo(402);
		// after the response has left
		await().until(() -> statement(id).size() == 3);
		assertThat(this.passes.revoke(id)).isTrue();
		assertThat(this.passes.revoke(id)).isTrue();
		assertThat(statement(id))
			.extracting(LedgerEntry::event, LedgerEntry::route, (entry) -> entry.amount().longValueExact())
			.containsExactly(tuple(LedgerEvent.USED, "GET /credit", 2_000L),
					tuple(LedgerEvent.USED, "GET /dear", 30_000L), tuple(LedgerEvent.GIVEN_BACK, "GET /dear", 30_000L),
					tuple(LedgerEvent.REVOKED, "*", 96_000L));
		assertThat(statement(id)).allMatch((entry) -> SignInWallet.OF_BUYER.address().equalsIgnoreCase(entry.payer()))
			.noneMatch((entry) -> entry.toString().contains(token.substring(33)));
	}

	private List<LedgerEntry> statement(String id) {
		return this.ledger.find(new LedgerQuery(null, null, null, null, null, id, null, 100));
	}

	@Test
	void whenThePriceIsPaidThenNoBalanceIsSold() {
		HttpResponse<String> paid = this.client.pay("/credit", this.client.payment("/credit"));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.body()).isEqualTo("paid 2000");
		assertThat(paid.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(PassClient.header(paid, PassClient.BALANCE)).isEqualTo("none");
	}

	@Test
	void whenTopUpIsPaidInTheFirstVersionThenABalanceIsSold() {
		PaymentRequirements offer = Buyer.offers(this.client.get("/credit").headers()).get(1);
		HttpResponse<String> paid = this.client.get("/credit", "X-PAYMENT", new Buyer().payV1(offer));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(balance(PassClient.token(paid))).isEqualTo(98_000);
	}

	@Test
	void whenTheMarkOfATopUpIsLeftOutOrAddedThenTheAmountDecides() {
		List<PaymentRequirements> offers = Buyer.offers(this.client.get("/credit").headers());
		PaymentRequirements price = offers.get(0);
		assertThat(this.client.pay("/credit", new Buyer().pay(price.asTopUp())).headers().firstValue(PassClient.TOKEN))
			.isEmpty();
		PaymentRequirements unmarked = price.withAmount(offers.get(1).amount());
		HttpResponse<String> paid = this.client.pay("/credit", new Buyer().pay(unmarked));
		assertThat((paid.statusCode() == 200) == paid.headers().firstValue(PassClient.TOKEN).isPresent()).isTrue();
	}

	@Test
	void whenHandlersTakeBalancesInOneTokenThenOneBalancePaysThemAll() {
		String token = balance();
		assertThat(this.client.use("/dear", token).statusCode()).isEqualTo(200);
		assertThat(balance(token)).isEqualTo(68_000);
		assertThat(this.client.use("/dynamic?price=$0.05", token).statusCode()).isEqualTo(200);
		assertThat(balance(token)).isEqualTo(18_000);
		HttpResponse<String> refused = this.client.use("/dear", token);
		assertThat(PassClient.code(refused)).isEqualTo("credit_insufficient");
		assertThat(PassClient.header(refused, PassClient.BALANCE)).isEqualTo("18000");
		assertThat(this.client.use("/credit", token).statusCode()).isEqualTo(200);
		assertThat(balance(token)).isEqualTo(16_000);
	}

	@ParameterizedTest
	@CsvSource({ "/elsewhere, pass_invalid", "/single, payment_required", "/ten, pass_invalid" })
	void whenHandlerTakesNoSuchBalanceThenPaymentIsRequired(String path, String code) {
		String token = balance();
		HttpResponse<String> refused = this.client.use(path, token);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo(code);
		assertThat(PassClient.header(refused, PassClient.BALANCE)).isEqualTo("none");
		assertThat(balance(token)).isEqualTo(98_000);
	}

	@Test
	void whenPassIsSentForABalanceThenPaymentIsRequired() {
		String token = this.client.buy("/ten");
		assertThat(PassClient.code(this.client.use("/credit", token))).isEqualTo("pass_invalid");
		assertThat(this.client.uses("/ten", token)).isEqualTo(9);
	}

	@Test
	void whenPriceIsNotBelowTheTopUpThenNoneIsOffered() {
		assertThat(Buyer.offers(this.client.get("/dynamic?price=$0.10").headers())).hasSize(1);
		assertThat(Buyer.offers(this.client.get("/dynamic?price=$0.099999").headers())).hasSize(2);
		String token = balance();
		assertThat(PassClient.code(this.client.use("/dynamic?price=$9000000000000", token)))
			.isEqualTo("credit_insufficient");
		assertThat(balance(token)).isEqualTo(98_000);
	}

	@Test
	void whenAPriceOfTheRequestEqualsTheTopUpThenThatAmountBuysOneCallAndNoTopUpIsOffered() {
		assertThat(Buyer.offers(this.client.get("/tiers?price=$0.09").headers()))
			.extracting(PaymentRequirements::isTopUp)
			.containsExactly(false, false, true);
		List<PaymentRequirements> offers = Buyer.offers(this.client.get("/tiers?price=$0.10").headers());
		assertThat(offers).extracting(PaymentRequirements::isTopUp).containsExactly(false, false);
		HttpResponse<String> paid = this.client.get("/tiers?price=$0.10", "X-PAYMENT",
				new Buyer().payV1(offers.get(1)));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.headers().firstValue(PassClient.TOKEN)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/dear?status=500", "/dear?status=404", "/thrown", "/async?fails=true" })
	void whenHandlerFailsThenThePriceIsGivenBack(String path) {
		String token = balance();
		for (int i = 0; i < 5; i++) {
			assertThat(this.client.use(path, token).statusCode()).isNotIn(200, 402);
			await().until(() -> balance(token) == 98_000);
		}
	}

	@Test
	void whenHandlerIsAsynchronousThenThePriceIsTakenOnce() {
		String token = balance();
		assertThat(this.client.use("/async", token).statusCode()).isEqualTo(200);
		assertThat(balance(token)).isEqualTo(68_000);
	}

	@Test
	void whenHandlerOfATopUpFailsThenNothingIsChargedAndNothingIsGranted() {
		int settled = this.facilitator.settled();
		HttpResponse<String> failed = this.client.pay("/dear?status=500", this.client.topUp("/dear?status=500"));
		assertThat(failed.statusCode()).isEqualTo(500);
		assertThat(failed.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(PassClient.header(failed, PassClient.BALANCE)).isEqualTo("none");
		assertThat(this.facilitator.settled()).isEqualTo(settled);
	}

	@Test
	void whenHandlerForwardsToOneThatCostsNoMoreThenThePriceIsTakenOnce() {
		String token = balance();
		assertThat(this.client.use("/to-cheap", token).statusCode()).isEqualTo(200);
		assertThat(balance(token)).isEqualTo(96_000);
	}

	@Test
	void whenHandlerForwardsToADearerOneThenItIsNotServedAndNothingIsTaken() {
		String token = balance();
		int runs = this.calls.runs();
		assertThat(this.client.use("/to-dear", token).statusCode()).isEqualTo(503);
		await().until(() -> balance(token) == 98_000);
		int settled = this.facilitator.settled();
		HttpResponse<String> toppedUp = this.client.pay("/to-dear", this.client.topUp("/to-dear"));
		assertThat(toppedUp.statusCode()).isEqualTo(503);
		assertThat(this.facilitator.settled()).isEqualTo(settled);
		assertThat(this.calls.runs()).isEqualTo(runs);
	}

	@Test
	void whenHandlerSetsTheHeaderThenItDoesNotReachTheBuyer() {
		assertThat(this.client.use("/dear", balance()).headers().allValues(PassClient.BALANCE))
			.containsExactly("68000");
		HttpResponse<String> paid = this.client.pay("/dear", this.client.payment("/dear"));
		assertThat(paid.headers().allValues(PassClient.BALANCE)).isEmpty();
	}

	@Test
	void whenTopUpIsRepeatedThenItIsTheSameBalanceWithWhatIsLeft() {
		String payment = this.client.topUp("/credit");
		String token = PassClient.token(this.client.pay("/credit", payment));
		int settled = this.facilitator.settled();
		this.client.use("/dear", token);
		for (int i = 0; i < 3; i++) {
			HttpResponse<String> repeated = this.client.pay("/credit", payment);
			assertThat(repeated.statusCode()).isEqualTo(200);
			assertThat(PassClient.token(repeated)).isEqualTo(token);
			assertThat(PassClient.header(repeated, PassClient.BALANCE)).isEqualTo("68000");
		}
		assertThat(this.facilitator.settled()).isEqualTo(settled);
	}

	@Test
	void whenTopUpComesWithATokenThenItBuysAnotherBalance() {
		String token = balance();
		HttpResponse<String> paid = this.client.get("/credit", "PAYMENT-SIGNATURE", this.client.topUp("/credit"),
				PassClient.TOKEN, token);
		assertThat(PassClient.token(paid)).isNotEqualTo(token);
		assertThat(balance(token)).isEqualTo(98_000);
		assertThat(balance(PassClient.token(paid))).isEqualTo(98_000);
	}

	@Test
	void whenBalanceIsRevokedThenItPaysNothing() {
		String token = balance();
		assertThat(this.passes.revoke(token.substring(0, 32))).isTrue();
		assertThat(PassClient.code(this.client.use("/credit", token))).isEqualTo("pass_revoked");
	}

	@Test
	void whenTokenIsForgedThenNothingIsTakenAndTheBalanceIsNotShown() {
		String token = balance();
		String forged = token.substring(0, 33) + balance().substring(33);
		HttpResponse<String> refused = this.client.use("/credit", forged);
		assertThat(PassClient.code(refused)).isEqualTo("pass_invalid");
		assertThat(PassClient.header(refused, PassClient.BALANCE)).isEqualTo("none");
		assertThat(balance(token)).isEqualTo(98_000);
	}

	@ParameterizedTest
	@CsvSource({ "2000, 200, 2000", "0, 200, 0", "30000, 200, 30000", "2000, 404, 0", "30001, 500, 0", "-1, 500, 0",
			"'2000,2000', 500, 0" })
	void whenHandlerUsesLessThanThePriceThenOnlyThatIsTaken(String used, int status, long taken) {
		HttpResponse<String> paid = this.client.pay("/metered?used=1", this.client.topUp("/metered?used=1"));
		assertThat(PassClient.header(paid, PassClient.BALANCE)).isEqualTo("70000");
		String token = PassClient.token(paid);
		String path = "/metered?used=" + used + ((status == 404) ? "&status=404" : "");
		HttpResponse<String> response = this.client.use(path, token);
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(PassClient.header(response, PassClient.BALANCE)).isEqualTo("40000");
		// after the response has left
		await().untilAsserted(() -> assertThat(balance(token)).isEqualTo(70_000 - taken));
		assertThat(statement(token.substring(0, 32)))
			.extracting(LedgerEntry::event, (entry) -> entry.amount().longValueExact())
			.startsWith(tuple(LedgerEvent.USED, 30_000L))
			.filteredOn((entry) -> entry.toList().get(0) == LedgerEvent.GIVEN_BACK)
			.isEqualTo((taken == 30_000) ? List.of() : List.of(tuple(LedgerEvent.GIVEN_BACK, 30_000 - taken)));
	}

	@Test
	void whenHandlerReadsThePriceThenItIsWhatIsReserved() {
		String token = PassClient.token(this.client.pay("/metered?used=1", this.client.topUp("/metered?used=1")));
		assertThat(this.client.use("/metered?used=1", token).body()).isEqualTo("at most 30000");
	}

	@Test
	void whenManyUsePartsOfABalanceAtOnceThenTheSumIsExact() throws Exception {
		String token = PassClient.token(this.client.pay("/metered?used=1", this.client.topUp("/metered?used=1")));
		ExecutorService threads = Executors.newFixedThreadPool(16);
		int served = 0;
		try {
			List<Future<HttpResponse<String>>> uses = IntStream.range(0, 100)
				.mapToObj((i) -> threads.submit(() -> this.client.use("/metered?used=7", token)))
				.toList();
			for (Future<HttpResponse<String>> use : uses) {
				HttpResponse<String> response = use.get();
				assertThat(response.statusCode()).isIn(200, 402);
				assertThat(PassClient.header(response, PassClient.BALANCE)).doesNotStartWith("-");
				served += (response.statusCode() == 200) ? 1 : 0;
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(served).isGreaterThan(0);
		long left = 70_000 - 7L * served;
		await().untilAsserted(() -> assertThat(balance(token)).isEqualTo(left));
	}

	@Test
	void whenHandlerChargesForAPassThenZeroIsTheOnlyAmount() {
		String token = this.client.buy("/metered-pass?used=0");
		assertThat(this.client.use("/metered-pass?used=1", token).statusCode()).isEqualTo(500);
		HttpResponse<String> used = this.client.use("/metered-pass?used=0", token);
		assertThat(used.statusCode()).isEqualTo(200);
		assertThat(PassClient.header(used, PassClient.REMAINING)).isEqualTo("1");
		assertThat(this.client.uses("/metered-pass?used=0", token)).isEqualTo(1);
	}

	@Test
	void whenManyUseABalanceAtOnceThenTheSumIsExact() throws Exception {
		String token = balance();
		int runs = this.calls.runs();
		ExecutorService threads = Executors.newFixedThreadPool(64);
		try {
			List<Future<Integer>> uses = IntStream.range(0, 64)
				.mapToObj((i) -> threads
					.submit(() -> this.client.use((i % 16 == 0) ? "/dear?status=500" : "/credit", token).statusCode()))
				.toList();
			int served = 0;
			for (Future<Integer> use : uses) {
				served += (use.get() == 200) ? 1 : 0;
			}
			int taken = served * 2_000;
			await().until(() -> balance(token) == 98_000 - taken);
			assertThat(served).isLessThanOrEqualTo(49);
			assertThat(this.calls.runs()).isGreaterThanOrEqualTo(runs + served);
		}
		finally {
			threads.shutdownNow();
		}
	}

	private String balance() {
		return PassClient.token(this.client.pay("/credit", this.client.topUp("/credit")));
	}

	private long balance(String token) {
		return Objects.requireNonNull(Objects.requireNonNull(this.passes.find(token.substring(0, 32))).remaining());
	}

}
