/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for {@link HttpFacilitator} with complete HTTP answers of every quality.
 */
class HttpFacilitatorTests {

	private static final String TX = "0x" + "5a".repeat(32);

	private static final String PENDING = """
			{"success":false,"errorReason":"settlement_pending","transaction":"%s","network":"eip155:84532"}"""
		.formatted(TX);

	private static final String SETTLED = """
			{"success":true,"transaction":"%s","network":"eip155:84532","payer":"%s"}""".formatted(TX,
			FacilitatorRequests.PAYER);

	private static final WebClient CLIENT = WebClient.builder()
		.clientConnector(new JdkFacilitatorConnector(HttpClient.newHttpClient()))
		.build();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

	private final List<byte[]> bodies = Collections.synchronizedList(new ArrayList<>());

	private final AtomicReference<Headers> headers = new AtomicReference<>();

	private volatile Answer answer = new Answer(500, "");

	private HttpServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	static Stream<Arguments> verifyAnswers() {
		Invalid noFunds = new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds");
		Invalid rejected = new Invalid(ReasonCode.PAYMENT_REJECTED);
		return Stream.of(
				arguments("ok", new Answer(200, "{\"isValid\":true,\"payer\":\"" + FacilitatorRequests.PAYER + "\"}"),
						new Valid(FacilitatorRequests.PAYER)),
				arguments("ok without payer", new Answer(200, "{\"isValid\":true}"), new Valid(null)),
				arguments("ok with null payer", new Answer(200, "{\"isValid\":true,\"payer\":null}"), new Valid(null)),
				arguments("ok with odd payer", new Answer(200, "{\"isValid\":true,\"payer\":\"a\\r\\nb\"}"),
						new Valid(null)),
				arguments("extra", new Answer(200, "{\"isValid\":true,\"somethingNew\":{\"a\":[1,2,3]}}"),
						new Valid(null)),
				arguments("reject", new Answer(200, "{\"isValid\":false,\"invalidReason\":\"insufficient_funds\"}"),
						noFunds),
				arguments("reject, alias",
						new Answer(200,
								"{\"isValid\":false,\"invalidReason\":\"invalid_exact_evm_insufficient_balance\"}"),
						new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "invalid_exact_evm_insufficient_balance")),
				arguments("reject, http400",
						new Answer(400, "{\"isValid\":false,\"invalidReason\":\"insufficient_funds\"}"), noFunds),
				arguments("reject, unknown reason",
						new Answer(200, "{\"isValid\":false,\"invalidReason\":\"kyt_screening\"}"),
						new Invalid(ReasonCode.PAYMENT_REJECTED, "kyt_screening")),
				arguments("reject, free text",
						new Answer(200, "{\"isValid\":false,\"invalidReason\":\"<b>no</b> way\"}"), rejected),
				arguments("reject, long reason",
						new Answer(200, "{\"isValid\":false,\"invalidReason\":\"" + "a".repeat(101) + "\"}"), rejected),
				arguments("reject, no reason", new Answer(200, "{\"isValid\":false}"), rejected),
				arguments("reject, our word for pending",
						new Answer(200, "{\"isValid\":false,\"invalidReason\":\"settlement_pending\"}"), null),
				arguments("valid with http400", new Answer(400, "{\"isValid\":true}"), null),
				arguments("valid with http500", new Answer(500, "{\"isValid\":true}"), null),
				arguments("reject with http500",
						new Answer(500, "{\"isValid\":false,\"invalidReason\":\"unexpected_verify_error\"}"), null),
				arguments("redirect with body", new Answer(307, "{\"isValid\":true}"), null));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("verifyAnswers")
	void whenFacilitatorAnswersVerifyThenOutcomeIs(String name, Answer answer, VerificationOutcome expected) {
		this.answer = answer;
		VerificationOutcome outcome = facilitator().verify(FacilitatorRequests.v2());
		if (expected != null) {
			assertThat(outcome).isEqualTo(expected);
		}
		else {
			assertThat(outcome).isInstanceOf(Unavailable.class);
		}
		assertThat(this.requests).containsExactly("POST /facilitator/verify");
	}

