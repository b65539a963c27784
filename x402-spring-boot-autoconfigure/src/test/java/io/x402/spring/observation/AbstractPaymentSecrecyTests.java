/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.x402.spring.AccessPass;
import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.access.PassHeaders;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SignInPayload;
import io.x402.spring.web.mpp.MachineBuyer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * ObservedPayments over HTTP with every logger at {@code TRACE}. After each test neither
 * a log event nor a meter nor an observation may hold the signature, the nonce or the
 * header of a payment, nor the token of a pass, nor what a buyer signs in with.
 */
@SpringBootTest(classes = AbstractPaymentSecrecyTests.Application.class,
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "x402.network=base-sepolia",
				"logging.level.root=TRACE", "x402.base-url=https://shop.example", "x402.sign-in.enabled=true",
				"x402.mpp.enabled=true", "x402.passes.cookie=true" })
@DirtiesContext
abstract class AbstractPaymentSecrecyTests {

	private static final String SECRET = "a secret of challenges that is long enough";

	private static final RemoteFacilitator facilitator = new RemoteFacilitator();

	private final Eip3009Signer signer = new Eip3009Signer("1".repeat(64));

	private final PaymentCodec codec = new PaymentCodec();

	private final HttpClient http = HttpClient.newHttpClient();

	private final List<String> secrets = new ArrayList<>();

	private final List<String> headers = new ArrayList<>();

	private EverythingLogged log;

	private String path = "/paid";

	@LocalServerPort
	private int port;

	@Autowired
	private KeyValueCapture observations;

	@Autowired
	private SimpleMeterRegistry meters;

	@DynamicPropertySource
	static void facilitatorUrl(DynamicPropertyRegistry registry) {
		registry.add("x402.facilitator.url", facilitator::url);
		registry.add("x402.mpp.secret", () -> SECRET);
	}

	@BeforeEach
	void captureLog() {
		facilitator.verify = (request) -> RemoteFacilitator.valid();
		facilitator.settle = (request) -> RemoteFacilitator.settled(RemoteFacilitator.transaction());
		facilitator.status = 200;
		this.log = new EverythingLogged();
	}

	@AfterEach
	void assertNoSecretWasTold() {
		this.log.close();
		assertThat(this.secrets).isNotEmpty();
		assertThat(this.log.texts()).anyMatch((text) -> text.startsWith("TRACE "));
		assertHoldsNoSecret(this.log.texts().stream());
		assertHoldsNoSecret(this.observations.keyValues.stream());
		assertHoldsNoSecret(this.meters.getMeters().stream().map(Meter::getId).map(Meter.Id::toString));
	}

