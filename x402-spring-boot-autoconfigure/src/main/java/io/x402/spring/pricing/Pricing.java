/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SupportedResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Price of a handler or route: its offers, and a description of the resource.
 *
 * @since 0.1.0
 */
public final class Pricing {

	private static final Log logger = LogFactory.getLog(Pricing.class);

	private final String name;

	private final List<OfferTemplate> templates;

	/** More mappings than a handler has. */
	static final int MAX_DECLARED = 256;

	private final ResourceInfo resource;

	private final Traits traits;

	private final Challenges challenges;

	private final @Nullable PassTerms pass;

	private final Pricing withoutTopUps;

	private final @Nullable List<PaymentRequirements> staticOffers;

	/**
	 * Static offers, which are completed and encoded again only when the facilitator
	 * changes the entries that it adds to them.
	 */
	private volatile @Nullable Prepared prepared;

	/**
	 * Create a price.
	 * @param name tells it from others, in all instances
	 * @param templates its offers, none if it is free
	 * @param resource the resource, without URL
	 * @param traits attributes that are the same for all offers
	 * @param challenges completes and encodes offers
	 */
	Pricing(String name, List<OfferTemplate> templates, ResourceInfo resource, Traits traits, Challenges challenges) {
		this.name = name;
		this.templates = List.copyOf(templates);
		this.resource = resource;
		this.traits = traits;
		this.challenges = challenges;
		List<OfferTemplate> prices = this.templates.stream().filter((template) -> !template.topUp()).toList();
		boolean toppedUp = prices.size() < this.templates.size();
		this.pass = toppedUp ? PassTerms.BALANCE : traits.pass();
		this.withoutTopUps = toppedUp ? new Pricing(name, prices, resource, traits, challenges) : this;
		this.staticOffers = fixed(this.templates);
		this.prepared = (this.staticOffers != null) ? prepare(null, Challenges.payable(this.staticOffers, null)) : null;
	}

	private static @Nullable List<PaymentRequirements> fixed(List<OfferTemplate> templates) {
		List<PaymentRequirements> offers = templates.stream()
			.map(OfferTemplate::fixed)
			.flatMap(Optional::stream)
			.toList();
		return (!offers.isEmpty() && offers.size() == templates.size()) ? offers : null;
	}

	Map<String, Object> declared(PaymentPayload.V2 payment, Supplier<Map<String, Object>> declaration) {
		return this.challenges.declared(payment, declaration);
	}

	/**
	 * Return what tells this price from others.
	 * @return the handler or route, named alike by all instances of the application
	 * @since 0.2.0
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return whether nothing is ever charged.
	 * @return {@code true} for an explicit {@code free}
	 */
	public boolean isFree() {
		return this.templates.isEmpty();
	}

	/**
	 * Return whether the transaction of the handler is committed only if the payment is
	 * settled.
	 * @return {@code true} if a transaction spans the handler and the settlement
	 */
	public boolean isTransactional() {
		return this.traits.transactional();
	}

	/**
	 * Return whether catalogues may list the resource.
	 * @return {@code false} if the handler or the route opts out
	 */
	public boolean isDiscoverable() {
		return this.traits.discoverable();
	}

	/**
	 * Return the calls that each client has free.
	 * @return the quota, or {@code null} if there is none
	 */
	public @Nullable FreeQuota freeQuota() {
		return this.traits.freeQuota();
	}

	/**
	 * Return the callers who do not pay.
	 * @return the condition, or {@code null} if everybody pays
	 * @since 0.2.0
	 */
	public @Nullable CallerExpression freeCallers() {
		return this.traits.freeCallers();
	}

	/**
	 * Return the callers who do not pay, if the handler names them itself.
	 * @return the expression as it is written, or {@code null} if it names none
	 * @since 0.2.0
	 */
	public @Nullable String freeFor() {
		return FreeCallers.named(this.traits.freeCallers());
	}

	/**
	 * Return the pass that is sold with each response, or with each top-up.
	 * @return its terms, those of a balance if there is a top-up, or {@code null} if none
	 * is sold
	 * @since 0.2.0
	 */
	public @Nullable PassTerms pass() {
		return this.pass;
	}

