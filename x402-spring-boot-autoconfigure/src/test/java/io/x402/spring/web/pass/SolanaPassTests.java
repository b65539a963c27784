/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

import io.x402.spring.Pass;
import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.access.Passes;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SignInPayload;
import io.x402.spring.signin.SolanaAccount;
import io.x402.spring.store.PassRecord;
import io.x402.spring.web.edge.Container;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A payment on Solana does not name its payer, whom its verification or its settlement
 * names. Buyers find their passes by signing in all the same.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY,
				"x402.pay-to=2wKupLR9q6wXYppw8Gr2NvWxKBUqm4PPJKkQfoxHDBg4", "x402.network=solana-devnet",
				"x402.settlement.verify-upfront=false", "x402.settlement.max-repeat-wait=0s",
				"x402.sign-in.enabled=true", "x402.base-url=" + SignInShop.BASE_URL })
class SolanaPassTests {

	private static final SolanaAccount ACCOUNT = new SolanaAccount();

	private final PaymentCodec codec = new PaymentCodec(64 * 1024);

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private Passes passes;

	private PassClient client;

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
		this.passes.latest(null, 100).forEach((pass) -> this.passes.revoke(pass.pass().id()));
		this.facilitator.verifying(() -> new VerificationOutcome.Valid(ACCOUNT.address()));
		settle();
	}

	private void settle() {
		this.facilitator.settling((request) -> new SettlementOutcome.Settled(SettlementResponse
			.success(ACCOUNT.sign(UUID.randomUUID().toString()), request.requirements().network(), ACCOUNT.address())));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/report", "/upfront" })
	void whenPayerIsVerifiedOrSettledThenItsPassIsFoundBySigningIn(String path) {
		HttpResponse<String> paid = this.client.pay(path, payment(path));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertFound(path);
	}

	@Test
	void whenHandlerHasRunBeforeThePaymentIsSettledThenItsPassIsFoundBySigningIn() {
		this.facilitator
			.settling((request) -> new SettlementOutcome.NotExecuted(ReasonCode.FACILITATOR_UNAVAILABLE, "out of gas"));
		String payment = payment("/report");
		assertThat(this.client.pay("/report", payment).statusCode()).isEqualTo(503);
		settle();
		HttpResponse<String> paid = this.client.pay("/report", payment);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(PassClient.token(paid)).isNotEmpty();
		assertFound("/report");
	}

	private void assertFound(String path) {
		int settled = this.facilitator.settled();
		List<PassRecord> sold = this.passes.latest(ACCOUNT.address(), 10);
		assertThat(sold).filteredOn(PassRecord::isUsable).hasSize(1);
		HttpResponse<String> served = this.client.get(path, SignInWallet.HEADER, sign(this.client.get(path).headers()));
		assertThat(served.statusCode()).isEqualTo(200);
		assertThat(PassClient.header(served, PassClient.REMAINING)).isEqualTo("1");
		assertThat(this.facilitator.settled()).isEqualTo(settled);
	}

	private String payment(String path) {
		byte[] transaction = ByteBuffer.allocate(80)
			.put((byte) 1)
			.putInt(70, ThreadLocalRandom.current().nextInt())
			.array();
		return this.codec.encode(Payments.payment(Buyer.offers(this.client.get(path).headers()).get(0),
				Map.of("transaction", Base64.getEncoder().encodeToString(transaction))));
	}

	@SuppressWarnings("unchecked")
	private String sign(HttpHeaders challenge) {
		Map<String, Object> extensions = Buyer.document(challenge).extensions();
		Map<String, Object> extension = (Map<String, Object>) ((extensions != null) ? extensions : Map.of())
			.get(SignInPayload.KEY);
		Map<String, Object> message = new HashMap<>((Map<String, Object>) extension.get("info"));
		message.putAll(((List<Map<String, Object>>) extension.get("supportedChains")).get(0));
		message.putAll(Map.of("address", ACCOUNT.address(), "signature", "x"));
		SignInPayload payload = this.codec.read(this.codec.write(message), SignInPayload.class);
		message.put("signature", ACCOUNT.sign(payload.text()));
		return this.codec.encode(message);
	}

	/**
	 * A shop that is paid on Solana.
	 */
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

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3))
		@GetMapping("/report")
		String report() {
			return "goods";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3), flow = PaymentFlow.UPFRONT)
		@GetMapping("/upfront")
		String upfront() {
			return "goods";
		}

	}

}
