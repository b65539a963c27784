/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.spring.AccessPass;
import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.evm.Signer;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SignInPayload;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Contract wallets that sign in to use what they have paid for.
 */
abstract class AbstractContractSignInTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static final Set<String> DOWN = ConcurrentHashMap.newKeySet();

	private static FlakyNode node;

	private final TestChain chain = TestChain.get();

	private final PaymentCodec codec = new PaymentCodec(64 * 1024);

	private final Signer owner = this.chain.richSigner();

	@LocalServerPort
	private int port;

	private String wallet;

	@DynamicPropertySource
	static void node(DynamicPropertyRegistry registry) throws IOException {
		node = new FlakyNode(TestChain.get(), DOWN::contains);
		registry.add("x402.pay-to", () -> Buyer.SELLER);
		registry.add("x402.base-url", () -> "https://shop.example");
		registry.add("x402.sign-in.enabled", () -> true);
		registry.add("x402.transfers.enabled", () -> true);
		registry.add("x402.transfers.secret", () -> "s".repeat(32));
		registry.add("x402.transfers.rpc.url", node::url);
	}

	@BeforeEach
	void prepare() {
		this.chain.mineAtOnce();
		this.wallet = TestChain.signer().address();
		this.chain.place("LabAccount", this.wallet);
		this.chain.send(this.owner.address(), new ContractCall(this.wallet,
				Abi.encode(Abi.selector("own(address)"), Abi.address(this.owner.address()))));
		await().atMost(Duration.ofSeconds(30))
			.until(() -> offers("/report").stream().anyMatch((offer) -> offer.scheme().equals("transfer")));
	}

	@AfterEach
	void repair() {
		DOWN.clear();
	}

	@Test
	void whenOwnerOfAWalletSignsThenItsPassIsUsedOnce() {
		pay("/report", 0);
		String signed = sign("/report", this.owner, Map.of());
		HttpResponse<String> used = get("/report", SignInPayload.HEADER, signed);
		assertThat(used.statusCode()).isEqualTo(200);
		assertThat(used.body()).isEqualToIgnoringCase("pass of " + this.wallet);
		assertThat(used.headers().firstValue("X402-Pass-Remaining")).contains("8");
		assertThat(code(get("/report", SignInPayload.HEADER, signed))).isEqualTo("sign_in_used");
	}

	@Test
	void whenSomebodyElseSignsThenNothingIsUsed() {
		pay("/report", 0);
		HttpResponse<String> refused = get("/report", SignInPayload.HEADER,
				sign("/report", TestChain.signer(), Map.of()));
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(code(refused)).isEqualTo("sign_in_invalid");
		assertThat(refused.headers().firstValue("X402-Pass-Remaining")).isEmpty();
		assertThat(get("/report", SignInPayload.HEADER, sign("/report", this.owner, Map.of())).headers()
			.firstValue("X402-Pass-Remaining")).contains("8");
	}

	@Test
	void whenWalletOwnsNothingThenNoNodeIsAsked() {
		int calls = node.calls("eth_getCode") + node.calls("eth_call");
		assertThat(code(get("/report", SignInPayload.HEADER, sign("/report", this.owner, Map.of()))))
			.isEqualTo("sign_in_invalid");
		assertThat(node.calls("eth_getCode") + node.calls("eth_call")).isEqualTo(calls);
	}

	@ParameterizedTest
	@ValueSource(strings = { "eth_getCode", "eth_call" })
	void whenNodeIsDownThenTheBuyerIsNotAskedToPayAgain(String method) {
		pay("/report", 0);
		DOWN.add(method);
		HttpResponse<String> refused = get("/report", SignInPayload.HEADER, sign("/report", this.owner, Map.of()));
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(code(refused)).isEqualTo("payments_unavailable");
		DOWN.clear();
		await().atMost(Duration.ofSeconds(30))
			.until(() -> get("/report", SignInPayload.HEADER, sign("/report", this.owner, Map.of()))
				.statusCode() == 200);
	}

	/**
	 * Whoever creates the contract on another network may be somebody else.
	 */
	@Test
	void whenWalletHasPaidOnAnotherNetworkThenItIsAnotherAccountHere() {
		pay("/report", 1);
		assertThat(code(get("/report", SignInPayload.HEADER, sign("/report", this.owner, Map.of()))))
			.isEqualTo("sign_in_invalid");
		HttpResponse<String> there = get("/report", SignInPayload.HEADER,
				sign("/report", this.owner, Map.of("chainId", "eip155:8453")));
		assertThat(there.statusCode()).isEqualTo(503);
	}

	@Test
	void whenBalanceIsTooLowThenOnlyItsOwnerIsToldWhatIsLeft() {
		topUp("/cheap");
		HttpResponse<String> foreign = get("/dear", SignInPayload.HEADER, sign("/dear", TestChain.signer(), Map.of()));
		assertThat(code(foreign)).isEqualTo("sign_in_invalid");
		assertThat(foreign.headers().firstValue("X402-Credit-Balance")).isEmpty();
		HttpResponse<String> own = get("/dear", SignInPayload.HEADER, sign("/dear", this.owner, Map.of()));
		assertThat(code(own)).isEqualTo("credit_insufficient");
		assertThat(own.headers().firstValue("X402-Credit-Balance")).contains("18000");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x", "0x1", "0xzz", "1234", "0x " })
	void whenSignatureIsNoBytesThenNoNodeIsAsked(String signature) {
		pay("/report", 0);
		int calls = node.calls("eth_getCode");
		assertThat(
				code(get("/report", SignInPayload.HEADER, sign("/report", this.owner, Map.of("signature", signature)))))
			.isEqualTo("sign_in_invalid");
		assertThat(node.calls("eth_getCode")).isEqualTo(calls);
	}

	@Test
	void whenAWalletIsShownTooOftenThenItMustWait() {
		pay("/report", 0);
		Signer other = TestChain.signer();
		HttpResponse<String> refused = get("/report");
		for (int i = 0; i < 31; i++) {
			refused = get("/report", SignInPayload.HEADER, sign("/report", other, Map.of()));
		}
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(code(refused)).isEqualTo("rate_limit_exceeded");
	}

	private void pay(String path, int offer) {
		pay(path, offers(path).get(offer));
	}

	private void topUp(String path) {
		pay(path,
				offers(path).stream()
					.filter((offer) -> offer.isTopUp() && offer.scheme().equals("exact"))
					.findFirst()
					.orElseThrow());
	}

	/**
	 * Pay as the wallet, in a way that only a facilitator can check.
	 */
	@SuppressWarnings("unchecked")
	private void pay(String path, PaymentRequirements offer) {
		Map<String, Object> payment = this.codec.decode(new Buyer().pay(offer), Map.class);
		Map<String, Object> payload = (Map<String, Object>) payment.get("payload");
		((Map<String, Object>) payload.get("authorization")).put("from", this.wallet);
		payload.put("signature", "0x" + "12".repeat(96));
		HttpResponse<String> paid = get(path, "PAYMENT-SIGNATURE", this.codec.encode(payment));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.headers().firstValue("X402-Pass")).isPresent();
	}

	private List<PaymentRequirements> offers(String path) {
		return Buyer.offers(get(path).headers());
	}

	/**
	 * Sign what a 402 response asks the wallet for.
	 */
	@SuppressWarnings("unchecked")
	private String sign(String path, Signer signer, Map<String, String> other) {
		Map<String, Object> extension = (Map<String, Object>) Buyer.document(get(path).headers())
			.extensions()
			.get(SignInPayload.KEY);
		Map<String, Object> message = new HashMap<>((Map<String, Object>) extension.get("info"));
		message.putAll(((List<Map<String, Object>>) extension.get("supportedChains")).get(0));
		message.put("address", this.wallet);
		message.put("signature", "0x");
		message.putAll(other);
		if (!other.containsKey("signature")) {
			SignInPayload payload = this.codec.read(this.codec.write(message), SignInPayload.class);
			message.put("signature",
					"0x" + HexFormat.of().formatHex(signer.sign(PersonalMessage.digest(payload.text()))));
		}
		return this.codec.encode(message);
	}

	private static String code(HttpResponse<String> response) {
		int start = response.body().indexOf("\"code\":\"") + 8;
		return response.body().substring(start, response.body().indexOf('"', start));
	}

	private HttpResponse<String> get(String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.timeout(Duration.ofMinutes(1));
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			return CLIENT.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException | InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Reports.class)
	static class Shop {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

	}

	@RestController
	static class Reports {

		@PaymentRequired(price = "$0.10", network = { "base-sepolia", "base" }, pass = @Pass(uses = 10))
		@GetMapping("/report")
		String report(Optional<AccessPass> pass) {
			return pass.map((present) -> "pass of " + present.payer()).orElse("paid");
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.02")
		@GetMapping("/cheap")
		String cheap() {
			return "goods";
		}

		@PaymentRequired(price = "$0.019", topUp = "$0.02")
		@GetMapping("/dear")
		String dear() {
			return "goods";
		}

	}

}