	static Stream<Arguments> uselessAnswers() {
		return Stream.of(arguments("http500", new Answer(500, "{\"error\":\"Internal server error\"}")),
				arguments("http503html", new Answer(503, "<html><body>Service Unavailable</body></html>")),
				arguments("http429", new Answer(429, "{\"error\":\"rate limited\"}")),
				arguments("http401", new Answer(401, "{\"error\":\"unauthorized\"}")),
				arguments("http403", new Answer(403, "")),
				arguments("http404", new Answer(404, "{\"error\":\"not found\"}")),
				arguments("http400", new Answer(400, "{\"error\":\"invalid JSON\"}")),
				arguments("garbage", new Answer(200, "\u0000\u0001not json at all{{{")),
				arguments("html", new Answer(200, "<html>login</html>")), arguments("empty", new Answer(200, "")),
				arguments("no content", new Answer(204, "")), arguments("array", new Answer(200, "[]")),
				arguments("null", new Answer(200, "null")), arguments("nofields", new Answer(200, "{}")),
				arguments("text", new Answer(200, "\"true\"")),
				arguments("cut off", new Answer(200, "{\"isValid\":true,\"success\":true")),
				arguments("two messages", new Answer(200, "{\"isValid\":true,\"success\":true}{}")),
				arguments("wrongtype",
						new Answer(200, "{\"isValid\":\"true\",\"success\":\"true\",\"transaction\":123}")),
				arguments("number", new Answer(200, "{\"isValid\":1,\"success\":1}")),
				arguments("null flag", new Answer(200, "{\"isValid\":null,\"success\":null}")),
				arguments("twice",
						new Answer(200, "{\"isValid\":false,\"success\":false,\"isValid\":true,\"success\":true}")),
				arguments("deep",
						new Answer(200,
								"{\"isValid\":true,\"success\":true,\"x\":" + "[".repeat(5000) + "]".repeat(5000)
										+ "}")),
				arguments("2 MiB in chunks",
						new Answer(200, " ".repeat(2 * 1024 * 1024) + "{\"isValid\":true,\"success\":true}")));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("uselessAnswers")
	void whenVerifyIsAnsweredUselesslyThenFacilitatorIsUnavailable(String name, Answer answer) {
		this.answer = answer;
		assertThat(facilitator().verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
		assertThat(this.requests).containsExactly("POST /facilitator/verify");
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("uselessAnswers")
	void whenSettleIsAnsweredUselesslyThenOutcomeIsUnknown(String name, Answer answer) {
		this.answer = answer;
		if (answer.status() >= 400 && answer.status() < 500) {
			assertThat(facilitator().settle(FacilitatorRequests.v2())).isInstanceOf(NotExecuted.class);
			return;
		}
		assertThat(facilitator().settle(FacilitatorRequests.v2())).isInstanceOfSatisfying(Unknown.class,
				(unknown) -> assertThat(unknown.transaction()).isNull());
		assertThat(this.requests).containsExactly("POST /facilitator/settle");
	}

	static Stream<Arguments> settleAnswers() {
		SettlementOutcome pending = new Unknown("", TX);
		SettlementOutcome unknown = new Unknown("", null);
		return Stream.of(arguments("ok", new Answer(200, SETTLED), settled(TX, FacilitatorRequests.NETWORK, null)),
				arguments("extra", new Answer(200, SETTLED.replace("{", "{\"somethingNew\":{\"a\":[1,2,3]},")),
						settled(TX, FacilitatorRequests.NETWORK, null)),
				arguments("blank reason",
						new Answer(200, SETTLED.replace("{", "{\"errorReason\":\"\",\"errorMessage\":null,")),
						settled(TX, FacilitatorRequests.NETWORK, null)),
				arguments("emptytx", new Answer(200, SETTLED.replace(TX, "")),
						settled("", FacilitatorRequests.NETWORK, null)),
				arguments("wrongnetwork", new Answer(200, SETTLED.replace("84532", "1")),
						settled(TX, "eip155:1", null)),
				arguments("lowamount", new Answer(200, SETTLED.replace("{", "{\"amount\":\"1\",")),
						settled(TX, FacilitatorRequests.NETWORK, "1")),
				arguments("success with reason",
						new Answer(200, SETTLED.replace("{", "{\"errorReason\":\"settlement_pending\",")), pending),
				arguments("success with http400", new Answer(400, SETTLED), pending),
				arguments("success with http500", new Answer(500, SETTLED), pending),
				arguments("success with endless transaction", new Answer(200, SETTLED.replace(TX, "a".repeat(129))),
						unknown),
				arguments("success with line break in network",
						new Answer(200, SETTLED.replace("eip155:84532", "a\\r\\nb")), pending),
				arguments("reject", failure(200, "insufficient_funds", ""),
						declined(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds", "")),
				arguments("http400", failure(400, "invalid_payload", ""),
						declined(ReasonCode.SETTLEMENT_DECLINED, "invalid_payload", "")),
				arguments("alias", failure(200, "invalid_exact_evm_signature", ""),
						declined(ReasonCode.INVALID_SIGNATURE, "invalid_exact_evm_signature", "")),
				arguments("no transaction member",
						new Answer(200, "{\"success\":false,\"errorReason\":\"insufficient_funds\"}"),
						declined(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds", "")),
				arguments("reverted", failure(200, "invalid_exact_evm_transaction_failed", TX), pending),
				arguments("simulation failed", failure(200, "invalid_exact_evm_transaction_simulation_failed", ""),
						unknown),
				arguments("pending", new Answer(200, PENDING), pending),
				arguments("pending with http500", new Answer(500, PENDING), pending),
				arguments("pending without transaction", failure(200, "settlement_pending", ""), unknown),
				arguments("failure with transaction", failure(200, "invalid_exact_evm_transfer_event_mismatch", TX),
						pending),
				arguments("reverted with http500", failure(500, "invalid_exact_evm_transaction_failed", TX), pending),
				arguments("reject with http500", failure(500, "insufficient_funds", ""), unknown),
				arguments("reject with http503", failure(503, "insufficient_funds", ""), unknown),
				arguments("unexpected", failure(200, "unexpected_settle_error", ""), unknown),
				arguments("unexpected verify", failure(200, "unexpected_verify_error", ""), unknown),
				arguments("nonce used", failure(200, "invalid_exact_evm_nonce_already_used", ""), unknown),
				arguments("permit2 nonce used", failure(200, "permit2_invalid_nonce", ""), unknown),
				arguments("duplicate", failure(200, "duplicate_settlement", ""), unknown),
				arguments("timed out", failure(200, "settle_exact_svm_transaction_confirmation_timed_out", ""),
						unknown),
				arguments("busy", failure(200, "facilitator_unavailable", ""), unknown),
				arguments("free text", failure(200, "could not coalesce", ""), unknown),
				arguments("no reason", new Answer(200, "{\"success\":false}"), unknown),
				arguments("redirect with body", new Answer(307, SETTLED), unknown));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("settleAnswers")
	void whenFacilitatorAnswersSettleThenOutcomeIs(String name, Answer answer, SettlementOutcome expected) {
		this.answer = answer;
		SettlementOutcome outcome = facilitator().settle(FacilitatorRequests.v2());
		if (expected instanceof Unknown unknown) {
			assertThat(outcome).isInstanceOfSatisfying(Unknown.class,
					(actual) -> assertThat(actual.transaction()).isEqualTo(unknown.transaction()));
		}
		else {
			assertThat(outcome).isEqualTo(expected);
		}
		assertThat(this.requests).containsExactly("POST /facilitator/settle");
	}

	@Test
	void whenReceiptIsHugeThenItsExtensionDataIsLeftOut() {
		this.answer = new Answer(200, SETTLED.replace("{",
				"{\"extra\":{\"a\":\"b\"},\"extensions\":{\"a\":{\"b\":\"" + "x".repeat(5000) + "\"}},"));
		assertThat(facilitator().settle(FacilitatorRequests.v2()))
			.isEqualTo(settled(TX, FacilitatorRequests.NETWORK, null));
	}

	@Test
	void whenReceiptIsSmallThenItsExtensionDataIsKept() {
		this.answer = new Answer(200, SETTLED.replace("{", "{\"extra\":{\"a\":\"b\"},\"extensions\":{\"c\":\"d\"},"));
		assertThat(facilitator().settle(FacilitatorRequests.v2())).isInstanceOfSatisfying(Settled.class, (settled) -> {
			assertThat(settled.receipt().extra()).isEqualTo(Map.of("a", "b"));
			assertThat(settled.receipt().extensions()).isEqualTo(Map.of("c", "d"));
		});
	}

	@Test
	void whenV1PaymentIsDeclinedThenReceiptNamesTheNetworkAsV1Does() {
		this.answer = failure(200, "insufficient_funds", "");
		assertThat(facilitator().settle(FacilitatorRequests.v1())).isEqualTo(new Declined(ReasonCode.INSUFFICIENT_FUNDS,
				SettlementResponse.failure("insufficient_funds", "base-sepolia", FacilitatorRequests.PAYER)));
	}

	@ParameterizedTest
	@CsvSource({ "301, /facilitator/elsewhere", "302, /facilitator/elsewhere", "307, /facilitator/elsewhere",
			"308, http://169.254.169.254/latest" })
	void whenFacilitatorRedirectsThenNobodyElseIsCalled(int status, String location) {
		this.answer = new Answer(status, "{}", Map.of("Location", location));
		assertThat(facilitator().settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
		assertThat(facilitator().verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
		assertThatExceptionOfType(FacilitatorException.class).isThrownBy(() -> facilitator().supported());
		assertThat(this.requests).containsExactly("POST /facilitator/settle", "POST /facilitator/verify",
				"GET /facilitator/supported");
	}

	@Test
	void whenAnswerEchoesThePaymentThenOutcomeDoesNotRepeatIt() {
		this.answer = new Answer(500, "{\"signature\":\"" + FacilitatorRequests.SIGNATURE + "\",\"nonce\":\""
				+ FacilitatorRequests.NONCE + "\"}");
		assertThat(facilitator().settle(FacilitatorRequests.v2()).toString()).contains("HTTP 500")
			.doesNotContain("4f3805", "abababab");
		assertThat(facilitator().verify(FacilitatorRequests.v2()).toString()).contains("HTTP 500")
			.doesNotContain("4f3805", "abababab");
	}

	@ParameterizedTest
	@ValueSource(strings = { "verify", "settle" })
	void whenBuyerSpeaksV2ThenRequestHoldsOurOfferAndNoQuery(String operation) throws IOException {
		call(operation, FacilitatorRequests.v2());
		assertThat(text(this.bodies.get(0))).isEqualTo(fixture("request-v2.json"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "verify", "settle" })
	void whenBuyerSpeaksV1ThenRequestIsInV1Shape(String operation) throws IOException {
		call(operation, FacilitatorRequests.v1());
		assertThat(text(this.bodies.get(0))).isEqualTo(fixture("request-v1.json"));
	}

	@Test
	void whenNetworkIsNotEvmAndResourceIsBareThenPayloadIsPassedOnAndThereAreNoNulls() throws IOException {
		PaymentRequirements offer = new PaymentRequirements("exact", "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
				FacilitatorRequests.offer(Map.of()).amount(), "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU",
				"9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin", 60, Map.of());
		call("settle",
				new FacilitatorRequest(
						new PaymentPayload.V1(1, "exact", "solana-devnet", Map.of("transaction", "AQAB")), offer,
						new ResourceInfo("https://api.example.test/v1/forecast", null, null)));
		assertThat(text(this.bodies.get(0))).isEqualTo(fixture("request-v1-bare.json"));
	}

	@Test
	void whenV2ResourceIsBareThenThereAreNoNulls() {
		call("settle", new FacilitatorRequest(FacilitatorRequests.v2().payload(), FacilitatorRequests.offer(Map.of()),
				new ResourceInfo("https://api.example.test/v1/forecast", null, null)));
		assertThat(text(this.bodies.get(0))).contains("\"resource\":{\"url\":\"https://api.example.test/v1/forecast\"}")
			.doesNotContain("null", "extra");
	}

	@Test
	void whenBuyerAddsMembersThenTheyAreNotPassedOn() {
		Map<String, Object> authorization = FacilitatorRequests.authorization();
		authorization.put("memo", "buyer text");
		Map<String, Object> payload = FacilitatorRequests.payload("authorization", authorization);
		payload.put("note", "buyer text");
		call("settle", new FacilitatorRequest(FacilitatorRequests.v2(payload), FacilitatorRequests.offer(Map.of()),
				FacilitatorRequests.RESOURCE));
		assertThat(text(this.bodies.get(0))).contains(FacilitatorRequests.SIGNATURE).doesNotContain("buyer");
	}

	@Test
	void whenPermit2IsUsedThenAuthorizationIsPassedOn() throws IOException {
		call("settle",
				new FacilitatorRequest(
						FacilitatorRequests
							.v2(FacilitatorRequests.payload("permit2Authorization", FacilitatorRequests.permit())),
						FacilitatorRequests.offer(Map.of(PaymentRequirements.ASSET_TRANSFER_METHOD, "permit2")),
						FacilitatorRequests.RESOURCE));
		assertThat(new JsonMapper().readValue(this.bodies.get(0), Map.class).get("paymentPayload"))
			.extracting("payload.permit2Authorization")
			.isEqualTo(FacilitatorRequests.permit());
	}

	@Test
	void whenLessIsChargedThenOnlyTheAmountToSettleIsLess() {
		Map<String, Object> permit = FacilitatorRequests.permit();
		permit.put("witness", Map.of("to", FacilitatorRequests.PAY_TO, "facilitator", FacilitatorRequests.PAYER,
				"validAfter", "0", "memo", "buyer text"));
		PaymentRequirements upto = new PaymentRequirements("upto", FacilitatorRequests.NETWORK,
				FacilitatorRequests.offer(Map.of()).amount(), FacilitatorRequests.ASSET, FacilitatorRequests.PAY_TO, 60,
				Map.of());
		call("settle",
				new FacilitatorRequest(
						FacilitatorRequests.v2(FacilitatorRequests.payload("permit2Authorization", permit)), upto,
						FacilitatorRequests.RESOURCE)
					.charging(BigInteger.TEN));
		JsonNode message = new JsonMapper().readTree(this.bodies.get(0));
		assertThat(message.at("/paymentRequirements/amount").asString()).isEqualTo("10");
		assertThat(message.at("/paymentPayload/accepted/amount").asString()).isEqualTo("50000");
		assertThat(message.at("/paymentPayload/payload/permit2Authorization/witness").propertyNames())
			.containsExactlyInAnyOrder("to", "facilitator", "validAfter");
	}

	@Test
	void whenBuyerSignedAPermitThenItsKnownMembersArePassedOn() {
		Map<String, Object> permit = new LinkedHashMap<>();
		for (String name : List.of("from", "asset", "spender", "amount", "nonce", "deadline", "signature")) {
			permit.put(name, name + " of the buyer");
		}
		permit.put("version", 1);
		permit.put("signature", "x".repeat(201));
		permit.put("memo", "buyer text");
		PaymentPayload.V2 payment = (PaymentPayload.V2) FacilitatorRequests
			.v2(FacilitatorRequests.payload("permit2Authorization", FacilitatorRequests.permit()));
		call("settle",
				new FacilitatorRequest(
						new PaymentPayload.V2(2, null, payment.accepted(), payment.payload(),
								Map.of("eip2612GasSponsoring", Map.of("info", permit), "other", Map.of("a", "b"))),
						FacilitatorRequests.offer(Map.of(PaymentRequirements.ASSET_TRANSFER_METHOD, "permit2")),
						FacilitatorRequests.RESOURCE));
		JsonNode extensions = new JsonMapper().readTree(this.bodies.get(0)).at("/paymentPayload/extensions");
		assertThat(extensions.propertyNames()).containsExactly("eip2612GasSponsoring");
		JsonNode info = extensions.at("/eip2612GasSponsoring/info");
		assertThat(info.propertyNames()).containsExactly("from", "asset", "spender", "amount", "nonce", "deadline",
				"signature", "version");
		assertThat(info.get("from").asString()).isEqualTo("from of the buyer");
		assertThat(info.get("signature").asString()).isEmpty();
		assertThat(info.get("version").asString()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			version, 1, true
			version, 1.0.2, true
			signedTransaction, 0x02f8, true
			amount, 115792089237316195423570985008687907853269984665640564039457584007913129639935, true
			signedTransaction, 02f8, false
			signedTransaction, 0x, false
			signedTransaction, 0x02f, false
			spender, Permit2, false
			amount, 1e3, false
			version, one, false
			from, 0x1111111111111111111111111111111111111111, false
			asset, 0x1111111111111111111111111111111111111111, false
			""")
	void whenBuyerSignedAnApprovalThenOnlyOneForThisPaymentIsPassedOn(String member, String value, boolean passed) {
		PaymentPayload.V2 payment = (PaymentPayload.V2) FacilitatorRequests
			.v2(FacilitatorRequests.payload("permit2Authorization", FacilitatorRequests.permit()));
		PaymentRequirements offer = FacilitatorRequests
			.offer(Map.of(PaymentRequirements.ASSET_TRANSFER_METHOD, "permit2"));
		Map<String, Object> approval = new LinkedHashMap<>(Map.of("from", FacilitatorRequests.PAYER, "asset",
				offer.asset(), "spender", "0x000000000022D473030F116dDEE9F6B43aC78BA3", "amount", "1",
				"signedTransaction", "0x" + "ab".repeat(180), "version", "1", "memo", "buyer text"));
		approval.put(member, value);
		call("verify",
				new FacilitatorRequest(
						new PaymentPayload.V2(2, null, payment.accepted(), payment.payload(),
								Map.of("erc20ApprovalGasSponsoring", Map.of("info", approval))),
						offer, FacilitatorRequests.RESOURCE));
		JsonNode extensions = new JsonMapper().readTree(this.bodies.get(0)).at("/paymentPayload/extensions");
		approval.remove("memo");
		assertThat(new JsonMapper().treeToValue(extensions.at("/erc20ApprovalGasSponsoring/info"), Object.class))
			.isEqualTo(passed ? approval : null);
	}

	@Test
	void whenAResourceIsDeclaredThenTheFacilitatorGetsTheSellersWordsAndNotTheBuyers() {
		PaymentPayload.V2 payment = (PaymentPayload.V2) FacilitatorRequests.v2().payload();
		FacilitatorRequest request = new FacilitatorRequest(
				new PaymentPayload.V2(2, null, payment.accepted(), payment.payload(),
						Map.of("bazaar", Map.of("info", "of the buyer"))),
				FacilitatorRequests.offer(Map.of()), FacilitatorRequests.RESOURCE,
				Map.of("bazaar", Map.of("info", "of the seller")));
		call("verify", request);
		call("settle", request.charging(BigInteger.TEN));
		assertThat(this.bodies).hasSize(2)
			.allSatisfy((body) -> assertThat(
					new JsonMapper().readTree(body).at("/paymentPayload/extensions/bazaar/info").asString())
				.isEqualTo("of the seller"));
	}

	@Test
	void whenCalledThenHeadersAreJsonAndThoseConfigured() {
		HttpFacilitatorSettings settings = settings().withHeaders(Map.of("X-Api-Key", "s3cret"));
		new HttpFacilitator(CLIENT, new PaymentCodec(), settings).verify(FacilitatorRequests.v2());
		assertThat(this.headers.get().getFirst("Content-Type")).isEqualTo("application/json");
		assertThat(this.headers.get().getFirst("Accept")).isEqualTo("application/json");
		assertThat(this.headers.get().getFirst("X-Api-Key")).isEqualTo("s3cret");
		assertThat(this.headers.get().getFirst("Content-Length")).isEqualTo("" + this.bodies.get(0).length);
	}

	@Test
	void whenSettledOnReactorThreadThenWaitsWithoutBlockingCall() {
		this.answer = new Answer(200, SETTLED);
		HttpFacilitator facilitator = facilitator();
		SettlementOutcome outcome = Mono.fromCallable(() -> facilitator.settle(FacilitatorRequests.v2()))
			.subscribeOn(Schedulers.parallel())
			.block(Duration.ofSeconds(2));
		assertThat(outcome).isInstanceOf(Settled.class);
	}

	@Test
	void whenSupportedIsAskedForThenAnswerIsKept() {
		this.answer = new Answer(200, """
				{"kinds":[{"x402Version":2,"scheme":"exact","network":"eip155:84532"},
				{"x402Version":1,"scheme":"exact","network":"base-sepolia","extra":{"a":1}}]}""");
		HttpFacilitator facilitator = facilitator();
		for (int i = 0; i < 3; i++) {
			assertThat(facilitator.supported().supports(ProtocolVersion.V2, "exact", "eip155:84532")).isTrue();
			assertThat(facilitator.supported().supports(ProtocolVersion.V1, "exact", "base-sepolia")).isTrue();
			assertThat(facilitator.supported().supports(ProtocolVersion.V2, "exact", "eip155:8453")).isFalse();
		}
		assertThat(this.requests).containsExactly("GET /facilitator/supported");
	}

	static Stream<Answer> uselessSupported() {
		return Stream.of(new Answer(500, "{\"kinds\":[]}"), new Answer(429, "{\"error\":\"rate limited\"}"),
				new Answer(200, "<html>"), new Answer(200, ""), new Answer(200, "null"), new Answer(200, "[]"),
				new Answer(200, "{}"), new Answer(200, "{\"kinds\":null}"), new Answer(200, "{\"kinds\":[null]}"),
				new Answer(200, "{\"kinds\":\"all\"}"));
	}

	@ParameterizedTest
	@MethodSource("uselessSupported")
	void whenSupportedIsAnsweredUselesslyThenThrows(Answer answer) {
		this.answer = answer;
		assertThatExceptionOfType(FacilitatorException.class).isThrownBy(() -> facilitator().supported());
	}

	private void call(String operation, FacilitatorRequest request) {
		if (operation.equals("verify")) {
			facilitator().verify(request);
		}
		else {
			facilitator().settle(request);
		}
	}

	private HttpFacilitator facilitator() {
		return new HttpFacilitator(CLIENT, new PaymentCodec(), settings());
	}

	private HttpFacilitatorSettings settings() {
		Duration timeout = Duration.ofSeconds(5);
		return HttpFacilitatorSettings.of("http://localhost:" + this.server.getAddress().getPort() + "/facilitator/")
			.withTimeouts(timeout, timeout, timeout);
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			this.requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
			this.headers.set(exchange.getRequestHeaders());
			this.bodies.add(exchange.getRequestBody().readAllBytes());
			byte[] body = this.answer.body().getBytes(StandardCharsets.UTF_8);
			this.answer.headers().forEach(exchange.getResponseHeaders()::set);
			exchange.sendResponseHeaders(this.answer.status(), (body.length > 0) ? 0 : -1);
			if (body.length > 0) {
				try (OutputStream out = exchange.getResponseBody()) {
					out.write(body);
				}
			}
		}
	}

	private static SettlementOutcome settled(String transaction, String network, String amount) {
		return new Settled(new SettlementResponse(true, null, null, FacilitatorRequests.PAYER, transaction, network,
				amount, null, null));
	}

	private static SettlementOutcome declined(ReasonCode code, String reason, String transaction) {
		return new Declined(code, new SettlementResponse(false, reason, null, FacilitatorRequests.PAYER, transaction,
				FacilitatorRequests.NETWORK, null, null, null));
	}

	private static Answer failure(int status, String reason, String transaction) {
		return new Answer(status, """
				{"success":false,"errorReason":"%s","errorMessage":"secret detail","transaction":"%s",\
				"network":"elsewhere","payer":"somebody","extra":{"a":"b"}}""".formatted(reason, transaction));
	}

	private static String fixture(String name) throws IOException {
		try (InputStream json = HttpFacilitatorTests.class.getResourceAsStream(name)) {
			return new JsonMapper().readTree(json).toString();
		}
	}

	private static String text(byte[] body) {
		return new String(body, StandardCharsets.UTF_8);
	}

	private record Answer(int status, String body, Map<String, String> headers) {

		Answer(int status, String body) {
			this(status, body, Map.of());
		}

		@Override
		public String toString() {
			return this.status + " " + this.body.substring(0, Math.min(60, this.body.length()));
		}

	}

}
