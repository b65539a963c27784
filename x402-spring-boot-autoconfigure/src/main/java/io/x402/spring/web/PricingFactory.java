package io.x402.spring.web;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.money.Price;
import io.x402.spring.payment.PaymentFlow;
import io.x402.spring.payment.PaymentTerms;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SupportedResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Turns what is written in annotations and routes into prices, and refuses what cannot be
 * asked for.
 */
public final class PricingFactory {

	private static final Duration MIN_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

	private final Networks networks;

	private final PricingDefaults defaults;

	private final ConfigurableBeanFactory beanFactory;

	private final ReceiverCheck receivers;

	private final UnaryOperator<PaymentRequirements> customizer;

	private final PaymentCodec codec;

	private final Set<ProtocolVersion> versions;

	private final int headerBudget;

	private final int maxDescription;

	private final Supplier<@Nullable SupportedResponse> supported;

	/**
	 * Create a factory.
	 * @param networks the known networks
	 * @param defaults what holds for prices that do not say otherwise
	 * @param beanFactory where placeholders and beans are looked up
	 * @param checksum tells whether the letter case of an EVM address is plausible
	 * @param customizers change offers, in order
	 * @param codec encodes offers
	 * @param versions the protocol versions to make offers in
	 * @param headerBudget how many bytes the {@code PAYMENT-REQUIRED} header may take
	 * @param maxDescription how many characters of a description the facilitator takes
	 * @param supported tells without waiting what the facilitator supports, {@code null}
	 * as long as that is not known
	 */
	public PricingFactory(Networks networks, PricingDefaults defaults, ConfigurableBeanFactory beanFactory,
			Predicate<String> checksum, List<PaymentRequirementsCustomizer> customizers, PaymentCodec codec,
			Set<ProtocolVersion> versions, int headerBudget, int maxDescription,
			Supplier<@Nullable SupportedResponse> supported) {
		this.networks = networks;
		this.defaults = defaults;
		this.beanFactory = beanFactory;
		this.receivers = new ReceiverCheck(checksum);
		this.customizer = (offer) -> {
			PaymentRequirements customized = offer;
			for (PaymentRequirementsCustomizer each : customizers) {
				customized = each.customize(customized);
			}
			return customized;
		};
		this.codec = codec;
		this.versions = Set.copyOf(versions);
		this.headerBudget = headerBudget;
		this.maxDescription = maxDescription;
		this.supported = supported;
	}

	/**
	 * Create a price.
	 * @param source the handler or route, for error messages
	 * @param definitions its offers, at least one
	 * @return the price
	 * @throws InvalidPricingException if an offer cannot be made
	 */
	Pricing create(String source, List<OfferDefinition> definitions) {
		try {
			return create(definitions);
		}
		catch (InvalidPricingException ex) {
			throw ex.of(source);
		}
	}

	private Pricing create(List<OfferDefinition> definitions) {
		List<OfferTemplate> templates = new ArrayList<>();
		for (OfferDefinition definition : definitions) {
			OfferValue price = OfferValue.of("price", definition.price(), this.beanFactory);
			if (!price.isDynamic() && Price.FREE.equals(price.get(null))) {
				if (definitions.size() > 1) {
					throw new InvalidPricingException("price", Price.FREE, "what is free has no other offers",
							"Remove the other offers, or the free one.");
				}
				return Pricing.FREE;
			}
			for (Network network : networks(definition)) {
				templates.add(template(definition, price, network));
			}
		}
		OfferDefinition first = definitions.get(0);
		ResourceInfo resource = new ResourceInfo("", description(first),
				emptyToNull(resolve("mimeType", first.mimeType())));
		Pricing pricing = new Pricing(text(definitions, templates), templates, resource, this::encoder, this.supported);
		checkBudget(pricing, resource);
		return pricing;
	}

	private OfferTemplate template(OfferDefinition definition, OfferValue price, Network network) {
		OfferValue payTo = OfferValue.of("payTo", definition.payTo(), this.beanFactory);
		if (!payTo.isDynamic() && payTo.get(null).isEmpty() && this.defaults.payTo() != null) {
			payTo = OfferValue.of("payTo", this.defaults.payTo(), this.beanFactory);
		}
		if (!payTo.isDynamic()) {
			this.receivers.check(network, payTo.get(null));
		}
		PaymentFlow flow = (definition.flow() != null) ? definition.flow() : this.defaults.flow();
		return new OfferTemplate(network, price, OfferValue.of("asset", definition.asset(), this.beanFactory), payTo,
				maxTimeout(definition), flow, this.receivers, this.customizer);
	}

	private List<Network> networks(OfferDefinition definition) {
		List<String> names = definition.networks().isEmpty() ? this.defaults.networks() : definition.networks();
		return names.stream().map((name) -> network(resolve("network", name))).toList();
	}

	private Network network(String name) {
		try {
			return this.networks.get(name);
		}
		catch (InvalidPriceException ex) {
			throw new InvalidPricingException("network", name, ex.getMessage(),
					"Use a well-known name such as base or base-sepolia, or a CAIP-2 identifier such as eip155:8453.");
		}
	}

	private int maxTimeout(OfferDefinition definition) {
		String text = resolve("maxTimeout", definition.maxTimeout());
		Duration duration = this.defaults.maxTimeout();
		try {
			duration = text.isEmpty() ? duration : DurationFormatterUtils.detectAndParse(text);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPricingException("maxTimeout", text, "this is not a duration",
					"Write a duration such as 60s or PT1M.");
		}
		if (duration.compareTo(MIN_TIMEOUT) < 0 || duration.compareTo(MAX_TIMEOUT) > 0) {
			throw new InvalidPricingException("maxTimeout", duration.toString(),
					"a payment has to be valid for 10 seconds at least and for a day at most",
					"Choose a time that covers the handler and the settlement.");
		}
		return (int) duration.toSeconds();
	}

	private @Nullable String description(OfferDefinition definition) {
		String description = resolve("description", definition.description());
		if (description.length() > this.maxDescription) {
			throw new InvalidPricingException("description",
					description.substring(0, Math.min(40, this.maxDescription)) + "…",
					"facilitators refuse more than " + this.maxDescription + " characters, and this has "
							+ description.length(),
					"Shorten the description, or tell the limit of yours with "
							+ "x402.facilitator.limits.max-description-length.");
		}
		return emptyToNull(description);
	}

	private void checkBudget(Pricing pricing, ResourceInfo resource) {
		if (!pricing.staticOffers().isEmpty()) {
			try {
				encoder(new PaymentTerms(resource, pricing.staticOffers().subList(0, 1))).checkBudget();
			}
			catch (IllegalStateException ex) {
				throw new InvalidPricingException("description", "", String.valueOf(ex.getMessage()),
						"Shorten what the offer carries, or raise x402.header-budget and with it the limits "
								+ "of your server and proxies.");
			}
		}
	}

	private ChallengeEncoder encoder(PaymentTerms terms) {
		return new ChallengeEncoder(this.codec, this.versions, this.networks, this.headerBudget, terms);
	}

	private String resolve(String attribute, String text) {
		return OfferValue.resolve(attribute, text, this.beanFactory);
	}

	private static @Nullable String emptyToNull(String text) {
		return text.isEmpty() ? null : text;
	}

	private static String text(List<OfferDefinition> definitions, List<OfferTemplate> templates) {
		String networks = templates.stream()
			.map((template) -> template.network().name())
			.distinct()
			.collect(Collectors.joining(", "));
		return definitions.stream().map(OfferDefinition::price).distinct().collect(Collectors.joining(" or ")) + " on "
				+ networks;
	}

}
