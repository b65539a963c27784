/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import io.x402.spring.autoconfigure.facilitator.FacilitatorConnectionDetails;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.settlement.Buyer;
import io.x402.spring.web.settlement.FacilitatorStub;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Payment;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Payments that only the facilitator can tell from garbage, at a facilitator that is slow
 * and takes {@value #CALLS} verifications at the same time.
 */
abstract class AbstractVerificationShareTests {

	static final String CONFIGURED = """
			x402.facilitator.limits.max-concurrent-verifications=4
			x402.facilitator.verify-timeout=60s
			x402.facilitator.supported.check=false
			""";

	private static final int CALLS = 4;

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private final Buyer buyer = new Buyer();

	private final CountDownLatch responding = new CountDownLatch(1);

	@Autowired
	private FacilitatorStub facilitator;

	@LocalServerPort
	private int port;

	@Test
	void whenJunkNamesEverNewPayersThenHalfOfTheCallsAreLeftToPlainAccounts() throws Exception {
		PaymentRequirements offer = Buyer.offers(CLIENT.send(request(), BodyHandlers.ofString()).headers()).get(0);
		Script junk = this.facilitator.scriptOthers(SettleBehaviour.DECLINED).invalid().atVerify(this::awaitResponse);
		try {
			List<CompletableFuture<HttpResponse<String>>> refused = new ArrayList<>();
			for (int number = 1; number <= CALLS; number++) {
				refused.add(send(garbage(offer, number)));
			}
			await().until(() -> junk.verifications() + finished(refused) == CALLS);
			CyclicBarrier both = new CyclicBarrier(2);
			for (CompletableFuture<HttpResponse<String>> paid : Stream.of(1, 2).map((i) -> buy(offer, both)).toList()) {
				assertThat(paid.get(30, TimeUnit.SECONDS)).returns(200, HttpResponse::statusCode)
					.returns("goods", HttpResponse::body);
			}
			assertThat(junk.verifications()).isEqualTo(CALLS / 2);
			this.responding.countDown();
			List<HttpResponse<String>> responses = new ArrayList<>();
			for (CompletableFuture<HttpResponse<String>> response : refused) {
				responses.add(response.get(30, TimeUnit.SECONDS));
			}
			assertThat(responses).extracting(HttpResponse::statusCode).containsExactlyInAnyOrder(402, 402, 503, 503);
			assertThat(responses).filteredOn((response) -> response.statusCode() == 503).allSatisfy((response) -> {
				assertThat(response.body()).contains("verification_limit_exceeded");
				assertThat(response.headers().firstValue("Retry-After")).isPresent();
			});
		}
		finally {
			this.responding.countDown();
		}
	}

	private static int finished(List<CompletableFuture<HttpResponse<String>>> responses) {
		return (int) responses.stream().filter(CompletableFuture::isDone).count();
	}

	/**
	 * Buy with a plain account, at the same time as another buyer.
	 */
	private CompletableFuture<HttpResponse<String>> buy(PaymentRequirements offer, CyclicBarrier together) {
		Payment payment = this.buyer.sign(offer);
		this.facilitator.script(payment, SettleBehaviour.SETTLED).atVerify(() -> arrive(together));
		return send(payment.value());
	}

	private CompletableFuture<HttpResponse<String>> send(String payment) {
		return CLIENT.sendAsync(request("PAYMENT-SIGNATURE", payment), BodyHandlers.ofString());
	}

	private HttpRequest request(String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/never"));
		return ((headers.length > 0) ? request.headers(headers) : request).build();
	}

	/**
	 * Return a payment that may be that of a contract wallet.
	 */
	private String garbage(PaymentRequirements offer, int number) {
		EvmPayload.Eip3009 signed = this.buyer.sign(offer).authorization();
		EvmPayload.Eip3009 unsigned = new EvmPayload.Eip3009("0x" + "11".repeat(65), "0x%040x".formatted(number),
				signed.to(), signed.value(), signed.validAfter(), signed.validBefore(), signed.nonce());
		return new PaymentCodec().encode(Payments.payment(offer, unsigned.toMap()));
	}

	private void awaitResponse() {
		try {
			this.responding.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void arrive(CyclicBarrier barrier) {
		try {
			barrier.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException | BrokenBarrierException | TimeoutException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(QuotaShop.Controllers.class)
	static class Shop {

		@Bean
		FacilitatorStub facilitatorStub() {
			return FacilitatorStub.start();
		}

		@Bean
		FacilitatorConnectionDetails facilitatorConnectionDetails(FacilitatorStub facilitator) {
			return () -> URI.create(facilitator.url());
		}

	}

}
