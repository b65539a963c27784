package io.x402.spring.web;

import java.util.List;
import java.util.function.Function;

import io.x402.spring.money.Network;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.payment.PaymentTerms;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Price of one handler or route. Offers that do not depend on the request are built and
 * encoded once.
 */
final class Pricing {

	/**
	 * Price of a handler that costs nothing.
	 */
	static final Pricing FREE = nothing();

	/**
	 * Stands for the absence of a price.
	 */
	static final Pricing NONE = nothing();

	private final String text;

	private final List<OfferTemplate> templates;

	private final ResourceInfo resource;

	private final boolean transactional;

	private final Function<PaymentTerms, ChallengeEncoder> encoders;

	private final @Nullable List<PaymentRequirements> staticOffers;

	private final @Nullable ChallengeEncoder staticEncoder;

	/**
	 * Create a price.
	 * @param text how it is written, for the startup report
	 * @param templates its offers
	 * @param resource what is sold, without URL
	 * @param transactional whether the transaction of the handler is bound to the payment
	 * @param encoders makes the encoder for terms
	 */
	Pricing(String text, List<OfferTemplate> templates, ResourceInfo resource, boolean transactional,
			Function<PaymentTerms, ChallengeEncoder> encoders) {
		this.text = text;
		this.templates = List.copyOf(templates);
		this.resource = resource;
		this.transactional = transactional;
		this.encoders = encoders;
		this.templates.forEach(OfferTemplate::check);
		boolean fixed = !this.templates.isEmpty() && this.templates.stream().noneMatch(OfferTemplate::isDynamic);
		this.staticOffers = fixed ? this.templates.stream().map((template) -> template.create(null)).toList() : null;
		this.staticEncoder = (this.staticOffers != null) ? encoders.apply(new PaymentTerms(resource, this.staticOffers))
				: null;
	}

	private static Pricing nothing() {
		return new Pricing("free", List.of(), new ResourceInfo("", null, null), false, (terms) -> {
			throw new IllegalStateException("Nothing is asked for");
		});
	}

	/**
	 * Return whether nothing is ever asked for.
	 * @return {@code true} for an explicit {@code free}
	 */
	boolean isFree() {
		return this.templates.isEmpty();
	}

	/**
	 * Return whether what the handler does is committed only if the payment is settled.
	 * @return {@code true} if a transaction spans the handler and the settlement
	 */
	boolean isTransactional() {
		return this.transactional;
	}

	/**
	 * Return whether the offers are known at startup.
	 * @return {@code false} if they depend on the request
	 */
	boolean isStatic() {
		return this.staticOffers != null;
	}

	/**
	 * Return the offers that are known at startup.
	 * @return the offers, none if they depend on the request
	 */
	List<PaymentRequirements> staticOffers() {
		return (this.staticOffers != null) ? this.staticOffers : List.of();
	}

	/**
	 * Return the networks that are paid on.
	 * @return the networks, none if nothing is asked for
	 */
	List<Network> networks() {
		return this.templates.stream().map(OfferTemplate::network).distinct().toList();
	}

	/**
	 * Build the terms for a request.
	 * @param request the request
	 * @param url its public URL
	 * @return the terms, or {@code null} if this request costs nothing
	 * @throws RuntimeException if a value that depends on the request cannot be used
	 */
	@Nullable PaymentTerms terms(HttpServletRequest request, String url) {
		List<PaymentRequirements> offers = this.staticOffers;
		if (offers == null) {
			offers = OfferTemplate.create(this.templates, request);
		}
		return offers.isEmpty() ? null : new PaymentTerms(
				new ResourceInfo(url, this.resource.description(), this.resource.mimeType()), offers);
	}

	/**
	 * Make the challenge for terms of this price.
	 * @param terms the terms
	 * @param refusal why the request is not served
	 * @return the challenge
	 */
	PaymentChallenge challenge(PaymentTerms terms, PaymentRefusal refusal) {
		return new PaymentChallenge(terms, refusal,
				(this.staticEncoder != null) ? this.staticEncoder : this.encoders.apply(terms));
	}

	@Override
	public String toString() {
		return this.text;
	}

}
