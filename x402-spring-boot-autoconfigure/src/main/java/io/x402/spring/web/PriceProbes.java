/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.web.Admission.Refused;
import org.jspecify.annotations.Nullable;

/**
 * Requests that look at a price and do not fit the handlers of their path by method,
 * media types, parameters or headers. Buyers and indexes often look at a price without
 * the body, content type or parameters of a purchase, and 405, 415, 406 or 400 would hide
 * the price from them. Requests that carry a payment keep the response of the framework
 * and are not charged, and so do those of browsers, whose page could only repeat them.
 *
 * @since 0.2.0
 */
public final class PriceProbes {

	private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

	private final PaymentGate gate;

	private final PaymentHeaders headers;

	/**
	 * Create an instance.
	 * @param gate makes refusals
	 * @param headers finds payments
	 */
	public PriceProbes(PaymentGate gate, PaymentHeaders headers) {
		this.gate = gate;
		this.headers = headers;
	}

	/**
	 * Return whether a request that fits no handler may look at a price.
	 * @param request the request
	 * @return {@code false} if it keeps the response of the framework
	 */
	public boolean isProbe(RequestHead request) {
		return METHODS.contains(request.method()) && !this.headers.isPresent(request)
				&& !RefusalDocuments.isBrowser(request);
	}

	/**
	 * Find the mappings that fail the same condition, the one that the framework reports.
	 * @param <M> type of the mappings
	 * @param <C> type of the conditions
	 * @param mappings the mappings of the path of a request
	 * @param conditions the conditions besides the path, in the order in which the
	 * framework looks at them
	 * @param fulfils whether the request fulfils a condition of a mapping
	 * @return the mappings, none if there is nothing about the request that keeps it from
	 * being mapped
	 */
	public static <M, C> List<M> nearest(List<M> mappings, List<C> conditions, BiPredicate<M, C> fulfils) {
		List<M> nearest = mappings;
		for (C condition : conditions) {
			List<M> fulfilled = nearest.stream().filter((mapping) -> fulfils.test(mapping, condition)).toList();
			if (fulfilled.isEmpty()) {
				return nearest;
			}
			nearest = fulfilled;
		}
		return List.of();
	}

	/**
	 * Return whether a pass or a free call would let a request in. Its client is told
	 * what it takes to use them. This waits for their store.
	 * @param request the request
	 * @param quote what it would cost
	 * @return whether it would not be charged
	 */
	public boolean isOpen(RequestHead request, Quote quote) {
		return this.gate.isOpen(request, quote.priced(), quote.offers());
	}

	/**
	 * Return the refusal that shows a price.
	 * @param request the request
	 * @param quote what it would cost
	 * @return the refusal, or {@code null} if the request carries a payment
	 */
	public @Nullable Refused challenge(RequestHead request, Quote quote) {
		return (this.gate.examine(request, quote.priced(), quote.offers()) instanceof Refused refused) ? refused : null;
	}

	/**
	 * What a mapping would cost.
	 *
	 * @param priced its price
	 * @param offers offers for the request
	 */
	public record Quote(PricedRequest priced, PaymentOffers offers) {

		/**
		 * Find the price of several mappings. One that costs something else is reason
		 * enough to let the framework say what it would have taken.
		 * @param quotes what each of them would cost, at least one
		 * @return the last of them, or {@code null} if they differ
		 */
		public static @Nullable Quote agreed(List<Quote> quotes) {
			Quote last = quotes.get(quotes.size() - 1);
			return quotes.stream().allMatch((one) -> one.offers.accepts().equals(last.offers.accepts())) ? last : null;
		}

	}

}