	@AfterAll
	static void restoreLevel() {
		((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.INFO);
	}

	@Test
	void whenPaymentIsSettledThenNoSecretIsTold() throws Exception {
		assertThat(get(ProtocolVersion.V2, payment(ProtocolVersion.V2)).statusCode()).isEqualTo(200);
		assertThat(get(ProtocolVersion.V1, payment(ProtocolVersion.V1)).statusCode()).isEqualTo(200);
		assertThat(String.join("", facilitator.requests)).contains(this.secrets);
		assertThat(this.observations.keyValues).anyMatch((text) -> text.contains("x402.settle"));
		assertThat(this.meters.find(PaymentMeters.PAYMENTS).tag("outcome", "settled").counter()).isNotNull();
	}

	@Test
	void whenPaymentIsSentTwiceThenNoSecretIsTold() throws Exception {
		String payment = payment(ProtocolVersion.V2);
		assertThat(get(ProtocolVersion.V2, payment).statusCode()).isEqualTo(200);
		assertThat(get(ProtocolVersion.V2, payment).headers().firstValue("Idempotent-Replayed")).contains("true");
	}

	@Test
	void whenVerificationFailsAndRepeatsThePaymentThenNoSecretIsTold() throws Exception {
		for (String reason : List.of("nonce", "signature")) {
			facilitator.verify = (request) -> "{\"isValid\":false,\"payer\":\"" + member(request, reason)
					+ "\",\"invalidReason\":\"" + member(request, reason) + "\",\"invalidMessage\":\""
					+ request.replace("\"", "\\\"") + "\"}";
			assertThat(get(ProtocolVersion.V2, payment(ProtocolVersion.V2)).statusCode()).isEqualTo(402);
		}
	}

	@Test
	void whenFacilitatorTakesNonceForPayerThenNoSecretIsTold() throws Exception {
		facilitator.verify = (request) -> "{\"isValid\":true,\"payer\":\"" + member(request, "nonce") + "\"}";
		assertThat(get(ProtocolVersion.V2, payment(ProtocolVersion.V2)).statusCode()).isEqualTo(402);
	}

	@Test
	void whenSettlementIsDeclinedAndRepeatsThePaymentThenNoSecretIsTold() throws Exception {
		facilitator.settle = RemoteFacilitator::declined;
		assertThat(get(ProtocolVersion.V2, payment(ProtocolVersion.V2)).statusCode()).isEqualTo(402);
	}

	@Test
	void whenOutcomeIsUnknownAndAnswerRepeatsThePaymentThenNoSecretIsTold() throws Exception {
		facilitator.status = 500;
		facilitator.settle = (request) -> request;
		assertThat(get(ProtocolVersion.V2, payment(ProtocolVersion.V2)).statusCode()).isEqualTo(503);
		facilitator.settle = (request) -> RemoteFacilitator.settled(member(request, "nonce"));
		assertThat(get(ProtocolVersion.V2, payment(ProtocolVersion.V2)).statusCode()).isEqualTo(503);
	}

	@Test
	void whenTransactionIsTheNonceThenNoSecretIsTold() throws Exception {
		facilitator.settle = (request) -> RemoteFacilitator.settled(member(request, "nonce"));
		assertThat(get(ProtocolVersion.V2, payment(ProtocolVersion.V2)).statusCode()).isEqualTo(200);
	}

	@Test
	void whenWalletPagePaysAndNavigatesThenNoSecretIsTold() throws Exception {
		String payment = payment(ProtocolVersion.V2);
		HttpResponse<String> paid = get("PAYMENT-SIGNATURE", payment, "X402-Page", "/paid");
		assertThat(paid.headers().firstValue("Set-Cookie").orElseThrow()).startsWith("_x402=" + payment);
		HttpResponse<String> opened = get("Cookie", "_x402=" + payment, "Sec-Fetch-Site", "same-origin",
				"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document");
		assertThat(opened.statusCode()).isEqualTo(200);
		assertThat(get("Cookie", "_x402=" + payment, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate",
				"Sec-Fetch-Dest", "document")
			.statusCode()).isEqualTo(402);
	}

	@Test
	void whenPaymentIsMalformedThenNoSecretIsTold() throws Exception {
		String payment = payment(ProtocolVersion.V2);
		assertThat(get(ProtocolVersion.V2, payment.substring(4)).statusCode()).isEqualTo(402);
		assertThat(get(ProtocolVersion.V2, payment.substring(0, payment.length() - 8)).statusCode()).isEqualTo(402);
		assertThat(get(ProtocolVersion.V2, "{" + payment).statusCode()).isEqualTo(402);
		assertThat(get(ProtocolVersion.V1, payment).statusCode()).isEqualTo(402);
		assertThat(raw("PAYMENT-SIGNATURE: " + payment + "\r\nPAYMENT-SIGNATURE: " + payment)).contains(" 400");
	}

	@Test
	void whenServerRefusesTheHeaderThenNoSecretIsTold() throws Exception {
		String payment = payment(ProtocolVersion.V2);
		assertThat(raw("PAYMENT-SIGNATURE : " + payment)).contains(" 400");
		assertThat(raw("PAYMENT-SIGNATURE: " + payment + "\u0001")).contains(" 400");
		assertThat(raw("PAYMENT-SIGNATURE: " + payment.repeat(100))).contains(" 4");
	}

	@Test
	void whenCredentialPaysThenNoSecretIsTold() throws Exception {
		String credential = credential();
		assertThat(get("Authorization", credential).statusCode()).isEqualTo(200);
		assertThat(get("Authorization", credential).headers().firstValue("Idempotent-Replayed")).contains("true");
		assertThat(get("Payment-Authorization", credential()).statusCode()).isEqualTo(200);
		assertThat(get("Authorization", credential().substring(0, 200)).statusCode()).isEqualTo(402);
		assertThat(get("Authorization", credential() + "A").statusCode()).isEqualTo(402);
		assertThat(raw("Authorization: " + credential() + "\r\nPayment-Authorization: " + credential)).contains(" 400");
		assertThat(raw("Authorization: " + credential() + "\u0001")).contains(" 400");
	}

	/**
	 * Sign what a challenge asks for, and look for it from now on.
	 */
	@SuppressWarnings("unchecked")
	private String credential() throws Exception {
		String credential = new MachineBuyer("1".repeat(64))
			.pay(MachineBuyer.challenges(get("Accept-Payment", "evm/charge")).get(0));
		String encoded = credential.substring("Payment ".length());
		Map<String, Object> payload = (Map<String, Object>) MachineBuyer.json(encoded).get("payload");
		this.secrets.addAll(List.of(SECRET, ((String) payload.get("signature")).substring(2),
				((String) payload.get("nonce")).substring(2)));
		this.headers.add(encoded.substring(4, encoded.length() - 8));
		return credential;
	}

	@Test
	void whenPassIsBoughtAndUsedThenItsTokenIsNotTold() throws Exception {
		this.path = "/pass";
		String payment = payment(ProtocolVersion.V2);
		String token = get(ProtocolVersion.V2, payment).headers().firstValue(PassHeaders.TOKEN).orElseThrow();
		this.headers.add(token.substring(33));
		assertThat(get(ProtocolVersion.V2, payment).headers().firstValue(PassHeaders.TOKEN)).contains(token);
		assertThat(get(PassHeaders.TOKEN, token).statusCode()).isEqualTo(200);
		assertThat(get(PassHeaders.TOKEN, token).statusCode()).isEqualTo(402);
		assertThat(get(PassHeaders.TOKEN, token + "A").statusCode()).isEqualTo(402);
		this.path = "/paid";
		assertThat(get(PassHeaders.TOKEN, token).statusCode()).isEqualTo(402);
	}

	@Test
	void whenBrowserKeepsAPassThenItsTokenIsNotTold() throws Exception {
		this.path = "/pass";
		HttpResponse<String> paid = get(ProtocolVersion.V2.paymentHeader(), payment(ProtocolVersion.V2),
				"Sec-Fetch-Site", "same-origin");
		String cookie = paid.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
		this.headers.add(cookie.split("=")[1]);
		assertThat(get("Cookie", cookie, "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(402);
		assertThat(get("Cookie", cookie, "Sec-Fetch-Site", "same-origin").statusCode()).isEqualTo(200);
		assertThat(get("Cookie", cookie, "Sec-Fetch-Site", "same-origin").statusCode()).isEqualTo(402);
	}

	@Test
	void whenOwnerSignsInThenNeitherNonceNorSignatureIsTold() throws Exception {
		this.path = "/pass";
		get(ProtocolVersion.V2, payment(ProtocolVersion.V2));
		String signIn = signIn();
		assertThat(get(SignInPayload.HEADER, signIn).statusCode()).isEqualTo(200);
		assertThat(get(SignInPayload.HEADER, signIn).statusCode()).isEqualTo(402);
		assertThat(get(SignInPayload.HEADER, signIn()).statusCode()).isEqualTo(402);
		assertThat(get(SignInPayload.HEADER, signIn().substring(4)).statusCode()).isEqualTo(402);
		assertThat(get(SignInPayload.HEADER, signIn() + "A").statusCode()).isEqualTo(402);
		assertThat(raw(SignInPayload.HEADER + ": " + signIn() + "\u0001")).contains(" 400");
	}

	/**
	 * Sign what the 402 response asks for, and look for it from now on.
	 */
	@SuppressWarnings("unchecked")
	private String signIn() throws Exception {
		PaymentRequiredDocument document = this.codec.decode(
				get("Accept", "*/*").headers().firstValue("PAYMENT-REQUIRED").orElseThrow(),
				PaymentRequiredDocument.class);
		Map<String, Object> extension = (Map<String, Object>) Objects.requireNonNull(document.extensions())
			.get(SignInPayload.KEY);
		Map<String, Object> message = new HashMap<>((Map<String, Object>) extension.get("info"));
		PrivateKeySigner account = new PrivateKeySigner("1".repeat(64));
		message.putAll(
				Map.of("address", account.address(), "chainId", "eip155:84532", "type", "eip191", "signature", "0x"));
		String text = this.codec.read(this.codec.write(message), SignInPayload.class).text();
		String signature = HexFormat.of().formatHex(account.sign(PersonalMessage.digest(text)));
		message.put("signature", "0x" + signature);
		String header = this.codec.encode(message);
		this.secrets.addAll(List.of(signature, String.valueOf(message.get("nonce"))));
		this.headers.add(header);
		return header;
	}

	private void assertHoldsNoSecret(Stream<String> told) {
		assertThat(told.toList()).isNotEmpty().allSatisfy((text) -> {
			assertThat(this.secrets).noneMatch(text.toLowerCase(Locale.ROOT)::contains);
			assertThat(this.headers).noneMatch(text::contains);
		});
	}

	/**
	 * Return a member of a payment in a request to the facilitator.
	 */
	private static String member(String request, String name) {
		return request.replaceFirst("(?s).*\"" + name + "\":\"([^\"]*)\".*", "$1");
	}

	private HttpResponse<String> get(ProtocolVersion version, String payment) throws Exception {
		return get(version.paymentHeader(), payment);
	}

	private HttpResponse<String> get(String... headers) throws Exception {
		return this.http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + this.path))
			.headers(headers)
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	private String raw(String lines) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			String request = "GET /paid HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\nConnection: close\r\n\r\n";
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			byte[] status = socket.getInputStream().readNBytes(12);
			return new String(status, StandardCharsets.ISO_8859_1);
		}
	}

