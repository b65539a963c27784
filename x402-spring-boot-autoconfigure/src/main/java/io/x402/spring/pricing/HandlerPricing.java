/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SupportedResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.expression.AnnotatedElementKey;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.RepeatableContainers;
import org.springframework.http.HttpMethod;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Finds the price of a handler that the transport resolved: from {@link PaymentRequired}
 * on the method, else on its class, each with interfaces, superclasses and
 * meta-annotations, else from the routes.
 *
 * @since 0.1.0
 */
public final class HandlerPricing {

	private static final RepeatableContainers OFFERS = RepeatableContainers.explicitRepeatable(PaymentRequired.class,
			PaymentRequired.Offers.class);

	private final PricingFactory factory;

	private final RoutePricing routes;

	private final AsynchronousHandlers asynchronous;

	private final ResourceDescriber describer;

	private final @Nullable TransferOffers transfers;

	private final Map<Object, Optional<Pricing>> annotated = new ConcurrentHashMap<>();

	private final UnpaidEntry unpaidEntry = new UnpaidEntry();

	HandlerPricing(PricingFactory factory, RoutePricing routes, AsynchronousHandlers asynchronous,
			ResourceDescriber describer, @Nullable TransferOffers transfers) {
		this.describer = describer;
		this.transfers = transfers;
		this.factory = factory;
		this.routes = routes;
		this.asynchronous = asynchronous;
		routes.routes().forEach((route) -> this.unpaidEntry.note(route.pricing()));
	}

	/**
	 * Start to build the prices of a transport.
	 * @param networks the known networks
	 * @param beanFactory where placeholders and beans are looked up
	 * @param codec encodes offers
	 * @return the builder
	 */
	public static Builder builder(Networks networks, ConfigurableBeanFactory beanFactory, PaymentCodec codec) {
		return new Builder(networks, beanFactory, codec);
	}

	/**
	 * Return the challenge for a request whose offers could not be made.
	 * @param codec encodes the body
	 * @return a challenge without offers
	 */
	public static PaymentChallenge unavailable(PaymentCodec codec) {
		return new ChallengeWithoutOffers(codec, PaymentRefusal.of(ReasonCode.PAYMENTS_UNAVAILABLE));
	}

	/**
	 * Find the price of a handler for a request.
	 * @param request the request
	 * @param handler the handler that the transport resolved
	 * @return the priced request, or {@code null} if the handler is free
	 * @throws InvalidPricingException if the handler has a price that cannot be offered
	 */
	public @Nullable PricedRequest find(PricingRequest request, Object handler) {
		Optional<Pricing> pricing = annotated(handler);
		if (pricing.isPresent()) {
			return pricing.get().isFree() ? null : priced(pricing.get(), handler, request);
		}
		RoutePricing.Match match = this.routes.find(request);
		return (match == null || match.isFree()) ? null
				: priced(match.pricing(), handler, new RoutedRequest(request, match.variables()));
	}

	private PricedRequest priced(Pricing pricing, Object handler, PricingRequest request) {
		return new PricedRequest(pricing, request,
				() -> pricing.isDiscoverable() ? this.describer.describe(handler, request) : null, this.transfers);
	}

	/**
	 * Find the price that annotations give a method.
	 * @param handler the method
	 * @return the price, or {@code null} if neither the method nor its class has one
	 * @throws InvalidPricingException if the method has a price that cannot be offered
	 */
	public @Nullable Pricing annotatedPricing(HandlerMethod handler) {
		return annotated(handler).orElse(null);
	}

	/**
	 * Create a price that is written neither in an annotation nor in a route.
	 * @param source where it is written, for error messages
	 * @param offers its offers, at least one
	 * @return the price
	 * @throws InvalidPricingException if an offer cannot be made
	 */
	public Pricing create(String source, List<OfferDefinition> offers) {
		return this.factory.create(source, offers);
	}

