/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.access.PassHeaders;
import io.x402.spring.access.PassUse;
import io.x402.spring.access.Passes;
import io.x402.spring.evm.EvmAddress;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PassTerms;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.pricing.PricingRequest;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.Sha256;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassStore;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.http.server.PathContainer;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * A call with the token of a pass or balance, from its headers on.
 */
final class PassCall {

	private final String id = UUID.randomUUID().toString().replace("-", "");

	private final String token = this.id + "." + "c".repeat(43);

	private final Passes passes;

	private final PricedRequest priced;

	private final PaymentOffers offers;

	/**
	 * Sell a pass and start it.
	 * @param store keeps it
	 * @param handler name of the handler in {@link Handlers}
	 */
	PassCall(PassStore store, String handler) {
		HandlerPricing prices = HandlerPricing
			.builder(Networks.load(), new DefaultListableBeanFactory(), new PaymentCodec())
			.payTo(BenchmarkShop.PAY_TO)
			.networks(List.of("base-sepolia"))
			.versions(Set.of(ProtocolVersion.values()))
			.checksum(EvmAddress::hasValidChecksum)
			.passes(() -> true)
			.build();
		Pricing pricing = Objects.requireNonNull(prices.annotatedPricing(new HandlerMethod(new Handlers(),
				Objects.requireNonNull(ReflectionUtils.findMethod(Handlers.class, handler)))));
		this.priced = Objects.requireNonNull(PricedRequest.of(pricing, new Request()));
		this.offers = Objects.requireNonNull(this.priced.offers("https://shop.example.com/weather"));
		this.passes = new Passes(store, new byte[32]);
		PassTerms terms = Objects.requireNonNull(pricing.pass());
		PaymentRequirements paid = this.offers.accepts().get(this.offers.accepts().size() - 1);
		NewPass.Paid payment = new NewPass.Paid(paid.network(), paid.asset(), paid.amount(), paid.payTo(), "0xpayer",
				null);
		store.prepare(new NewPass(this.id, new Sha256().field(this.id).field("c".repeat(43)).value(), payment,
				terms.scope(), terms.duration(), terms.isBalance() ? (Long) Long.MAX_VALUE : terms.uses()), "1");
		store.start(this.id);
	}

	String id() {
		return this.id;
	}

	PassUse use() {
		PassUse use = Objects.requireNonNull(this.passes.use(this.priced, this.offers, this::header, null));
		if (!use.isGranted()) {
			throw new IllegalStateException(use.refusal().code());
		}
		return use;
	}

	private List<String> header(String name) {
		return PassHeaders.TOKEN.equals(name) ? List.of(this.token) : List.of();
	}

	static final class Handlers {

		@PaymentRequired(price = "$1", pass = @Pass(duration = "1h"))
		void hour() {
		}

		@PaymentRequired(price = "$0.001", topUp = "$5")
		void credit() {
		}

	}

	private record Request() implements PricingRequest {

		@Override
		public String method() {
			return "GET";
		}

		@Override
		public @Nullable PathContainer path() {
			return null;
		}

		@Override
		public Map<String, String> pathVariables() {
			return Map.of();
		}

		@Override
		public Object nativeRequest() {
			return BigInteger.ZERO;
		}

	}

}