	private String payment(ProtocolVersion version) throws Exception {
		String header = get("Accept", "application/json").headers()
			.firstValue(ProtocolVersion.PAYMENT_REQUIRED_HEADER)
			.orElseThrow();
		PaymentRequirements offer = this.codec.decode(header, PaymentRequiredDocument.class).accepts().get(0);
		EvmPayload.Eip3009 payload = this.signer.sign(offer, Instant.now());
		String payment = this.codec
			.encode((version == ProtocolVersion.V2) ? new PaymentPayload.V2(2, null, json(offer), payload.toMap(), null)
					: new PaymentPayload.V1(1, "exact", "base-sepolia", payload.toMap()));
		this.secrets.addAll(List.of(payload.signature().substring(2), payload.nonce().substring(2)));
		this.headers.add(payment.substring(4, payment.length() - 8));
		return payment;
	}

	private static Map<String, Object> json(PaymentRequirements offer) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("scheme", offer.scheme());
		json.put("network", offer.network());
		json.put("amount", offer.amount().toString());
		json.put("asset", offer.asset());
		json.put("payTo", offer.payTo());
		json.put("maxTimeoutSeconds", offer.maxTimeoutSeconds());
		json.put("extra", offer.extra());
		return json;
	}

	static final class KeyValueCapture implements ObservationHandler<Observation.Context> {

		final Queue<String> keyValues = new ConcurrentLinkedQueue<>();

		@Override
		public void onStop(Observation.Context context) {
			this.keyValues.add(context.getAllKeyValues() + " " + context + " " + context.getError());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SecurityFilterChain open(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
		}

		@Bean
		KeyValueCapture keyValueCapture() {
			return new KeyValueCapture();
		}

		@Bean
		PaidController paidController() {
			return new PaidController();
		}

	}

	@RestController
	static class PaidController {

		@GetMapping("/paid")
		@PaymentRequired(price = "$0.01")
		String paid(VerifiedPayment payment) {
			return "content for " + payment.payer();
		}

		@GetMapping("/pass")
		@PaymentRequired(price = "$0.01", pass = @Pass(uses = 2))
		String pass(Optional<AccessPass> pass) {
			return "content for " + pass;
		}

	}

}
