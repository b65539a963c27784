package io.x402.spring.pricing;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.money.Network;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.payment.PaymentTerms;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SupportedResponse;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Price of one handler or route. Offers that do not depend on the request are built and
 * encoded once, and again when the facilitator wants them to say something else.
 */
public final class Pricing {

	/**
	 * Price of a handler that costs nothing.
	 */
	static final Pricing FREE = nothing();

	/**
	 * Stands for the absence of a price.
	 */
	static final Pricing NONE = nothing();

	private static final Log logger = LogFactory.getLog(Pricing.class);

	private final String text;

	private final List<OfferTemplate> templates;

	private final ResourceInfo resource;

	private final boolean transactional;

	private final Function<PaymentTerms, ChallengeEncoder> encoders;

	private final Supplier<@Nullable SupportedResponse> supported;

	private final @Nullable List<PaymentRequirements> staticOffers;

	private volatile @Nullable Prepared prepared;

	/**
	 * Create a price.
	 * @param text how it is written, for the startup report
	 * @param templates its offers
	 * @param resource what is sold, without URL
	 * @param transactional whether the transaction of the handler is bound to the payment
	 * @param encoders makes the encoder for terms
	 * @param supported tells without waiting what the facilitator supports, and with it
	 * what offers have to say
	 */
	Pricing(String text, List<OfferTemplate> templates, ResourceInfo resource, boolean transactional,
			Function<PaymentTerms, ChallengeEncoder> encoders, Supplier<@Nullable SupportedResponse> supported) {
		this.text = text;
		this.templates = List.copyOf(templates);
		this.resource = resource;
		this.transactional = transactional;
		this.encoders = encoders;
		this.supported = supported;
		this.templates.forEach(OfferTemplate::check);
		boolean fixed = !this.templates.isEmpty() && this.templates.stream().noneMatch(OfferTemplate::isDynamic);
		this.staticOffers = fixed ? this.templates.stream().map((template) -> template.create(null)).toList() : null;
		this.prepared = (this.staticOffers != null) ? prepare(null, payable(this.staticOffers, null)) : null;
	}

	private static Pricing nothing() {
		return new Pricing("free", List.of(), new ResourceInfo("", null, null), false, (terms) -> {
			throw new IllegalStateException("Nothing is asked for");
		}, () -> null);
	}

	/**
	 * Return whether nothing is ever asked for.
	 * @return {@code true} for an explicit {@code free}
	 */
	public boolean isFree() {
		return this.templates.isEmpty();
	}

	/**
	 * Return whether what the handler does is committed only if the payment is settled.
	 * @return {@code true} if a transaction spans the handler and the settlement
	 */
	public boolean isTransactional() {
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
	public List<PaymentRequirements> staticOffers() {
		return (this.staticOffers != null) ? this.staticOffers : List.of();
	}

	/**
	 * Return the networks that are paid on.
	 * @return the networks, none if nothing is asked for
	 */
	public List<Network> networks() {
		return this.templates.stream().map(OfferTemplate::network).distinct().toList();
	}

	/**
	 * Build the terms for a request.
	 * @param request the request
	 * @param url its public URL
	 * @return the terms, or {@code null} if this request costs nothing
	 * @throws RuntimeException if a value that depends on the request cannot be used, or
	 * nobody can pay any of the offers right now
	 */
	public @Nullable PaymentTerms terms(HttpServletRequest request, String url) {
		Prepared current = prepared();
		List<PaymentRequirements> offers;
		if (current != null) {
			offers = current.offers();
		}
		else {
			List<PaymentRequirements> created = OfferTemplate.create(this.templates, request);
			if (created.isEmpty()) {
				return null;
			}
			offers = payable(created, this.supported.get());
		}
		if (offers.isEmpty()) {
			throw new InvalidPricingException("scheme", this.templates.get(0).scheme().wireName(),
					"it is not known which account of the facilitator settles it",
					"See that the facilitator is up and supports the scheme on the network.");
		}
		return new PaymentTerms(new ResourceInfo(url, this.resource.description(), this.resource.mimeType()), offers);
	}

	/**
	 * Make the challenge for terms of this price.
	 * @param terms the terms
	 * @param refusal why the request is not served
	 * @return the challenge
	 */
	public PaymentChallenge challenge(PaymentTerms terms, PaymentRefusal refusal) {
		Prepared current = this.prepared;
		ChallengeEncoder encoder = (current != null && current.offers() == terms.accepts()) ? current.encoder() : null;
		return new PaymentChallenge(terms, refusal, (encoder != null) ? encoder : this.encoders.apply(terms));
	}

	/**
	 * Static offers are built and encoded anew only when something else is to be said.
	 */
	private @Nullable Prepared prepared() {
		Prepared current = this.prepared;
		if (current == null || this.staticOffers == null) {
			return null;
		}
		SupportedResponse known = this.supported.get();
		if (known != current.supported()) {
			List<PaymentRequirements> offers = payable(this.staticOffers, known);
			boolean same = offers.equals(current.offers()) && extensions(known).equals(extensions(current.supported()));
			current = same ? new Prepared(known, current.offers(), current.encoder())
					: prepareWithin(known, offers, current);
			this.prepared = current;
		}
		return current;
	}

	private static List<String> extensions(@Nullable SupportedResponse supported) {
		return (supported != null) ? supported.extensions() : List.of();
	}

	private Prepared prepareWithin(@Nullable SupportedResponse known, List<PaymentRequirements> offers,
			Prepared before) {
		try {
			if (!offers.isEmpty()) {
				this.encoders.apply(new PaymentTerms(this.resource, offers.subList(0, 1))).checkBudget();
			}
			return prepare(known, offers);
		}
		catch (IllegalStateException ex) {
			logger.warn("What the facilitator wants offers to say is left out: " + ex.getMessage());
			return new Prepared(known, before.offers(), before.encoder());
		}
	}

	private Prepared prepare(@Nullable SupportedResponse known, List<PaymentRequirements> offers) {
		if (offers.isEmpty()) {
			return new Prepared(known, offers, null);
		}
		PaymentTerms terms = new PaymentTerms(this.resource, offers);
		return new Prepared(known, terms.accepts(), this.encoders.apply(terms));
	}

	/**
	 * Complete offers and leave those out that no buyer could sign.
	 */
	private static List<PaymentRequirements> payable(List<PaymentRequirements> offers,
			@Nullable SupportedResponse known) {
		return offers.stream()
			.map((offer) -> SupportedKinds.complete(offer, known))
			.filter((offer) -> Schemes.of(offer).isComplete(offer))
			.toList();
	}

	@Override
	public String toString() {
		return this.text;
	}

	/**
	 * Static offers as they are made now.
	 *
	 * @param supported what the facilitator supports, as far as it is known
	 * @param offers the offers, none if nobody can pay them right now
	 * @param encoder their encoder, or {@code null} if there are none
	 */
	private record Prepared(@Nullable SupportedResponse supported, List<PaymentRequirements> offers,
			@Nullable ChallengeEncoder encoder) {

	}

}
