/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.x402.spring.client.ToolClientKind.ToolClient;
import io.x402.spring.client.mcp.PayingClientTransport;
import io.x402.spring.fixture.MovingClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for MCP clients that pay: dialects, policy, and never twice.
 */
class PaidToolCallTests {

	private final Buyers buyer = new Buyers();

	PaidToolCallTests() {
		this.buyer.sellers = new SpendingPolicy.Sellers(List.of("shop.example"), false, true, Map.of());
	}

	static Stream<Arguments> dialects() {
		return Stream.of(dialect("official", ToolSeller::unpaid, true),
				dialect("official with output schema", ToolSeller::unpaidText, true),
				dialect("Cloudflare", ToolSeller::unpaidMeta, false));
	}

	private static Arguments dialect(String name, UnaryOperator<Map<String, Object>> unpaid, boolean object) {
		return Arguments.of(Named.of(name, unpaid), object);
	}

	@ParameterizedTest
	@MethodSource("dialects")
	void whenServerAsksForPaymentThenItIsPaidInItsDialect(UnaryOperator<Map<String, Object>> unpaid, boolean object) {
		for (ToolClientKind kind : ToolClientKind.values()) {
			Map<String, Object> document = Offers.document(Offers.usdc(50_000));
			ToolSeller seller = new ToolSeller((call) -> (call.isPaid() && call.payment() instanceof Map == object)
					? ToolSeller.delivered() : unpaid.apply(document));
			CallToolResult result = kind.client(seller, this.buyer.payer()).forecast("bern");
			assertThat(ToolClientKind.text(result)).isEqualTo("warm");
			assertThat(result.meta()).containsKey(ToolSeller.RECEIPT);
			assertThat(seller.calls()).extracting(ToolSeller.Call::isPaid).containsExactly(false, true);
			assertThat(seller.calls()).extracting(ToolSeller.Call::id).doesNotHaveDuplicates();
			Map<String, Object> payment = seller.payments().get(0);
			assertThat(payment.get("accepted")).isEqualTo(((List<?>) document.get("accepts")).get(0));
			assertThat(payment.get("resource")).isEqualTo(document.get("resource"));
		}
		assertThat(this.buyer.told()).containsExactly("Signed", "Delivered", "Signed", "Delivered");
	}

	@Test
	void whenServerSpeaksVersion1ThenItIsPaidInVersion1() {
		Map<String, Object> document = ToolSeller.object(Offers.bodyV1(50_000).getBytes(StandardCharsets.UTF_8));
		ToolSeller seller = ToolSeller.asking(document);
		assertThat(ToolClientKind.text(call(seller, "bern"))).isEqualTo("warm");
		assertThat(seller.payments().get(0)).containsEntry("x402Version", 1).containsEntry("network", "base-sepolia");
	}

	@Test
	void whenToolIsPaidThenEventNamesServerAndTool() {
		call(ToolSeller.asking(Offers.document(Offers.usdc(50_000))), "bern");
		Purchase purchase = ((PurchaseEvent.Delivered) this.buyer.events.get(1)).purchase();
		assertThat(purchase.resource()).hasToString("https://shop.example/mcp#forecast");
		assertThat(purchase.method()).isEqualTo("tools/call");
		assertThat(purchase.status()).isEqualTo(200);
		assertThat(purchase.terms().price()).isEqualByComparingTo("0.05");
		assertThat(purchase.receipt().success()).isTrue();
	}

	@Test
	void whenToolIsFreeOrFailsThenNothingIsPaid() {
		ToolSeller free = new ToolSeller((call) -> Map.of("content", List.of(ToolSeller.text("hello"))));
		assertThat(ToolClientKind.text(call(free, "bern"))).isEqualTo("hello");
		ToolSeller failing = new ToolSeller((call) -> ToolSeller.failed("not today"));
		assertThat(ToolClientKind.text(call(failing, "bern"))).isEqualTo("not today");
		assertThat(this.buyer.events).isEmpty();
	}

