package io.x402.spring.pricing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.x402.spring.PaymentFlow;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.money.Price;
import io.x402.spring.payment.PaymentTerms;
import io.x402.spring.protocol.GasSponsorship;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SchemeRules;
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

	private final ChallengeSettings settings;

	private final Supplier<@Nullable SupportedResponse> supported;

	private final BooleanSupplier transactions;

	/**
	 * Create a factory.
	 * @param networks the known networks
	 * @param defaults what holds for prices that do not say otherwise
	 * @param beanFactory where placeholders and beans are looked up
	 * @param checksum tells whether the letter case of an EVM address is plausible
	 * @param customizers change offers, in order
	 * @param codec encodes offers
	 * @param settings how challenges are written
	 * @param supported tells without waiting what the facilitator supports, {@code null}
	 * as long as that is not known
	 * @param transactions tells whether a transaction can be bound to a payment
	 */
	public PricingFactory(Networks networks, PricingDefaults defaults, ConfigurableBeanFactory beanFactory,
			Predicate<String> checksum, List<PaymentRequirementsCustomizer> customizers, PaymentCodec codec,
			ChallengeSettings settings, Supplier<@Nullable SupportedResponse> supported, BooleanSupplier transactions) {
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
		this.settings = settings;
		this.supported = supported;
		this.transactions = transactions;
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
		boolean transactional = definitions.stream().anyMatch(OfferDefinition::transactional);
		if (transactional) {
			checkTransaction(definitions);
		}
		Pricing pricing = new Pricing(text(definitions, templates), templates, resource, transactional, this::encoder,
				this.supported);
		checkBudget(pricing, resource);
		return pricing;
	}

	private void checkTransaction(List<OfferDefinition> definitions) {
		if (definitions.stream().anyMatch((definition) -> flow(definition) == PaymentFlow.UPFRONT)) {
			throw new InvalidPricingException("transactional", "true",
					"an upfront payment is settled before the handler runs, whatever becomes of its transaction",
					"Use the flow AUTHORIZATION, or leave transactional out.");
		}
		if (!this.transactions.getAsBoolean()) {
			throw new InvalidPricingException("transactional", "true",
					"there is no transaction manager, or more than one and none is primary",
					"Declare one, for example with spring-boot-starter-jdbc or spring-boot-starter-data-jpa, "
							+ "or leave transactional out.");
		}
	}

	private PaymentFlow flow(OfferDefinition definition) {
		return (definition.flow() != null) ? definition.flow() : this.defaults.flow();
	}

	private OfferTemplate template(OfferDefinition definition, OfferValue price, Network network) {
		OfferValue payTo = OfferValue.of("payTo", definition.payTo(), this.beanFactory);
		if (!payTo.isDynamic() && payTo.get(null).isEmpty() && this.defaults.payTo() != null) {
			payTo = OfferValue.of("payTo", this.defaults.payTo(), this.beanFactory);
		}
		if (!payTo.isDynamic()) {
			this.receivers.check(network, payTo.get(null));
		}
		checkScheme(definition, network);
		return new OfferTemplate(network, price, OfferValue.of("asset", definition.asset(), this.beanFactory), payTo,
				maxTimeout(definition), definition.scheme(), flow(definition), this.receivers, this.customizer);
	}

	private void checkScheme(OfferDefinition definition, Network network) {
		SchemeRules rules = definition.scheme().rules();
		if (!rules.isOn(network.networkId())) {
			throw new InvalidPricingException("scheme", definition.scheme().name(),
					"scheme " + rules.name() + " is not supported on " + network.name(),
					"Name EVM networks such as base, or use scheme EXACT.");
		}
		if (rules.isMetered() && flow(definition) == PaymentFlow.UPFRONT) {
			throw new InvalidPricingException("scheme", definition.scheme().name(),
					"an upfront payment is settled before the handler has run, which decides what is charged",
					"Use the flow AUTHORIZATION, or scheme EXACT.");
		}
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
		if (description.length() > this.settings.maxDescription()) {
			throw new InvalidPricingException("description",
					description.substring(0, Math.min(40, this.settings.maxDescription())) + "…",
					"facilitators refuse more than " + this.settings.maxDescription() + " characters, and this has "
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
						"Shorten what the offer carries, or raise x402.header-limit and with it the limits "
								+ "of your server and proxies.");
			}
		}
	}

	private ChallengeEncoder encoder(PaymentTerms terms) {
		SupportedResponse known = this.supported.get();
		boolean sponsored = known != null && known.extensions().contains(GasSponsorship.KEY)
				&& terms.accepts().stream().anyMatch(GasSponsorship::fits);
		return new ChallengeEncoder(this.codec,
				sponsored ? this.settings.with(GasSponsorship.declaration()) : this.settings, this.networks, terms);
	}

	private String resolve(String attribute, String text) {
		return OfferValue.resolve(attribute, text, this.beanFactory);
	}

	private static @Nullable String emptyToNull(String text) {
		return text.isEmpty() ? null : text;
	}

	private static String price(OfferDefinition definition) {
		return (definition.scheme().rules().isMetered() ? "up to " : "") + definition.price();
	}

	private static String text(List<OfferDefinition> definitions, List<OfferTemplate> templates) {
		String networks = templates.stream()
			.map((template) -> template.network().name())
			.distinct()
			.collect(Collectors.joining(", "));
		return definitions.stream().map(PricingFactory::price).distinct().collect(Collectors.joining(" or ")) + " on "
				+ networks;
	}

}