	/**
	 * Return whether some requests may be let in without a payment.
	 * @return {@code false} if there is neither a pass or balance, nor a free call, nor a
	 * caller who does not pay
	 * @since 0.2.0
	 */
	public boolean letsIn() {
		return this.pass != null || this.traits.freeQuota() != null || this.traits.freeCallers() != null;
	}

	/**
	 * Return the top-up that the handler names itself.
	 * @return its amount as it is written, or {@code null} if it names none
	 * @since 0.2.0
	 */
	public @Nullable String topUp() {
		return this.traits.topUp();
	}

	/**
	 * Return this price for a transport that takes no balances.
	 * @return the price without top-ups
	 * @since 0.2.0
	 */
	public Pricing withoutTopUps() {
		return this.withoutTopUps;
	}

	/**
	 * Return the offers in order of preference.
	 * @return the offers, none if nothing is charged
	 */
	public List<PricedOffer> offers() {
		List<PricedOffer> offers = new ArrayList<>();
		for (int i = 0; i < this.templates.size(); i++) {
			offers.add(this.templates.get(i).describe((this.staticOffers != null) ? this.staticOffers.get(i) : null));
		}
		return offers;
	}

	/**
	 * Return the offers that do not depend on the request as they are made at present,
	 * completed with the entries of the facilitator.
	 * @return the offers, without those that no buyer could sign at present; none if they
	 * depend on the request
	 */
	public List<PaymentRequirements> presentOffers() {
		Prepared current = prepared();
		return (current != null) ? current.offers() : List.of();
	}

	/**
	 * Return the description of the resource, as offers show it.
	 * @return the description, or {@code null} if there is none
	 */
	public @Nullable String description() {
		return this.resource.description();
	}

	/**
	 * Return the media type of a successful response, as offers show it.
	 * @return the media type, or {@code null} if there is none
	 */
	public @Nullable String mimeType() {
		return this.resource.mimeType();
	}

	/**
	 * Return the price for a reader, without networks.
	 * @return the price, such as {@code $0.05} or {@code up to $0.05 or 0.04 EURC}
	 */
	public String text() {
		return isFree() ? "free"
				: offers().stream().map(PricedOffer::text).distinct().collect(Collectors.joining(" or "));
	}

	/**
	 * Return whether the offers are the same for all requests.
	 */
	public boolean isStatic() {
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
	 * Make the offers for a request.
	 * @param request the request
	 * @param url its public URL
	 * @return the offers, or {@code null} if this request costs nothing
	 * @throws RuntimeException if a value that depends on the request cannot be used, or
	 * none of the offers can be paid at present
	 */
	@Nullable PaymentOffers offers(PricingRequest request, String url) {
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
			offers = Challenges.payable(created, this.challenges.supported());
		}
		if (offers.isEmpty()) {
			throw new InvalidPricingException("scheme", this.templates.get(0).conditions().scheme().wireName(),
					"the account of the facilitator that settles it is unknown",
					"Make sure that the facilitator is up and supports the scheme on the network.");
		}
		return new PaymentOffers(this.resource.at(url), offers);
	}

	/**
	 * Make the challenge for offers of this price.
	 * @param offers the offers
	 * @param refusal why the request is refused
	 * @param mapping the description of its mapping
	 * @param extensions protocol extensions of this challenge alone
	 * @return the challenge
	 */
	PaymentChallenge challenge(PaymentOffers offers, PaymentRefusal refusal, DescribedMapping mapping,
			Map<String, Object> extensions) {
		Prepared current = this.prepared;
		PaymentOffers lasting = TransferOffers.without(offers);
		ChallengeEncoder encoder = (current != null && isSame(current.offers(), lasting.accepts()))
				? encoder(current, mapping.declaration()) : null;
		return new EncodedChallenge(offers, refusal,
				(encoder != null) ? encoder : this.challenges.encoder(lasting, mapping.declaration()),
				mapping.pathParams(), extensions,
				offers.accepts().subList(lasting.accepts().size(), offers.accepts().size()));
	}

