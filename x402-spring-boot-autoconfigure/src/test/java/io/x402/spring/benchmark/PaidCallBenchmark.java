/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.x402.spring.client.Payer;
import io.x402.spring.client.PaymentRequestInterceptor;
import io.x402.spring.client.SpendingPolicy;
import io.x402.spring.evm.PaymentSigner;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.SpendingLimit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.web.client.RestClient;

/**
 * A paid call of a {@code RestClient} without a network: by the buyer, and by a loop
 * written by hand that reads the offer, signs and asks again. Without {@code signature}
 * the signer answers at once.
 */
@State(Scope.Thread)
@Warmup(iterations = 10, time = 2)
public class PaidCallBenchmark extends AverageTimeBenchmark {

	private static final URI WEATHER = URI.create("https://shop.example.com/weather");

	private static final byte[] GOODS = "{\"city\":\"Hamburg\",\"celsius\":7}".getBytes(StandardCharsets.UTF_8);

	@Param({ "false", "true" })
	public boolean signature;

	private final PaymentCodec codec = new PaymentCodec();

	private PaymentSigner signer;

	private RestClient buyer;

	private RestClient plain;

	@Setup
	public void start() {
		this.signer = new PaymentSigner(this.signature ? new PrivateKeySigner("7".repeat(64)) : new InstantSigner());
		Payer payer = Payer.builder(this.signer, policy(), Clock.systemUTC()).build();
		this.plain = builder().build();
		this.buyer = builder().requestInterceptor(new PaymentRequestInterceptor(payer)).build();
		if (pay().length != GOODS.length || payByHand().length != GOODS.length) {
			throw new IllegalStateException("The seller did not deliver");
		}
	}

	@Benchmark
	public byte[] pay() {
		return Objects.requireNonNull(this.buyer.get().uri(WEATHER).retrieve().body(byte[].class));
	}

	@Benchmark
	public byte[] payByHand() {
		ResponseEntity<byte[]> unpaid = this.plain.get().uri(WEATHER).retrieve().toEntity(byte[].class);
		PaymentRequiredDocument document = this.codec.decode(
				Objects.requireNonNull(unpaid.getHeaders().getFirst(ProtocolVersion.PAYMENT_REQUIRED_HEADER)),
				PaymentRequiredDocument.class);
		PaymentRequirements offer = document.accepts().get(0);
		String payment = this.codec.encode(new PaymentPayload.V2(2, Map.of("url", document.resource().url()),
				accepted(offer), this.signer.sign(offer, Instant.now().plusSeconds(offer.maxTimeoutSeconds())), null));
		ResponseEntity<byte[]> paid = this.plain.get()
			.uri(WEATHER)
			.header(ProtocolVersion.V2.paymentHeader(), payment)
			.retrieve()
			.toEntity(byte[].class);
		this.codec.decode(Objects.requireNonNull(paid.getHeaders().getFirst(ProtocolVersion.V2.receiptHeader())),
				SettlementResponse.class);
		return Objects.requireNonNull(paid.getBody());
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> accepted(PaymentRequirements offer) {
		return this.codec.read(this.codec.write(offer), Map.class);
	}

	private static SpendingPolicy policy() {
		return new SpendingPolicy(new SpendingPolicy.Sellers(List.of("shop.example.com"), false, true, Map.of()),
				new SpendingPolicy.Offers(Set.of("eip155:84532"), Set.of(), Set.of("exact"), Set.of("authorization")),
				BigDecimal.ONE, null,
				List.of(new SpendingLimit(false, Duration.ofDays(1), BigDecimal.valueOf(1_000_000_000))));
	}

	private RestClient.Builder builder() {
		PaymentRequirements offer = new PaymentRequirements("exact", "eip155:84532", BigInteger.valueOf(1000),
				"0x036CbD53842c5426634e7929541eC2318f3dCF7e", BenchmarkShop.PAY_TO, 300,
				Map.of("name", "USDC", "version", "2"));
		String challenge = this.codec.encode(new PaymentRequiredDocument("Payment required",
				new ResourceInfo(WEATHER.toString(), "Weather of one city", "application/json"), List.of(offer)));
		String receipt = this.codec.encode(SettlementResponse.success("0x" + "5a".repeat(32), "eip155:84532", "0x1"));
		return RestClient.builder()
			.requestFactory((uri, method) -> request(uri, method, challenge, receipt))
			.defaultStatusHandler((status) -> true, (request, response) -> {
			});
	}

	private static ClientHttpRequest request(URI uri, HttpMethod method, String challenge, String receipt) {
		return new MockClientHttpRequest(method, uri) {

			@Override
			protected ClientHttpResponse executeInternal() {
				boolean paid = getHeaders().containsHeader(ProtocolVersion.V2.paymentHeader());
				MockClientHttpResponse response = new MockClientHttpResponse(paid ? GOODS : new byte[0],
						paid ? HttpStatus.OK : HttpStatus.PAYMENT_REQUIRED);
				response.getHeaders()
					.set(paid ? ProtocolVersion.V2.receiptHeader() : ProtocolVersion.PAYMENT_REQUIRED_HEADER,
							paid ? receipt : challenge);
				return response;
			}

		};
	}

	private static final class InstantSigner implements Signer {

		private final String address = new PrivateKeySigner("7".repeat(64)).address();

		@Override
		public String address() {
			return this.address;
		}

		@Override
		public byte[] sign(byte[] digest) {
			return new byte[65];
		}

	}

}
