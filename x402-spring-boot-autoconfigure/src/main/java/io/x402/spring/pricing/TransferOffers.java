/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.TransferQuotes;

/**
 * Adds an offer of scheme {@code transfer} beside each price of scheme {@code exact}, for
 * buyers that can only send: a quote for this request, of which nothing is stored.
 *
 * @since 0.2.0
 */
public final class TransferOffers {

	private final TransferQuotes quotes;

	private final Predicate<String> quotable;

	private final Map<String, Object> depth;

	private final Clock clock;

	/**
	 * Create an instance.
	 * @param quotes makes quotes
	 * @param quotable returns without waiting whether transfers on a network, given by
	 * its CAIP-2 identifier, can be seen at present. None is asked for elsewhere
	 * @param depth what offers say of how deep in the chain a transfer must be, by name
	 * of the entry in {@code extra}
	 * @param clock the time
	 */
	public TransferOffers(TransferQuotes quotes, Predicate<String> quotable, Map<String, Object> depth, Clock clock) {
		this.quotes = quotes;
		this.quotable = quotable;
		this.depth = Map.copyOf(depth);
		this.clock = clock;
	}

	/**
	 * Quote the prices of a request, after all other offers.
	 * @param traits what tells the request from others of its method and URL
	 */
	PaymentOffers quote(PaymentOffers offers, String method, Supplier<String> traits) {
		Map<Object, PaymentRequirements> quoted = new LinkedHashMap<>();
		for (PaymentRequirements offer : offers.accepts()) {
			if (Schemes.of(offer) == Schemes.EXACT && Schemes.TRANSFER.isOn(offer.networkId())
					&& offer.amount().signum() > 0 && this.quotable.test(offer.network())) {
				quoted.computeIfAbsent(
						List.of(offer.network(), offer.asset(), offer.payTo(), offer.amount(), offer.isTopUp()),
						(key) -> quote(offer, method, offers.resource().url(), traits.get()));
			}
		}
		return with(offers, quoted.values().stream().toList());
	}

	private PaymentRequirements quote(PaymentRequirements offer, String method, String url, String traits) {
		PaymentRequirements quote = this.quotes.quote(offer, method, url, traits, this.clock.instant());
		Map<String, Object> extra = new LinkedHashMap<>(quote.extra());
		extra.putAll(this.depth);
		return new PaymentRequirements(quote.scheme(), quote.network(), quote.amount(), quote.asset(), quote.payTo(),
				quote.maxTimeoutSeconds(), extra);
	}

	/**
	 * Put the quote that a payment is for in the place of those of now: who has
	 * transferred what it was asked for gets what it was promised, whatever the price is
	 * meanwhile. Requests of one URL can have different prices, by their headers or by
	 * who sends them, so that another one must not cost more than was quoted.
	 * @param traits what tells the request from others of its method and URL
	 */
	PaymentOffers honour(PaymentOffers offers, PaymentPayload payment, String method, Supplier<String> traits) {
		PaymentRequirements quoted = this.quotes.quoted(payment, method, offers.resource().url());
		boolean honoured = quoted != null
				&& (this.quotes.isFor(quoted, traits.get()) || isEnough(quoted, offers.accepts()));
		return honoured ? with(offers, List.of(quoted)) : offers;
	}

	private static boolean isEnough(PaymentRequirements quoted, List<PaymentRequirements> offers) {
		return offers.stream()
			.anyMatch((offer) -> (Schemes.of(offer) == Schemes.EXACT || Schemes.of(offer) == Schemes.TRANSFER)
					&& offer.isPaidLike(quoted) && offer.isTopUp() == quoted.isTopUp()
					&& offer.amount().compareTo(quoted.amount()) <= 0);
	}

	/**
	 * Return the offers for a request without its quotes, which come last.
	 */
	static PaymentOffers without(PaymentOffers offers) {
		List<PaymentRequirements> all = offers.accepts();
		int size = all.size();
		while (size > 1 && Schemes.of(all.get(size - 1)) == Schemes.TRANSFER) {
			size--;
		}
		return (size == all.size()) ? offers
				: new PaymentOffers(offers.resource(), all.subList(0, size), offers.declared());
	}

	private static PaymentOffers with(PaymentOffers offers, List<PaymentRequirements> quoted) {
		if (quoted.isEmpty()) {
			return offers;
		}
		List<PaymentRequirements> all = new ArrayList<>(offers.accepts());
		all.removeIf((offer) -> Schemes.of(offer) == Schemes.TRANSFER);
		all.addAll(quoted);
		return new PaymentOffers(offers.resource(), all, offers.declared());
	}

}