	/**
	 * Describe the price of a mapping.
	 * @param handler the handler, or the name of its bean
	 * @param methods HTTP methods of the mapping, empty for all
	 * @param paths path patterns of the mapping
	 * @return the mapping and its price
	 * @throws InvalidPricingException if the handler has a price that cannot be offered
	 */
	public PricedHandler describe(Object handler, Set<HttpMethod> methods, Set<String> paths) {
		Optional<Pricing> pricing = annotated(handler);
		if (pricing.isPresent()) {
			return new PricedHandler(handler, methods, paths, pricing.get(), List.of());
		}
		List<RoutePricing.Route> touching = this.routes.touching(paths);
		List<String> patterns = touching.stream().map((route) -> route.pattern().getPatternString()).toList();
		if (!touching.isEmpty() && touching.get(0).covers(methods, paths)) {
			return new PricedHandler(handler, methods, paths, touching.get(0).pricing(), patterns.subList(0, 1));
		}
		return new PricedHandler(handler, methods, paths, this.factory.free(), patterns);
	}

	/**
	 * Describe the price of a mapping of Spring.
	 * @param handler the handler
	 * @param methods methods of the mapping, empty for all
	 * @param paths path patterns of the mapping
	 * @return the mapping and its price
	 * @throws InvalidPricingException if the handler has a price that cannot be offered
	 * @since 0.2.0
	 */
	public PricedHandler describeMethod(HandlerMethod handler, Set<RequestMethod> methods, Set<String> paths) {
		return describe(handler, methods.stream().map(RequestMethod::asHttpMethod).collect(Collectors.toSet()), paths);
	}

	/**
	 * List the mappings of an application and the prices by path.
	 * @param mappings the mappings, described
	 * @return all of them, in the order of their paths
	 * @since 0.2.0
	 */
	public List<PricedHandler> catalog(Stream<PricedHandler> mappings) {
		List<PricedHandler> all = Stream.concat(routes().stream(), mappings)
			.sorted(Comparator.comparing((mapping) -> mapping.paths().stream().findFirst().orElse("")))
			.toList();
		this.unpaidEntry.complete();
		return all;
	}

	/**
	 * Return whether a request without a payment may be let in by some price, so that
	 * transports must be prepared for that before they know its handler.
	 * @return {@code true} until the mappings of the application have been listed, and
	 * from then on if a price lets requests in
	 * @since 0.2.0
	 */
	public boolean mayLetIn() {
		return this.unpaidEntry.isPossible();
	}

	/**
	 * Return whether a price that lets requests in was found after {@link #mayLetIn()}
	 * had been {@code false}, so that requests may have begun without preparation.
	 * @return {@code true} if a handler with such a price was registered late
	 * @since 0.2.0
	 */
	public boolean isLetInLate() {
		return this.unpaidEntry.isLate();
	}

	/**
	 * Describe the prices by path.
	 * @return the routes, in order
	 */
	public List<PricedHandler> routes() {
		return this.routes.routes()
			.stream()
			.map((route) -> new PricedHandler(route.definition(), route.definition().methods(),
					Set.of(route.pattern().getPatternString()), route.pricing(), List.of()))
			.toList();
	}

	private Optional<Pricing> annotated(Object handler) {
		return (handler instanceof HandlerMethod method) ? annotated(method) : annotated(targetType(handler));
	}

	private Optional<Pricing> annotated(HandlerMethod handler) {
		Class<?> type = targetType(handler);
		AnnotatedElementKey key = new AnnotatedElementKey(handler.getMethod(), type);
		Optional<Pricing> pricing = this.annotated.get(key);
		return (pricing != null) ? pricing
				: this.annotated.computeIfAbsent(key, (unused) -> noted(resolve(handler, type)));
	}

	private Optional<Pricing> annotated(Class<?> type) {
		Optional<Pricing> pricing = this.annotated.get(type);
		return (pricing != null) ? pricing : this.annotated.computeIfAbsent(type,
				(unused) -> noted(createAnnotated(type.getName(), type.getName(), offers(type))));
	}

	private Optional<Pricing> noted(Optional<Pricing> pricing) {
		pricing.ifPresent(this.unpaidEntry::note);
		return pricing;
	}

