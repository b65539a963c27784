/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.x402.spring.PaymentRequired;
import io.x402.spring.evm.EvmAddress;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.TransferQuotes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.http.server.PathContainer;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.method.HandlerMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Quotes for the offers of one request.
 */
class TransferOffersTests {

	private final TransferOffers transfers = new TransferOffers(
			new TransferQuotes("s".repeat(32).getBytes(), Duration.ofMinutes(15), Duration.ofHours(2)),
			(network) -> true, Map.of(), Clock.systemUTC());

	@Test
	void whenARequestHasSeveralOffersThenItsTraitsAreReadOnce() {
		Request request = new Request();
		PricedRequest priced = new PricedRequest(pricing(), request, () -> null, this.transfers);
		PaymentOffers offers = Objects.requireNonNull(priced.offers("https://shop.test/goods"));
		List<PaymentRequirements> quotes = offers.accepts()
			.stream()
			.filter((offer) -> offer.scheme().equals("transfer"))
			.toList();
		assertThat(quotes).hasSize(2);
		assertThat(request.reads).isOne();
		PaymentOffers payable = priced.payable(offers,
				Payments.payment(quotes.get(1),
						Map.of("signature", "0x" + "00".repeat(65), "transfer",
								Map.of("quote", Objects.requireNonNull(quotes.get(1).extraText("quote")), "from",
										Payments.PAYER, "transaction", Payments.TRANSACTION))));
		assertThat(payable.accepts()).contains(quotes.get(1)).doesNotContain(quotes.get(0));
		assertThat(request.reads).isOne();
	}

	@Test
	void whenNothingIsQuotedThenTraitsAreNotRead() {
		Request request = new Request();
		TransferOffers none = new TransferOffers(
				new TransferQuotes("s".repeat(32).getBytes(), Duration.ofMinutes(15), Duration.ofHours(2)),
				(network) -> false, Map.of(), Clock.systemUTC());
		new PricedRequest(pricing(), request, () -> null, none).offers("https://shop.test/goods");
		assertThat(request.reads).isZero();
	}

	private static Pricing pricing() {
		HandlerPricing prices = HandlerPricing
			.builder(Networks.load(), new DefaultListableBeanFactory(), new PaymentCodec())
			.payTo(Payments.SELLER)
			.networks(List.of("base-sepolia"))
			.versions(Set.of(ProtocolVersion.values()))
			.checksum(EvmAddress::hasValidChecksum)
			.build();
		return Objects.requireNonNull(prices.annotatedPricing(new HandlerMethod(new Handlers(),
				Objects.requireNonNull(ReflectionUtils.findMethod(Handlers.class, "goods")))));
	}

	static final class Handlers {

		@PaymentRequired(price = "$0.05", network = { "base-sepolia", "base" })
		void goods() {
		}

	}

	private static final class Request implements PricingRequest {

		private int reads;

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
		public String traits() {
			return "read " + ++this.reads;
		}

		@Override
		public Object nativeRequest() {
			return this;
		}

	}

}
