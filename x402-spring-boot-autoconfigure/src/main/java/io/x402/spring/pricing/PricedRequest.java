/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Map;
import java.util.function.Supplier;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentPayload;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * A request whose handler has a price.
 *
 * @since 0.1.0
 */
public final class PricedRequest {

	private final Pricing pricing;

	private final PricingRequest request;

	private final Supplier<@Nullable ResourceDeclaration> declaration;

	private final @Nullable TransferOffers transfers;

	private final Supplier<String> traits;

	PricedRequest(Pricing pricing, PricingRequest request, Supplier<@Nullable ResourceDeclaration> declaration,
			@Nullable TransferOffers transfers) {
		this.pricing = pricing;
		this.request = request;
		this.declaration = declaration;
		this.transfers = transfers;
		this.traits = SingletonSupplier.of(request::traits);
	}

	/**
	 * Apply a price to a request.
	 * @param pricing the price
	 * @param request the request
	 * @return the priced request, or {@code null} if nothing is ever charged
	 */
	public static @Nullable PricedRequest of(Pricing pricing, PricingRequest request) {
		return of(pricing, request, () -> null);
	}

	/**
	 * Apply a price to a request of a resource that catalogues may list.
	 * @param pricing the price
	 * @param request the request
	 * @param declaration describes the resource, used only if catalogues may list it
	 * @return the priced request, or {@code null} if nothing is ever charged
	 * @since 0.2.0
	 */
	public static @Nullable PricedRequest of(Pricing pricing, PricingRequest request,
			Supplier<@Nullable ResourceDeclaration> declaration) {
		return pricing.isFree() ? null
				: new PricedRequest(pricing, request, () -> pricing.isDiscoverable() ? declaration.get() : null, null);
	}

	/**
	 * Return the price.
	 * @return the price, never a free one
	 */
	public Pricing pricing() {
		return this.pricing;
	}

	/**
	 * Return whether the caller of this request does not pay.
	 * @return {@code true} only if it is certain
	 * @since 0.2.0
	 */
	public boolean isFreeForCaller() {
		CallerExpression callers = this.pricing.freeCallers();
		return callers != null && callers.matches(this.request);
	}

	/**
	 * Make the offers for this request.
	 * @param url its public URL
	 * @return the offers, or {@code null} if this request costs nothing
	 * @throws RuntimeException if a value that depends on the request cannot be used, or
	 * none of the offers can be paid at present
	 */
	public @Nullable PaymentOffers offers(String url) {
		PaymentOffers offers = this.pricing.offers(this.request, url);
		return (offers != null && this.transfers != null) ? this.transfers.quote(offers, method(), this.traits)
				: offers;
	}

	/**
	 * Return the offers of which a payment may mean one: those of now, or the quote that
	 * its buyer has paid already.
	 * @param offers offers for this request
	 * @param payment its payment
	 * @return the offers
	 * @since 0.2.0
	 */
	public PaymentOffers payable(PaymentOffers offers, PaymentPayload payment) {
		return (this.transfers != null) ? this.transfers.honour(offers, payment, method(), this.traits) : offers;
	}

	/**
	 * Complete offers with what the facilitator gets besides a payment: the seller's own
	 * declaration, whatever the buyer has made of it, and the code of the application.
	 * @param offers the offers
	 * @param payment a payment for one of them
	 * @return the completed offers
	 * @since 0.2.0
	 */
	public PaymentOffers declaredTo(PaymentOffers offers, PaymentPayload payment) {
		return (payment instanceof PaymentPayload.V2 v2) ? offers.declaring(this.pricing.declared(v2, this::declared))
				: offers;
	}

	private Map<String, Object> declared() {
		DescribedMapping mapping = DescribedMapping.of(this.declaration.get(), this.request);
		ResourceDeclaration declaration = mapping.declaration();
		return (declaration != null) ? Map.of(ResourceDeclaration.KEY, declaration.extension(mapping.pathParams()))
				: Map.of();
	}

	/**
	 * Return the method of this request.
	 * @return an HTTP method, in the case it was sent in
	 * @since 0.2.0
	 */
	public String method() {
		return this.request.method();
	}

	/**
	 * Return what the ledger says of this request.
	 * @return HTTP method and path pattern
	 * @since 0.2.0
	 */
	public String route() {
		String pattern = this.request.pattern();
		return this.request.method() + " " + ((pattern != null) ? pattern : "/**");
	}

	/**
	 * Make the challenge that refuses this request.
	 * @param offers the offers
	 * @param refusal why the request is refused
	 * @return the challenge
	 */
	public PaymentChallenge challenge(PaymentOffers offers, PaymentRefusal refusal) {
		return challenge(offers, refusal, Map.of());
	}

	/**
	 * Make the challenge that refuses this request.
	 * @param offers the offers
	 * @param refusal why the request is refused
	 * @param extensions protocol extensions of this challenge alone, by key; left out
	 * where they do not fit the header
	 * @return the challenge
	 * @since 0.2.0
	 */
	public PaymentChallenge challenge(PaymentOffers offers, PaymentRefusal refusal, Map<String, Object> extensions) {
		return this.pricing.challenge(offers, refusal, DescribedMapping.of(this.declaration.get(), this.request),
				extensions);
	}

}