	@Test
	void whenCallerPaysByItselfThenNothingIsAdded() {
		ToolSeller seller = ToolSeller.asking(Offers.document(Offers.usdc(50_000)));
		ToolClientKind.SYNC.client(seller, this.buyer.payer())
			.call(new CallToolRequest("forecast", Map.of(), Map.of("x402/payment", "mine")));
		assertThat(seller.calls()).hasSize(1);
		assertThat(this.buyer.events).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whenPolicyRefusesThenModelReadsReasonAndLimit(ToolClientKind kind) {
		ToolSeller seller = ToolSeller.asking(Offers.document(Offers.usdc(5_000_000)));
		CallToolResult result = kind.client(seller, this.buyer.payer()).forecast("bern");
		assertThat(result.isError()).isTrue();
		assertThat(ToolClientKind.text(result)).contains("amount_above_limit", "5 USDC", "0.10 per request");
		assertThat(seller.payments()).isEmpty();
		assertThat(this.buyer.told()).containsExactly("Refused");
	}

	@Test
	void whenServerIsNotAllowedThenNothingIsSigned() {
		ToolSeller seller = ToolSeller.asking(Offers.document(Offers.usdc(50_000)));
		for (String server : List.of("https://other.example/mcp", "http://shop.example/mcp", "stdio://weather")) {
			ToolClient client = ToolClientKind.SYNC.client(seller, this.buyer.payer(), URI.create(server),
					ToolClientKind.TIMEOUT);
			assertThat(ToolClientKind.text(client.forecast("bern"))).contains("not_allowed");
		}
		assertThat(this.buyer.signer.signatures()).isZero();
	}

	@Test
	void whenServerIsAProcessThenItIsAllowedByItsName() {
		this.buyer.sellers = new SpendingPolicy.Sellers(List.of("weather"), false, true, Map.of());
		ToolSeller seller = ToolSeller.asking(Offers.document(Offers.usdc(50_000)));
		ToolClient client = ToolClientKind.SYNC.client(seller, this.buyer.payer(), URI.create("stdio://weather"),
				ToolClientKind.TIMEOUT);
		assertThat(ToolClientKind.text(client.forecast("bern"))).isEqualTo("warm");
	}

	@Test
	void whenPaymentMustBeApprovedThenItWaitsForApproval() {
		this.buyer.approveAbove = new BigDecimal("0.01");
		ToolSeller seller = ToolSeller.asking(Offers.document(Offers.usdc(50_000)));
		assertThat(ToolClientKind.text(call(seller, "bern"))).contains("not_approved");
		this.buyer.approval = (purchase) -> purchase.resource().getFragment().equals("forecast");
		assertThat(ToolClientKind.text(call(seller, "bern"))).isEqualTo("warm");
	}

	@ParameterizedTest
	@EnumSource
	void whenOutcomeIsUnknownThenTheSamePaymentIsSentAgain(ToolClientKind kind) {
		AtomicInteger paid = new AtomicInteger();
		ToolSeller seller = new ToolSeller((call) -> !call.isPaid() ? unpaid()
				: (paid.incrementAndGet() < 3) ? pending() : ToolSeller.delivered());
		assertThat(ToolClientKind.text(kind.client(seller, this.buyer.payer()).forecast("bern"))).isEqualTo("warm");
		assertThat(seller.payments()).hasSize(3).containsOnly(seller.payments().get(0));
		assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
	}

	@Test
	void whenOutcomeStaysUnknownThenTheNextCallSendsTheSamePaymentAtOnce() {
		AtomicInteger paid = new AtomicInteger();
		ToolSeller seller = new ToolSeller((call) -> !call.isPaid() ? unpaid()
				: (paid.incrementAndGet() <= 3) ? pending() : ToolSeller.delivered());
		ToolClient client = ToolClientKind.SYNC.client(seller, this.buyer.payer());
		assertThat(ToolClientKind.text(client.forecast("bern"))).contains("settlement_pending");
		assertThat(ToolClientKind.text(client.forecast("bern"))).isEqualTo("warm");
		assertThat(seller.calls()).hasSize(5);
		assertThat(seller.payments()).hasSize(4).containsOnly(seller.payments().get(0));
		assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Delivered");
	}

	@ParameterizedTest
	@EnumSource
	void whenPaymentHasExpiredThenItStillCollectsTheResult(ToolClientKind kind) {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		AtomicInteger paid = new AtomicInteger();
		ToolSeller seller = new ToolSeller((call) -> !call.isPaid() ? unpaid()
				: (paid.incrementAndGet() <= 3) ? pending() : ToolSeller.delivered());
		ToolClient client = kind.client(seller, this.buyer.payer());
		client.forecast("bern");
		clock.pass(Duration.ofMinutes(15));
		assertThat(ToolClientKind.text(client.forecast("bern"))).isEqualTo("warm");
		assertThat(seller.calls()).hasSize(5);
		assertThat(seller.payments()).hasSize(4).containsOnly(seller.payments().get(0));
		assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Delivered");
	}

	@ParameterizedTest
	@MethodSource("dialects")
	void whenServerRefusesAnExpiredPaymentThenOneNewOneIsPaidWithinTheCall(UnaryOperator<Map<String, Object>> unpaid,
			boolean object) {
		for (ToolClientKind kind : ToolClientKind.values()) {
			MovingClock clock = MovingClock.standing();
			Buyers buyer = new Buyers();
			buyer.sellers = this.buyer.sellers;
			buyer.clock = clock;
			Set<String> unknown = new HashSet<>();
			ToolSeller seller = new ToolSeller((call) -> {
				if (!call.isPaid() || call.payment() instanceof Map != object) {
					return unpaid.apply(Offers.document(Offers.usdc(50_000)));
				}
				unknown.add(String.valueOf(call.payment()));
				return (unknown.size() == 1 && clock.ahead().isZero()) ? pending() : (unknown.size() == 1)
						? unpaid.apply(Offers.document(Offers.usdc(50_000))) : ToolSeller.delivered();
			});
			ToolClient client = kind.client(seller, buyer.payer());
			client.forecast("bern");
			clock.pass(Duration.ofSeconds(91));
			assertThat(ToolClientKind.text(client.forecast("bern"))).isEqualTo("warm");
			assertThat(buyer.signer.signatures()).isEqualTo(2);
			assertThat(seller.payments()).hasSize(object ? 5 : 6);
			assertThat(buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Declined", "Signed",
					"Delivered");
		}
	}

	@Test
	void whenBothCopiesOfAnExpiredPaymentAreRefusedThenOneNewOneIsPaid() {
		assertThat(renewed((seller, ids) -> {
			if (ids.size() == 1) {
				throw new UncheckedIOException(new IOException("reset"));
			}
			ids.forEach((id) -> seller.answer(id, unpaid()));
		})).isEqualTo("warm");
		assertRenewedOnce();
	}

	@Test
	void whenACopyOfAnExpiredPaymentIsAnsweredLateThenThatCountsForNothing() {
		for (Map<String, Object> late : List.of(unpaid(), pending(), ToolSeller.failed("late"),
				Map.<String, Object>of("content", List.of(ToolSeller.text("late"))))) {
			this.buyer.events.clear();
			int signatures = this.buyer.signer.signatures();
			CountDownLatch isLate = new CountDownLatch(1);
			this.buyer.approveAbove = BigDecimal.ZERO;
			this.buyer.approval = (purchase) -> {
				if (this.buyer.signer.signatures() > signatures) {
					await(isLate);
				}
				return true;
			};
			assertThat(renewed((seller, ids) -> {
				if (ids.size() == 1) {
					throw new UncheckedIOException(new IOException("reset"));
				}
				seller.answer(ids.get(0), unpaid());
				seller.answer(ids.get(1), late);
				isLate.countDown();
			})).isEqualTo("warm");
			assertThat(this.buyer.signer.signatures()).isEqualTo(signatures + 2);
			assertRenewedOnce();
		}
	}

	@Test
	void whenTheConnectionBreaksAfterAnExpiredPaymentWasRefusedThenTheNewOneIsPaid() {
		assertThat(renewed((seller, ids) -> {
			seller.answer(ids.get(0), unpaid());
			throw new UncheckedIOException(new IOException("reset"));
		})).isEqualTo("warm");
		assertRenewedOnce();
	}

	@Test
	void whenTheDeadlineComesWhileANewPaymentIsApprovedThenTheClientHasAResult() {
		CountDownLatch ended = new CountDownLatch(1);
		this.buyer.approveAbove = BigDecimal.ZERO;
		this.buyer.approval = (purchase) -> {
			if (this.buyer.signer.signatures() == 1) {
				await(ended);
			}
			return true;
		};
		assertThat(renewed((seller, ids) -> seller.answer(ids.get(0), unpaid()))).contains("not known");
		ended.countDown();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.buyer.told()).endsWith("Declined", "Signed", "NotSent"));
	}

	@Test
	void whenSeveralPaymentsOfACallHaveExpiredThenEachMayCollect() {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		this.buyer.approveAbove = BigDecimal.ZERO;
		AtomicReference<ToolClient> other = new AtomicReference<>();
		this.buyer.approval = (purchase) -> {
			ToolClient client = other.getAndSet(null);
			if (client != null) {
				client.forecast("bern");
			}
			return true;
		};
		AtomicInteger expired = new AtomicInteger();
		ToolSeller seller = new ToolSeller((call) -> (!call.isPaid()) ? unpaid() : clock.ahead().isZero() ? pending()
				: (expired.incrementAndGet() == 1) ? unpaid() : ToolSeller.delivered());
		ToolClient client = ToolClientKind.SYNC.client(seller, this.buyer.payer());
		other.set(client);
		client.forecast("bern");
		clock.pass(Duration.ofSeconds(91));
		assertThat(ToolClientKind.text(client.forecast("bern"))).isEqualTo("warm");
		assertThat(this.buyer.signer.signatures()).isEqualTo(2);
		assertThat(seller.payments().subList(6, 8)).doesNotHaveDuplicates();
		assertThat(this.buyer.told().subList(4, 8)).containsExactly("Resumed", "Declined", "Resumed", "Delivered");
	}

	/**
	 * Repeat a call when its payment has expired.
	 * @param refuses gets all identifiers under which the expired payment came
	 * @return the result
	 */
	private String renewed(BiConsumer<ToolSeller, List<Object>> refuses) {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		Set<String> payments = new HashSet<>();
		List<Object> ids = new ArrayList<>();
		AtomicReference<ToolSeller> self = new AtomicReference<>();
		ToolSeller seller = new ToolSeller((call) -> {
			if (!call.isPaid()) {
				return unpaid();
			}
			payments.add(String.valueOf(call.payment()));
			if (payments.size() > 1 || clock.ahead().isZero()) {
				return (payments.size() > 1) ? ToolSeller.delivered() : pending();
			}
			ids.add(call.id());
			refuses.accept(self.get(), ids);
			return ToolSeller.NONE;
		});
		self.set(seller);
		ToolClient client = ToolClientKind.SYNC.client(seller, this.buyer.payer(), ToolClientKind.SERVER,
				Duration.ofSeconds(5));
		client.forecast("bern");
		clock.pass(Duration.ofSeconds(91));
		return ToolClientKind.text(client.forecast("bern"));
	}

	private void assertRenewedOnce() {
		assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Declined", "Signed",
				"Delivered");
	}

	@Test
	void whenServerSaysThatAnExpiredPaymentWasUsedThenNoOtherOneIsPaid() {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		Map<String, Object> used = new LinkedHashMap<>(Offers.document(Offers.usdc(50_000)));
		used.put("error", "invalid_exact_evm_nonce_already_used");
		ToolSeller seller = new ToolSeller((call) -> call.isPaid() ? ToolSeller.unpaid(used) : unpaid());
		ToolClient client = ToolClientKind.SYNC.client(seller, this.buyer.payer());
		client.forecast("bern");
		clock.pass(Duration.ofSeconds(91));
		assertThat(ToolClientKind.text(client.forecast("bern"))).contains("invalid_exact_evm_nonce_already_used",
				"did not accept the payment");
		assertThat(this.buyer.signer.signatures()).isEqualTo(1);
	}

	@Test
	void whenServerSaysOutsideItsChallengeThatAnExpiredPaymentMayBeTakenThenNoOtherOneIsPaid() {
		Map<String, Object> document = Offers.document(Offers.usdc(50_000));
		List<Object> used = List.of(ToolSeller.text("{\"code\":\"nonce_used\"}"));
		for (Map<String, Object> unclear : List.<Map<String, Object>>of(
				Map.of("isError", true, "structuredContent", document, "content", used),
				Map.of("isError", true, "structuredContent", document, "_meta", Map.of(ToolSeller.RECEIPT, "?")),
				Map.of("isError", true, "structuredContent", document, "_meta",
						Map.of(ToolSeller.RECEIPT, Map.of("success", false, "errorReason", "unheard_of"))))) {
			MovingClock clock = MovingClock.standing();
			this.buyer.clock = clock;
			int signatures = this.buyer.signer.signatures();
			ToolSeller seller = new ToolSeller(
					(call) -> !call.isPaid() ? unpaid() : clock.ahead().isZero() ? pending() : unclear);
			ToolClient client = ToolClientKind.SYNC.client(seller, this.buyer.payer());
			client.forecast("bern");
			clock.pass(Duration.ofSeconds(91));
			assertThat(ToolClientKind.text(client.forecast("bern"))).contains("did not accept the payment");
			assertThat(this.buyer.signer.signatures()).as("%s", unclear).isEqualTo(signatures + 1);
		}
	}

	@Test
	void whenResponseIsLostThenCallEndsBeforeItsTimeoutAndTheNextOneSendsTheSamePayment() {
		AtomicInteger paid = new AtomicInteger();
		ToolSeller seller = new ToolSeller((call) -> !call.isPaid() ? unpaid()
				: (paid.incrementAndGet() == 1) ? ToolSeller.NONE : ToolSeller.delivered());
		ToolClient client = ToolClientKind.SYNC.client(seller, this.buyer.payer(), ToolClientKind.SERVER,
				Duration.ofSeconds(6));
		assertThat(ToolClientKind.text(client.forecast("bern"))).contains("not known", "Repeat the same call");
		assertThat(ToolClientKind.text(client.forecast("bern"))).isEqualTo("warm");
		assertThat(seller.payments()).hasSize(2).containsOnly(seller.payments().get(0));
	}

	@Test
	void whenClientHasGivenUpThenItsLateResultIsNotDelivered() {
		CountDownLatch late = new CountDownLatch(1);
		AtomicInteger paid = new AtomicInteger();
		ToolSeller seller = new ToolSeller((call) -> {
			if (call.isPaid() && paid.incrementAndGet() == 1) {
				await(late);
			}
			return call.isPaid() ? ToolSeller.delivered() : unpaid();
		});
		Payer payer = this.buyer.payer();
		McpSyncClient client = McpClient
			.sync(new PayingClientTransport(seller, payer, ToolClientKind.SERVER, ToolClientKind.TIMEOUT))
			.requestTimeout(Duration.ofSeconds(3))
			.build();
		client.initialize();
		assertThatException()
			.isThrownBy(() -> client.callTool(new CallToolRequest("forecast", Map.of("city", "bern"), null)));
		late.countDown();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.buyer.told()).containsExactly("Signed", "Undecided"));
		assertThat(ToolClientKind.text(ToolClientKind.SYNC.client(seller, payer).forecast("bern"))).isEqualTo("warm");
		assertThat(this.buyer.signer.signatures()).isEqualTo(1);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whenConnectionFailsThenTheSamePaymentIsSentAgain() {
		AtomicInteger paid = new AtomicInteger();
		ToolSeller seller = new ToolSeller((call) -> {
			if (call.isPaid() && paid.incrementAndGet() == 1) {
				throw new UncheckedIOException(new IOException("reset"));
			}
			return call.isPaid() ? ToolSeller.delivered() : unpaid();
		});
		assertThat(ToolClientKind.text(call(seller, "bern"))).isEqualTo("warm");
		assertThat(seller.payments()).hasSize(2).containsOnly(seller.payments().get(0));
	}

	@Test
	void whenArgumentsDifferThenTheKeptPaymentIsNotUsed() {
		ToolSeller seller = new ToolSeller((call) -> !call.isPaid() ? unpaid()
				: call.arguments().get("city").equals("bern") ? pending() : ToolSeller.delivered());
		ToolClient client = ToolClientKind.SYNC.client(seller, this.buyer.payer());
		client.forecast("bern");
		assertThat(ToolClientKind.text(client.forecast("rome"))).isEqualTo("warm");
		assertThat(this.buyer.signer.signatures()).isEqualTo(2);
	}

	@Test
	void whenCallIsMadeTwiceThenItIsBoughtTwice() {
		ToolSeller seller = ToolSeller.asking(Offers.document(Offers.usdc(50_000)));
		ToolClient client = ToolClientKind.SYNC.client(seller, this.buyer.payer());
		client.forecast("bern");
		client.forecast("bern");
		assertThat(seller.payments()).hasSize(2).doesNotHaveDuplicates();
	}

	@Test
	void whenServerAnnouncesPricesThenDescriptionsShowThem() {
		ToolSeller seller = ToolSeller.asking(Offers.document(Offers.usdc(50_000)));
		seller.tool(Map.of("name", "forecast", "description", "Forecast of a city.", "inputSchema",
				Map.of("type", "object"), "_meta",
				Map.of("agents-x402/paymentRequired", true, "agents-x402/priceUSD", 0.05)));
		McpSyncClient client = McpClient
			.sync(new PayingClientTransport(seller, this.buyer.payer(), ToolClientKind.SERVER, ToolClientKind.TIMEOUT))
			.build();
		client.initialize();
		assertThat(client.listTools().tools().get(0).description())
			.isEqualTo("Forecast of a city. (Costs 0.05 USD per call.)");
	}

	@ParameterizedTest
	@MethodSource
	void whenAnnouncedPriceIsNoneThenToolsAreListedWithoutIt(Object price) {
		ToolSeller seller = ToolSeller.asking(Offers.document(Offers.usdc(50_000)));
		seller.tool(Map.of("name", "forecast", "description", "Forecast of a city.", "inputSchema",
				Map.of("type", "object"), "_meta",
				Map.of("agents-x402/paymentRequired", "yes", "agents-x402/priceUSD", price)));
		McpSyncClient client = McpClient
			.sync(new PayingClientTransport(seller, this.buyer.payer(), ToolClientKind.SERVER, ToolClientKind.TIMEOUT))
			.requestTimeout(Duration.ofSeconds(10))
			.build();
		client.initialize();
		assertThat(client.listTools().tools().get(0).description()).isEqualTo("Forecast of a city.");
	}

	static Stream<Object> whenAnnouncedPriceIsNoneThenToolsAreListedWithoutIt() {
		return Stream.of(new BigDecimal("1e999"), new BigDecimal("-1e999"), -1, 0, "0.05", List.of(0.05), Map.of(),
				true, new BigDecimal("1e-999"), 1_000_000_000_000L);
	}

	private CallToolResult call(ToolSeller seller, String city) {
		return ToolClientKind.SYNC.client(seller, this.buyer.payer()).forecast(city);
	}

	private static Map<String, Object> unpaid() {
		return ToolSeller.unpaid(Offers.document(Offers.usdc(50_000)));
	}

	/** The outcome of the payment is unknown, as servers with this library say it. */
	private static Map<String, Object> pending() {
		return ToolSeller.failed("{\"status\":503,\"code\":\"settlement_pending\"}");
	}

}