	/**
	 * Return whether these are the very offers that were prepared, whatever list they are
	 * in.
	 */
	private static boolean isSame(List<PaymentRequirements> prepared, List<PaymentRequirements> offers) {
		boolean same = prepared == offers || prepared.size() == offers.size();
		for (int i = 0; prepared != offers && same && i < offers.size(); i++) {
			same = prepared.get(i) == offers.get(i);
		}
		return same;
	}

	/**
	 * Return how many descriptions of mappings are kept encoded.
	 */
	int declared() {
		Prepared current = this.prepared;
		return (current != null) ? current.declared().size() : 0;
	}

	/**
	 * Return the encoder of static offers for a mapping. A handler has a declaration for
	 * each of its mappings.
	 */
	private @Nullable ChallengeEncoder encoder(Prepared current, @Nullable ResourceDeclaration declaration) {
		if (declaration == null || current.encoder() == null) {
			return current.encoder();
		}
		ChallengeEncoder known = current.declared().get(declaration);
		if (known == null && current.declared().size() >= MAX_DECLARED) {
			// Descriptions of tools may change without end
			current.declared().clear();
		}
		return (known != null) ? known
				: current.declared()
					.computeIfAbsent(declaration, (added) -> this.challenges
						.encoder(new PaymentOffers(this.resource, current.offers()), current.supported(), added));
	}

	private @Nullable Prepared prepared() {
		Prepared current = this.prepared;
		if (current == null || this.staticOffers == null) {
			return null;
		}
		SupportedResponse known = this.challenges.supported();
		if (known != current.supported()) {
			List<PaymentRequirements> offers = Challenges.payable(this.staticOffers, known);
			boolean same = offers.equals(current.offers()) && extensions(known).equals(extensions(current.supported()));
			current = same ? new Prepared(known, current.offers(), current.encoder(), current.declared())
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
				this.challenges.encoder(new PaymentOffers(this.resource, offers.subList(0, 1)), known, null)
					.checkBudget();
			}
			return prepare(known, offers);
		}
		catch (IllegalStateException ex) {
			logger.warn("Offers are made without the entries of the facilitator: " + ex.getMessage());
			return new Prepared(known, before.offers(), before.encoder(), before.declared());
		}
	}

	private Prepared prepare(@Nullable SupportedResponse known, List<PaymentRequirements> offers) {
		if (offers.isEmpty()) {
			return new Prepared(known, offers, null, new ConcurrentHashMap<>());
		}
		PaymentOffers prepared = new PaymentOffers(this.resource, offers);
		return new Prepared(known, prepared.accepts(), this.challenges.encoder(prepared, known, null),
				new ConcurrentHashMap<>());
	}

	@Override
	public String toString() {
		String networks = this.templates.stream()
			.map((template) -> template.network().name())
			.distinct()
			.collect(Collectors.joining(", "));
		return isFree() ? text() : text() + " on " + networks;
	}

	/**
	 * Attributes of a price that are the same for all of its offers.
	 *
	 * @param transactional whether the transaction of the handler is bound to the payment
	 * @param discoverable whether catalogues may list the resource
	 * @param freeQuota the calls that each client has free, or {@code null} if there are
	 * none
	 * @param freeCallers the callers who do not pay, or {@code null} if everybody pays
	 * @param pass the pass that is sold, or {@code null} if none is
	 * @param topUp the top-up that the handler names itself, or {@code null}
	 */
	record Traits(boolean transactional, boolean discoverable, @Nullable FreeQuota freeQuota,
			@Nullable CallerExpression freeCallers, @Nullable PassTerms pass, @Nullable String topUp) {

		static final Traits NONE = new Traits(false, false, null, null, null, null);

	}

	/**
	 * Static offers as they are made at present.
	 *
	 * @param supported what the facilitator supports, {@code null} while that is unknown
	 * @param offers the offers, none if none can be paid at present
	 * @param encoder their encoder, or {@code null} if there are none
	 * @param declared their encoders with the declarations of mappings
	 */
	private record Prepared(@Nullable SupportedResponse supported, List<PaymentRequirements> offers,
			@Nullable ChallengeEncoder encoder, Map<ResourceDeclaration, ChallengeEncoder> declared) {

	}

}