	private Optional<Pricing> resolve(HandlerMethod handler, Class<?> type) {
		Method method = AopUtils.getMostSpecificMethod(handler.getMethod(), type);
		List<PaymentRequired> offers = offers(method);
		String source = handler.getShortLogMessage();
		String name = type.getName() + " " + method.toGenericString();
		Optional<Pricing> pricing = createAnnotated(name, source, offers.isEmpty() ? offers(type) : offers);
		if (pricing.filter(Pricing::isTransactional).isPresent() && this.asynchronous.isAsynchronous(method)) {
			throw new InvalidPricingException("transactional", "true",
					"the handler responds on another thread, outside of its transaction",
					"Return the response itself, or leave transactional out.")
				.of(source);
		}
		return pricing;
	}

	/**
	 * Finds the class that holds the annotations of a handler behind a JDK proxy, whose
	 * bean may be known by its name only. Other beans are not looked for: those of a
	 * narrower scope do not exist yet.
	 */
	private static Class<?> targetType(HandlerMethod handler) {
		Class<?> type = handler.getBeanType();
		if (!Proxy.isProxyClass(type)) {
			return type;
		}
		boolean named = handler.getBean() instanceof String;
		return targetType((named ? handler.createWithResolvedBean() : handler).getBean());
	}

	private static Class<?> targetType(Object handler) {
		return ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(handler));
	}

	private Optional<Pricing> createAnnotated(String name, String source, List<PaymentRequired> offers) {
		return offers.isEmpty() ? Optional.empty()
				: Optional.of(this.factory.create(name, source, definitions(source, offers)));
	}

	private static List<OfferDefinition> definitions(String source, List<PaymentRequired> offers) {
		try {
			return offers.stream().map(OfferDefinition::of).toList();
		}
		catch (InvalidPricingException ex) {
			throw ex.of(source);
		}
	}

	/**
	 * Returns the nearest offers only: an overriding method or class has its own price.
	 */
	private static List<PaymentRequired> offers(AnnotatedElement element) {
		List<MergedAnnotation<PaymentRequired>> all = MergedAnnotations
			.from(element, SearchStrategy.TYPE_HIERARCHY, OFFERS)
			.stream(PaymentRequired.class)
			.toList();
		int nearest = all.stream().mapToInt(MergedAnnotation::getAggregateIndex).min().orElse(0);
		return all.stream()
			.filter((annotation) -> annotation.getAggregateIndex() == nearest)
			.map(MergedAnnotation::synthesize)
			.toList();
	}

	/**
	 * Builds the prices of a transport.
	 */
	public static final class Builder {

		private final Networks networks;

		private final ConfigurableBeanFactory beanFactory;

		private final PaymentCodec codec;

		private @Nullable String payTo;

		private List<String> networkNames = List.of();

		private Duration maxTimeout = Duration.ofMinutes(5);

		private PaymentFlow flow = PaymentFlow.AUTHORIZATION;

		private Set<ProtocolVersion> versions = EnumSet.allOf(ProtocolVersion.class);

		private int headerLimit = 6144;

		private int maxDescriptionLength = 500;

		private Map<String, Object> extensions = Map.of();

		private boolean alwaysDeclared;

		private Predicate<String> checksum = (address) -> true;

		private List<PaymentRequirementsCustomizer> customizers = List.of();

		private Supplier<@Nullable SupportedResponse> supported = () -> null;

		private BooleanSupplier transactions = () -> false;

		private BooleanSupplier passes = () -> false;

		private String topUp = "";

		private List<PaymentRoute> routes = List.of();

		private PathPatternParser parser = PathPatternParser.defaultInstance;

		private List<Class<?>> asynchronousTypes = List.of();

		private ResourceDescriber describer = (handler, request) -> null;

		private ResourceInfo service = new ResourceInfo("", null, null);

		private CallerExpression.Parser callers = Builder::refuse;

		private String freeFor = "";

		private String freeQuota = "";

		private @Nullable TransferOffers transfers;

		Builder(Networks networks, ConfigurableBeanFactory beanFactory, PaymentCodec codec) {
			this.networks = networks;
			this.beanFactory = beanFactory;
			this.codec = codec;
		}

		/**
		 * Set the recipient of offers that do not set one.
		 * @param payTo address, or {@code null} if there is no default
		 * @return this builder
		 */
		public Builder payTo(@Nullable String payTo) {
			this.payTo = payTo;
			return this;
		}

		/**
		 * Set the networks of offers that do not set one.
		 * @param networkNames names or CAIP-2 identifiers, at least one
		 * @return this builder
		 */
		public Builder networks(List<String> networkNames) {
			this.networkNames = List.copyOf(networkNames);
			return this;
		}

		/**
		 * Set the validity that buyers must sign for if an offer does not set one. The
		 * default is 5 minutes.
		 * @param maxTimeout the validity
		 * @return this builder
		 */
		public Builder maxTimeout(Duration maxTimeout) {
			this.maxTimeout = maxTimeout;
			return this;
		}

		/**
		 * Set when money moves if an offer does not set it. The default is after the
		 * handler.
		 * @param flow when money moves in relation to the handler
		 * @return this builder
		 */
		public Builder flow(PaymentFlow flow) {
			this.flow = flow;
			return this;
		}

		/**
		 * Set the protocol versions to make offers in. The default is all.
		 * @param versions the versions
		 * @return this builder
		 */
		public Builder versions(Set<ProtocolVersion> versions) {
			this.versions = Set.copyOf(versions);
			return this;
		}

		/**
		 * Set the maximum length of the {@code PAYMENT-REQUIRED} header. The default is
		 * 6144.
		 * @param headerLimit number of characters
		 * @return this builder
		 */
		public Builder headerLimit(int headerLimit) {
			this.headerLimit = headerLimit;
			return this;
		}

		/**
		 * Set the maximum length of a description. The default is 500.
		 * @param maxDescriptionLength number of characters
		 * @return this builder
		 */
		public Builder maxDescriptionLength(int maxDescriptionLength) {
			this.maxDescriptionLength = maxDescriptionLength;
			return this;
		}

		/**
		 * Set the protocol extensions that are declared with every offer.
		 * @param extensions the extensions by key
		 * @return this builder
		 */
		public Builder extensions(Map<String, Object> extensions) {
			this.extensions = Map.copyOf(extensions);
			return this;
		}

		/**
		 * Set the code that attributes settlements to the application.
		 * @param builderCode code of the application, or {@code null} for none
		 * @return this builder
		 * @throws InvalidPricingException if it is no code
		 * @since 0.2.0
		 */
		public Builder builderCode(@Nullable String builderCode) {
			Map<String, Object> all = new LinkedHashMap<>(this.extensions);
			all.remove(BuilderCode.KEY);
			all.putAll((builderCode != null) ? BuilderCode.declaration(builderCode) : Map.of());
			this.extensions = Map.copyOf(all);
			return this;
		}

		/**
		 * Set whether facilitators get the declaration of a resource with every payment.
		 * By default they get it with those that repeat it.
		 * @param alwaysDeclared whether they always get it
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder alwaysDeclared(boolean alwaysDeclared) {
			this.alwaysDeclared = alwaysDeclared;
			return this;
		}

		/**
		 * Set the check of the letter case of EVM addresses.
		 * @param checksum returns whether the checksum of an address is correct
		 * @return this builder
		 */
		public Builder checksum(Predicate<String> checksum) {
			this.checksum = checksum;
			return this;
		}

		/**
		 * Set the customizers of offers.
		 * @param customizers the customizers, in order
		 * @return this builder
		 */
		public Builder customizers(List<PaymentRequirementsCustomizer> customizers) {
			this.customizers = List.copyOf(customizers);
			return this;
		}

		/**
		 * Set the entries that the facilitator adds to offers.
		 * @param supported returns without waiting what the facilitator supports,
		 * {@code null} while that is unknown
		 * @return this builder
		 */
		public Builder supported(Supplier<@Nullable SupportedResponse> supported) {
			this.supported = supported;
			return this;
		}

		/**
		 * Set whether transactions can be bound to payments.
		 * @param transactions returns whether there is one transaction manager
		 * @return this builder
		 */
		public Builder transactions(BooleanSupplier transactions) {
			this.transactions = transactions;
			return this;
		}

		/**
		 * Set whether passes and balances are sold.
		 * @param passes returns whether the transport takes them and there is a store for
		 * them
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder passes(BooleanSupplier passes) {
			this.passes = passes;
			return this;
		}

		/**
		 * Set the top-up that stands beside prices that name none, where it can.
		 * @param topUp an amount such as {@code $5}, empty for none
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder topUp(String topUp) {
			this.topUp = topUp;
			return this;
		}

		/**
		 * Set the prices by path.
		 * @param routes the routes, of which the first match counts
		 * @param parser the parser whose patterns the transport routes on
		 * @return this builder
		 */
		public Builder routes(List<PaymentRoute> routes, PathPatternParser parser) {
			this.routes = List.copyOf(routes);
			this.parser = parser;
			return this;
		}

		/**
		 * Set the return types of handlers that respond on another thread, besides those
		 * of the JDK and of reactive libraries.
		 * @param types the types
		 * @return this builder
		 */
		public Builder asynchronousTypes(List<Class<?>> types) {
			this.asynchronousTypes = List.copyOf(types);
			return this;
		}

		/**
		 * Set the descriptions of mappings for catalogues of paid resources.
		 * @param describer describes mappings
		 * @return this builder
		 */
		public Builder describer(ResourceDescriber describer) {
			this.describer = describer;
			return this;
		}

		/**
		 * Set the service that catalogues show with every resource.
		 * @param service a resource with the name, the tags and the icon of the service
		 * @return this builder
		 */
		public Builder service(ResourceInfo service) {
			this.service = service;
			return this;
		}

		/**
		 * Set how expressions about callers are read. They are refused unless set.
		 * @param callers reads expressions
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder callers(CallerExpression.Parser callers) {
			this.callers = callers;
			return this;
		}

		/**
		 * Set the callers who do not pay prices that set none.
		 * @param freeFor an expression about the caller, empty if everybody pays
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder freeFor(String freeFor) {
			this.freeFor = freeFor;
			return this;
		}

		/**
		 * Set the calls that each client has free where a price sets none. Tools have
		 * none.
		 * @param freeQuota a quota such as {@code 3 per 1d}, empty for none
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder freeQuota(String freeQuota) {
			this.freeQuota = freeQuota;
			return this;
		}

		/**
		 * Set what asks for transfers beside other offers. Nothing does unless set, and
		 * tools never ask for them.
		 * @param transfers makes offers
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder transfers(TransferOffers transfers) {
			this.transfers = transfers;
			return this;
		}

		private static CallerExpression refuse(String attribute, String text) {
			throw new InvalidPricingException(attribute, text,
					"callers are only known to handlers of Spring MVC and WebFlux with Spring Security",
					"Add spring-boot-starter-security, or leave the attribute out.");
		}

		/**
		 * Build the prices.
		 * @return the prices of the transport
		 * @throws InvalidPricingException if a route has a price that cannot be offered
		 */
		public HandlerPricing build() {
			PricingDefaults defaults = new PricingDefaults(this.payTo, this.networkNames, this.maxTimeout, this.flow);
			ChallengeSettings challenges = new ChallengeSettings(this.versions, this.headerLimit,
					this.maxDescriptionLength, this.extensions, this.alwaysDeclared);
			OfferTemplates templates = new OfferTemplates(this.networks, defaults, this.beanFactory,
					new RecipientCheck(this.checksum), this::customize);
			PricingFactory factory = new PricingFactory(templates,
					new Challenges(this.codec, challenges, this.networks, this.supported), this.service,
					new HandlerTraits(templates, new FreeCallers(this.callers, this.freeFor), this.freeQuota,
							this.transactions),
					new Prepaid(new PassScopes(templates, this.passes),
							new TopUps(templates, this.topUp, this.passes)));
			return new HandlerPricing(factory, new RoutePricing(this.routes, this.parser, factory),
					new AsynchronousHandlers(this.asynchronousTypes), this.describer, this.transfers);
		}

		private PaymentRequirements customize(PaymentRequirements offer) {
			PaymentRequirements customized = offer;
			for (PaymentRequirementsCustomizer customizer : this.customizers) {
				customized = customizer.customize(customized);
			}
			return customized;
		}

	}

}
