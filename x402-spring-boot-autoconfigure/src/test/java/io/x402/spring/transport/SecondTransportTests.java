/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import io.x402.spring.PaymentRequired;
import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.PaymentProcessorSettings;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.web.PaymentGate;
import io.x402.spring.web.PaymentHeaders;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.RedeliverySettings;
import io.x402.spring.web.RefusalDocuments;
import io.x402.spring.web.paywall.WalletPage;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A transport that is no servlet container sells with the public types of {@code web},
 * {@code pricing} and {@code payment}.
 */
class SecondTransportTests {

	private final Networks networks = Networks.load();

	private final PaymentCodec codec = new PaymentCodec();

	private final FacilitatorDouble facilitator = new FacilitatorDouble();

	private final Report report = new Report();

	private final Buyer buyer = new Buyer();

	private final HttpClient client = HttpClient.newHttpClient();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private HttpServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/report", transport());
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	private MiniTransport transport() {
		EnumSet<ProtocolVersion> versions = EnumSet.allOf(ProtocolVersion.class);
		RedeliverySettings redelivery = new RedeliverySettings(true, 1 << 16, 1 << 20, List.of("ETag"),
				List.of("Accept"));
		HandlerPricing pricing = HandlerPricing.builder(this.networks, new DefaultListableBeanFactory(), this.codec)
			.payTo("0x209693Bc6afc0C5328bA36FaF03C514EF312287C")
			.networks(List.of("base-sepolia"))
			.build();
		return new MiniTransport(pricing,
				new PaymentGate(new PaymentHeaders(this.codec, versions), processor(), redelivery),
				new PaymentReceipts(this.codec, redelivery),
				new RefusalDocuments(402, true, new WalletPage(this.networks)), this.report);
	}

	private PaymentProcessor processor() {
		Clock clock = Clock.systemUTC();
		return PaymentProcessor
			.builder(this.facilitator, new InMemoryPaymentStore(100, clock), this.networks,
					new PaymentProcessorSettings(Duration.ofSeconds(2), Duration.ofMinutes(15), Duration.ofMinutes(15),
							3, PaymentIdentifiers.OFF),
					clock)
			.checks(List.of(new EvmPayloadCheck(clock), new Eip3009SignatureCheck()))
			.build();
	}

	@Test
	void whenUnpaidThenOffersAreMadeInHeaderAndBody() throws Exception {
		HttpResponse<String> response = get(Map.of());
		assertThat(response.statusCode()).isEqualTo(402);
		assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
		assertThat(Buyer.offers(response.headers())).singleElement()
			.satisfies((offer) -> assertThat(offer.amount()).isEqualTo(50_000));
		assertThat(response.body()).contains("\"accepts\"");
		assertThat(this.report.runs).hasValue(0);
	}

	@Test
	void whenABrowserAsksThenItGetsThePage() throws Exception {
		HttpResponse<String> response = get(Map.of("User-Agent", "Mozilla/5.0", "Accept", "text/html"));
		assertThat(response.statusCode()).isEqualTo(402);
		assertThat(response.headers().firstValue("Content-Security-Policy")).isPresent();
		assertThat(response.body()).contains("<html", "0.05 USDC");
	}

