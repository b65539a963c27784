/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.PaymentCodec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for what the answers of a facilitator prove, and what they say about it.
 */
class FacilitatorEvidenceTests {

	private static final WebClient CLIENT = WebClient.builder()
		.clientConnector(new JdkFacilitatorConnector(HttpClient.newHttpClient()))
		.build();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final CountDownLatch end = new CountDownLatch(1);

	private volatile int status = 200;

	private volatile String body = "{\"isValid\":true}";

	private volatile boolean hanging;

	private volatile String failing = "none";

	private HttpServer server;

	private HttpFacilitator facilitator;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::handle);
		this.server.start();
		Duration timeout = Duration.ofSeconds(5);
		this.facilitator = new HttpFacilitator(() -> CLIENT, new PaymentCodec(),
				HttpFacilitatorSettings.of("http://localhost:" + this.server.getAddress().getPort())
					.withTimeouts(timeout, timeout, timeout),
				FacilitatorAuthentication.none(), new ResilienceSettings(0, 10, 2, 5, Duration.ofSeconds(60)));
	}

	@AfterEach
	void stop() {
		this.end.countDown();
		this.facilitator.close();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	@ParameterizedTest
	@ValueSource(strings = { "settle_exact_node_failure", "transaction_failed", "failed_to_execute_transfer",
			"settlement_receipt_unavailable", "rpc_unavailable", "settle_exact_svm_block_height_exceeded",
			"invalid_exact_evm_transaction_failed", "never_heard_of",
			"invalid_exact_evm_transaction_failed: Timed out while waiting" })
	void whenReasonDoesNotExcludeAChargeThenOutcomeIsUnknown(String reason) {
		for (int answered : new int[] { 200, 400, 402 }) {
			answer(answered, failure(reason, ""));
			assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
		}
	}

	@Test
	void whenReasonGoesOnAfterAColonThenItIsUnderstood() {
		answer(200, failure("invalid_exact_evm_transaction_failed: The contract function reverted.", ""));
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOfSatisfying(Declined.class,
				(declined) -> assertThat(declined.receipt().errorReason())
					.isEqualTo("invalid_exact_evm_transaction_failed"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "FiatTokenV2: authorization is used or canceled", "EIP3009: AUTHORIZATION_ALREADY_USED",
			"InvalidNonce()", "signature: 0x756688fe Unable to decode signature 0x756688fe" })
	void whenContractRefusedBecauseTheAuthorizationWasUsedThenOutcomeIsUnknown(String why) {
		answer(200, failure("invalid_exact_evm_transaction_failed: The contract function transferWithAuthorization"
				+ " reverted with the following reason: " + why, ""));
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "invalid_exact_evm_transaction_failed", "invalid_upto_evm_transaction_failed",
			"invalid_transaction_state", "settle_exact_failed_onchain", "transaction_reverted", "execution_reverted",
			"invalid_exact_evm_transaction_failed: The contract function reverted." })
	void whenATransactionRevertedThenSomebodyElseMayHaveExecutedWhatItShowed(String reason) {
		String transaction = "0x" + "5a".repeat(32);
		answer(200, failure(reason, transaction));
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOfSatisfying(Unknown.class,
				(unknown) -> assertThat(unknown.transaction()).isEqualTo(transaction));
	}

	@ParameterizedTest
	@ValueSource(strings = { "invalid_exact_evm_transaction_simulation_failed", "permit2_simulation_failed",
			"invalid_exact_svm_payload_transaction_simulation_failed", "preflight_validation_failed" })
	void whenASimulationFailedThenTheAuthorizationMayHaveBeenUsed(String reason) {
		answer(200, failure(reason, ""));
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "insufficient_funds", "invalid_exact_evm_insufficient_balance",
			"invalid_exact_evm_transaction_failed: The contract function reverted with the following signature: 0xe450d38c" })
	void whenTheFirstSettlementIsRefusedForLackOfFundsThenItIsDeclined(String reason) {
		answer(200, failure(reason, ""));
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Declined.class);
	}

	@Test
	void whenAPaymentIsBeingSettledThenNoOtherCallOfItLeaves() throws Exception {
		this.hanging = true;
		answer(200, failure("insufficient_funds", ""));
		Future<SettlementOutcome> first = this.threads.submit(() -> this.facilitator.settle(FacilitatorRequests.v2()));
		await(() -> this.calls.size() == 1);
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
		this.end.countDown();
		assertThat(first.get(20, TimeUnit.SECONDS)).as("the only call").isInstanceOf(Declined.class);
		assertThat(this.calls).containsExactly("/settle");
	}

	@Test
	void whenOnlySettlementsFailThenAnOperationThatWorksIsNoProofThatTheyWorkAgain() throws Exception {
		this.failing = "/settle";
		answer(200, "{\"isValid\":true,\"kinds\":[]}");
		for (int i = 0; i < 5; i++) {
			this.facilitator.settle(FacilitatorRequests.v2());
		}
		assertThat(condition().usable()).isFalse();
		await(() -> condition().usable());
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).as("one payment tries").isInstanceOf(Valid.class);
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
		this.facilitator.settle(FacilitatorRequests.v2());
		this.calls.clear();
		await(() -> this.calls.contains("/supported"));
		for (int i = 0; i < 10; i++) {
			assertThat(condition().usable()).isFalse();
			assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
		}
		assertThat(this.calls).containsOnly("/supported");
	}

	@ParameterizedTest
	@ValueSource(ints = { 403, 404, 405 })
	void whenAFirewallRefusesWhatOneBuyerSendsThenOthersAreServed(int refusal) {
		answer(200, "{\"isValid\":true}");
		this.facilitator.verify(FacilitatorRequests.v2());
		answer(refusal, "<html>blocked</html>");
		for (int i = 0; i < 10; i++) {
			assertThat(this.facilitator.verify(FacilitatorRequests.v1())).isInstanceOf(Unavailable.class);
		}
		assertThat(condition().usable()).isTrue();
		assertThat(condition().problem()).contains("verify", Integer.toString(refusal));
		answer(200, "{\"isValid\":true}");
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Valid.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "invalid_exact_evm_signature", "invalid_permit2_signature" })
	void whenPaymentMayHaveBeenSubmittedBeforeThenARefusedSignatureProvesNothing(String reason) {
		answer(500, "");
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
		answer(200, failure(reason, ""));
		assertThat(this.facilitator.settle(FacilitatorRequests.v2()))
			.as("the contract wallet changed its mind, or the permit is over")
			.isInstanceOf(Unknown.class);
	}

	@Test
	void whenPaymentMayHaveBeenSubmittedBeforeThenADeclineProvesNothing() {
		answer(500, "");
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
		answer(200, failure("insufficient_funds", ""));
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
		answer(200, failure("invalid_exact_evm_recipient_mismatch", ""));
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Declined.class);
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 402, 404, 405, 413, 429 })
	void whenFacilitatorRefusesToWorkThenNothingWasExecutedAndHealthSaysSo(int refusal) {
		answer(refusal, "{\"errorType\":\"payment_method_required\"}");
		for (int payer = 0; payer < 5; payer++) {
			assertThat(this.facilitator.settle(paidBy(FacilitatorRequests.PAYER.substring(0, 41) + payer)))
				.isInstanceOf(NotExecuted.class);
		}
		assertThat(condition().usable()).isFalse();
		answer(200, "{\"isValid\":true}");
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).as("no handler runs in vain")
			.isInstanceOf(Unavailable.class);
	}

	private static FacilitatorRequest paidBy(String payer) {
		Map<String, Object> authorization = FacilitatorRequests.authorization();
		authorization.put("from", payer);
		return new FacilitatorRequest(
				FacilitatorRequests.v2(FacilitatorRequests.payload("authorization", authorization)),
				FacilitatorRequests.offer(Map.of("name", "USDC")), FacilitatorRequests.RESOURCE);
	}

	@ParameterizedTest
	@CsvSource({ "408, ''", "499, ''", "502, ''", "504, ''", "409, ''",
			"400, Invalid request: Timed out while waiting for transaction",
			"429, '{\"success\":true,\"transaction\":\"0x'" })
	void whenAnswerCanComeAfterTheSettlementThenOutcomeIsUnknown(int status, String text) {
		answer(status, text);
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
	}

	@Test
	void whenOnePaymentIsRefusedWithAMessageThenTheFacilitatorStaysUsable() {
		for (int i = 0; i < 6; i++) {
			answer(403, "{\"isValid\":false,\"invalidReason\":\"kyt_risk_detected\"}");
			assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Invalid.class);
			answer(403, failure("kyt_risk_detected", ""));
			this.facilitator.settle(FacilitatorRequests.v2());
		}
		assertThat(condition().usable()).isTrue();
		assertThat(this.calls).hasSize(12);
	}

	@Test
	void whenVerifyFailsByAFaultOfTheFacilitatorThenItIsUnavailable() {
		answer(200, "{\"isValid\":false,\"invalidReason\":\"unexpected_verify_error\"}");
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
	}

	@Test
	void whenFacilitatorAnswersAgainThenItIsUsedAfterASecondWithoutAPaymentThatTries() throws Exception {
		answer(503, "");
		for (int i = 0; i < 5; i++) {
			this.facilitator.verify(FacilitatorRequests.v2());
		}
		assertThat(condition().usable()).isFalse();
		this.calls.clear();
		answer(200, "{\"isValid\":true,\"kinds\":[]}");
		await(() -> condition().usable());
		assertThat(this.calls).containsOnly("/supported");
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Valid.class);
	}

	@Test
	void whenSupportedFailsThenOneLookServesAllAndHealthShowsIt() {
		answer(503, "");
		for (int i = 0; i < 40; i++) {
			assertThatExceptionOfType(FacilitatorException.class).isThrownBy(this.facilitator::supported);
		}
		assertThat(this.calls.size()).isLessThanOrEqualTo(2);
		assertThat(condition().usable()).isFalse();
		assertThat(condition().problem()).contains("/supported", "503");
	}

	@Test
	void whenVerificationsHangThenFurtherOnesAreRefusedAtOnce() throws Exception {
		this.hanging = true;
		this.threads.submit(() -> this.facilitator.verify(FacilitatorRequests.v2()));
		this.threads.submit(() -> this.facilitator.verify(FacilitatorRequests.v2()));
		await(() -> this.calls.size() == 2);
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isInstanceOfSatisfying(Unavailable.class,
				(unavailable) -> assertThat(unavailable.detail()).contains("too many verifications",
						"x402.facilitator.limits.max-concurrent-verifications is 2"));
		assertThat(this.facilitator.refusedCalls()).containsOnly(
				entry("x402.facilitator.limits.max-concurrent-verifications", 1L),
				entry("x402.facilitator.limits.max-concurrent-settlements", 0L));
		assertThat(this.facilitator.maxConcurrentVerifications()).isEqualTo(2);
	}

	@Test
	void whenFacilitatorRedirectsElsewhereThenHealthSaysSoAtOnce() {
		answer(308, "");
		this.facilitator.verify(FacilitatorRequests.v2());
		assertThat(condition().usable()).isFalse();
		assertThat(condition().problem()).contains("308", "x402.facilitator.url");
		assertThat(this.calls).containsExactly("/verify");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = {
			"308, https://www.x402.org/facilitator/verify, https://www.x402.org/facilitator",
			"307, //www.x402.org/facilitator/verify, https://www.x402.org/facilitator",
			"308, /other/verify, https://x402.org/other", "301, https://www.x402.org/facilitator/verify, -",
			"308, http://www.x402.org/facilitator/verify, -", "308, https://www.x402.org:8443/facilitator/verify, -",
			"308, https://evil.example/facilitator/verify, -", "308, https://www.x402.org.evil.example/verify, -",
			"308, https://a@www.x402.org/facilitator/verify, -", "308, https://x402.org/facilitator/verify, -",
			"308, https://www.x402.org/facilitator/verify?a=b, -", "308, https://www.x402.org/facilitator/settle, -",
			"308, '', -", "308, -, -" })
	void whenRedirectionIsFollowedThenItStaysWithinTheSite(int status, String location, String base) {
		URI other = SiteRedirect.base(URI.create("https://x402.org/facilitator"), "/verify", status, location);
		assertThat(other).isEqualTo((base != null) ? URI.create(base) : null);
	}

	private static void await(Callable<Boolean> condition) {
		Awaitility.await().pollInterval(Duration.ofMillis(10)).atMost(Duration.ofSeconds(20)).until(condition);
	}

	private FacilitatorCondition condition() {
		return this.facilitator.conditions().get(0);
	}

	private void answer(int status, String body) {
		this.status = status;
		this.body = body;
	}

	private static String failure(String reason, String transaction) {
		return "{\"success\":false,\"errorReason\":\"" + reason + "\",\"transaction\":\"" + transaction
				+ "\",\"network\":\"eip155:84532\"}";
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			exchange.getRequestBody().readAllBytes();
			this.calls.add(exchange.getRequestURI().getPath());
			if (this.hanging) {
				this.end.await(20, TimeUnit.SECONDS);
			}
			if (exchange.getRequestURI().getPath().equals(this.failing)) {
				exchange.sendResponseHeaders(503, -1);
				return;
			}
			byte[] bytes = this.body.getBytes(StandardCharsets.UTF_8);
			if (this.status == 308) {
				exchange.getResponseHeaders().set("Location", "https://elsewhere.example" + exchange.getRequestURI());
			}
			exchange.sendResponseHeaders(this.status, (bytes.length > 0) ? bytes.length : -1);
			try (OutputStream out = exchange.getResponseBody()) {
				out.write(bytes);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
