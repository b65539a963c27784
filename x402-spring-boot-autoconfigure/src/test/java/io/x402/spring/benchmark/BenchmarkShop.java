/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.evm.EvmAddress;
import io.x402.spring.evm.Permit2SignatureCheck;
import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.PaymentProcessorSettings;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.web.RedeliverySettings;
import io.x402.spring.web.RefusalDocuments;
import io.x402.spring.web.paywall.WalletPage;
import io.x402.spring.web.servlet.DefaultPaymentRequiredEntryPoint;
import io.x402.spring.web.servlet.DefaultResourceUrlResolver;
import io.x402.spring.web.servlet.MvcPayments;
import io.x402.spring.web.servlet.PaymentFilters;
import io.x402.spring.web.servlet.PaymentRequiredEntryPoint;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * The starter put together as auto-configuration does it, with default settings, without
 * an application context and with a facilitator that answers at once.
 */
final class BenchmarkShop {

	static final int HOLD_LIMIT = 64 * 1024;

	static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final String URI = "/weather";

	private static final String BASE_URL = "https://shop.example.com";

	private static final int HEADER_BUDGET = 6 * 1024;

	private static final Set<ProtocolVersion> VERSIONS = Set.of(ProtocolVersion.values());

	private final Eip3009Signer signer = new Eip3009Signer("0x" + "7".repeat(64));

	private final PaymentCodec codec = new PaymentCodec();

	private final Networks networks = Networks.load();

	static final RedeliverySettings REDELIVERY = new RedeliverySettings(true, 65536, 1 << 26, List.of("ETag"),
			List.of("Accept"));

	private final Filter filter = new PaymentFilters(this.codec, VERSIONS)
		.holding(new PaymentFilters.Limits(HOLD_LIMIT, 64 * 1024, 32 * 1024, 32 * 1024), REDELIVERY, this::mayLetIn);

	private final Filter corsFilter = PaymentFilters.cors();

	private final HandlerPricing pricing;

	BenchmarkShop() {
		this.pricing = HandlerPricing.builder(this.networks, new DefaultListableBeanFactory(), this.codec)
			.payTo(PAY_TO)
			.networks(List.of("base-sepolia"))
			.versions(VERSIONS)
			.headerLimit(HEADER_BUDGET)
			.checksum(EvmAddress::hasValidChecksum)
			.build();
	}

	HandlerPricing pricing() {
		return this.pricing;
	}

	/**
	 * Know of all prices that none lets requests in without a payment, as an application
	 * does once it has started.
	 */
	BenchmarkShop started() {
		this.pricing.catalog(Stream.empty());
		return this;
	}

	private boolean mayLetIn() {
		return this.pricing.mayLetIn();
	}

	PaymentCodec codec() {
		return this.codec;
	}

	Filter filter() {
		return this.filter;
	}

	Filter corsFilter() {
		return this.corsFilter;
	}

	HandlerInterceptor interceptor(PaymentRequiredEntryPoint entryPoint, PayloadCheck... checks) {
		return MvcPayments.builder(this.pricing, processor(checks), this.codec, entryPoint, REDELIVERY)
			.versions(VERSIONS)
			.urls(new DefaultResourceUrlResolver(BASE_URL))
			.build()
			.interceptor();
	}

	/**
	 * Let an interceptor that throws what servlets throw decide about a request.
	 */
	static boolean preHandle(HandlerInterceptor interceptor, HttpServletRequest request, HttpServletResponse response,
			Object handler) throws IOException, ServletException {
		try {
			return interceptor.preHandle(request, response, handler);
		}
		catch (IOException | ServletException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	PaymentRequiredEntryPoint entryPoint() {
		return new DefaultPaymentRequiredEntryPoint(new RefusalDocuments(402, true, new WalletPage(this.networks)));
	}

	PaymentProcessor processor(PayloadCheck... checks) {
		return PaymentProcessor
			.builder(new InstantFacilitator(this.signer.address()), new ForgetfulStore(), this.networks,
					new PaymentProcessorSettings(Duration.ofSeconds(2), Duration.ofMinutes(15), Duration.ofMinutes(15),
							3, PaymentIdentifiers.OFF),
					Clock.systemUTC())
			.checks(List.of(checks))
			.build();
	}

	static PayloadCheck[] checks(boolean signatures) {
		PayloadCheck exact = new EvmPayloadCheck(Clock.systemUTC());
		return signatures ? new PayloadCheck[] { exact, new Eip3009SignatureCheck(), new Permit2SignatureCheck() }
				: new PayloadCheck[] { exact };
	}

	PaymentOffers offers() {
		return new PaymentOffers(new ResourceInfo(BASE_URL + URI, "Weather of one city", "application/json"),
				List.of(new PaymentRequirements("exact", "eip155:84532", BigInteger.valueOf(1000),
						"0x036CbD53842c5426634e7929541eC2318f3dCF7e", PAY_TO, 300,
						Map.of("name", "USDC", "version", "2"))));
	}

	/**
	 * Sign a payment for the offers that is valid for an hour.
	 * @return value of the {@code PAYMENT-SIGNATURE} header
	 */
	String payment() {
		PaymentOffers offers = offers();
		PaymentRequirements offer = offers.accepts().get(0);
		return payment(this.codec, this.signer, offers.resource(), offer);
	}

	static String payment(PaymentCodec codec, Eip3009Signer signer, ResourceInfo resource, PaymentRequirements offer) {
		Map<String, Object> accepted = new LinkedHashMap<>();
		accepted.put("scheme", offer.scheme());
		accepted.put("network", offer.network());
		accepted.put("amount", offer.amount().toString());
		accepted.put("asset", offer.asset());
		accepted.put("payTo", offer.payTo());
		accepted.put("maxTimeoutSeconds", offer.maxTimeoutSeconds());
		accepted.put("extra", offer.extra());
		Instant end = Instant.now().plus(Duration.ofHours(1));
		return codec.encode(new PaymentPayload.V2(2, Map.of("url", resource.url()), accepted,
				signer.sign(offer, Instant.EPOCH, end).toMap(), null));
	}

	static TomcatExchange unpaid() {
		return new TomcatExchange(URI, Map.of());
	}

	TomcatExchange paid() {
		return new TomcatExchange(URI, Map.of(ProtocolVersion.V2.paymentHeader(), payment()));
	}

	static HandlerMethod handler(String name) {
		return new HandlerMethod(new Handlers(),
				Objects.requireNonNull(ReflectionUtils.findMethod(Handlers.class, name)));
	}

	static final class Handlers {

		@PaymentRequired(price = "$0.001", description = "Weather of one city", mimeType = "application/json")
		void priced() {
		}

		void unpriced() {
		}

	}

}