	@Test
	void whenPaidThenContentIsDeliveredWithAReceiptOnceSettled() throws Exception {
		HttpResponse<String> response = pay(payment());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("goods");
		assertThat(receipt(response).success()).isTrue();
		assertThat(response.headers().firstValue("Cache-Control")).contains("private");
		assertThat(response.headers().allValues("Vary")).contains("PAYMENT-SIGNATURE", "X-PAYMENT");
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenSettlementIsDeclinedThenNothingOfTheHandlerLeaves() throws Exception {
		this.facilitator.settling((request) -> new SettlementOutcome.Declined(ReasonCode.SETTLEMENT_DECLINED,
				SettlementResponse.failure("insufficient_funds", request.requirements().network(), request.payer())));
		HttpResponse<String> response = pay(payment());
		assertThat(response.statusCode()).isEqualTo(402);
		assertThat(response.body()).doesNotContain("goods");
		assertThat(response.headers().firstValue("ETag")).isEmpty();
		assertThat(receipt(response).success()).isFalse();
		assertThat(this.report.runs).hasValue(1);
	}

	@Test
	void whenRepeatedThenTheResponseIsRedelivered() throws Exception {
		String payment = payment();
		HttpResponse<String> first = pay(payment);
		HttpResponse<String> again = pay(payment);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEqualTo("goods");
		assertThat(again.headers().firstValue("ETag")).isEqualTo(first.headers().firstValue("ETag")).isPresent();
		assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
		assertThat(receipt(again)).isEqualTo(receipt(first));
		assertThat(this.report.runs).hasValue(1);
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenRepeatedForAnotherRequestThenThePaymentIsBound() throws Exception {
		String payment = payment();
		pay(payment);
		HttpResponse<String> other = get(Map.of("PAYMENT-SIGNATURE", payment, "Accept", "text/csv"));
		assertThat(other.statusCode()).isEqualTo(ReasonCode.PAYMENT_ALREADY_BOUND.status());
		assertThat(other.body()).doesNotContain("goods");
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenTheHandlerThrowsThenNothingIsCharged() throws Exception {
		this.report.status = 0;
		assertThat(pay(payment()).statusCode()).isEqualTo(500);
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenTheHandlerRespondsWithAnErrorThenNothingIsChargedAndItsHeadersAreWithheld() throws Exception {
		this.report.status = 404;
		HttpResponse<String> response = pay(payment());
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.headers().firstValue("ETag")).isEmpty();
		assertThat(response.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenThePaymentCannotBeReadThenItIsRefusedWithAFreshChallenge() throws Exception {
		HttpResponse<String> response = pay("garbage");
		assertThat(response.statusCode()).isEqualTo(402);
		assertThat(Buyer.offers(response.headers())).hasSize(1);
		assertThat(this.facilitator.verifications()).isEmpty();
	}

	@Test
	void whenABuyerSendsAConditionThenThePaidHandlerDoesNotSeeIt() throws Exception {
		HttpResponse<String> response = get(Map.of("PAYMENT-SIGNATURE", payment(), "If-None-Match", "\"1\""));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	private String payment() throws Exception {
		return this.buyer.pay(Buyer.offers(get(Map.of()).headers()).get(0));
	}

	private SettlementResponse receipt(HttpResponse<String> response) {
		return this.codec.decode(response.headers().firstValue("PAYMENT-RESPONSE").orElseThrow(),
				SettlementResponse.class);
	}

	private HttpResponse<String> pay(String payment) throws Exception {
		return get(Map.of("PAYMENT-SIGNATURE", payment));
	}

	private HttpResponse<String> get(Map<String, String> headers) throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + this.server.getAddress().getPort() + "/report"))
			.timeout(Duration.ofSeconds(60));
		headers.forEach(request::header);
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	/**
	 * Sold for five cents.
	 */
	@PaymentRequired(price = "$0.05")
	static final class Report implements MiniTransport.Handler {

		private final AtomicInteger runs = new AtomicInteger();

		private volatile int status = 200;

		@Override
		public MiniTransport.Response handle(MiniTransport.Request request) {
			this.runs.incrementAndGet();
			if (this.status == 0) {
				throw new IllegalStateException("The report is not available");
			}
			HttpHeaders headers = new HttpHeaders();
			headers.setETag("\"1\"");
			headers.set("Payment-Response", "forged");
			boolean unchanged = request.headers("If-None-Match").contains("\"1\"");
			return new MiniTransport.Response(unchanged ? 304 : this.status, headers,
					"goods".getBytes(StandardCharsets.UTF_8));
		}

	}

}
