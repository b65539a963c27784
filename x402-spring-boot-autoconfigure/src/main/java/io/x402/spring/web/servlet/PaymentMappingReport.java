package io.x402.spring.web.servlet;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.PaymentFlow;
import io.x402.spring.money.Network;
import io.x402.spring.pricing.AnnotatedFunctions;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.OfferCheck;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.pricing.RoutePricing.Route;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Schemes;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Looks at every handler at startup: a price that cannot be asked for stops the
 * application, and the log tells which mappings are paid and which are free. Functional
 * endpoints are named without a price, because only a request tells which route it is of.
 */
public final class PaymentMappingReport implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(PaymentMappingReport.class);

	private static final Set<Class<?>> STREAMS = Set.of(ResponseBodyEmitter.class, StreamingResponseBody.class);

	private final HandlerPricing pricing;

	private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

	private final ObjectProvider<AbstractUrlHandlerMapping> urlMappings;

	private final ObjectProvider<RouterFunction<?>> functions;

	private final boolean publicUrlKnown;

	private final boolean simulated;

	private final List<OfferCheck> checks;

	/**
	 * Create a report.
	 * @param pricing finds prices
	 * @param mappings the mappings of handler methods
	 * @param urlMappings the mappings of other handlers, such as static resources
	 * @param functions functional endpoints, which cannot be annotated
	 * @param publicUrlKnown whether offers name a URL that does not come from the request
	 * @param simulated whether payments are simulated, which is for test networks only
	 * @param checks look at every offer that is known at startup
	 */
	public PaymentMappingReport(HandlerPricing pricing, ObjectProvider<RequestMappingInfoHandlerMapping> mappings,
			ObjectProvider<AbstractUrlHandlerMapping> urlMappings, ObjectProvider<RouterFunction<?>> functions,
			boolean publicUrlKnown, boolean simulated, List<OfferCheck> checks) {
		this.pricing = pricing;
		this.mappings = mappings;
		this.urlMappings = urlMappings;
		this.functions = functions;
		this.publicUrlKnown = publicUrlKnown;
		this.simulated = simulated;
		this.checks = List.copyOf(checks);
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<String> paid = new ArrayList<>();
		List<String> free = new ArrayList<>();
		this.pricing.routes().forEach((route) -> {
			check(route.pricing(), "route " + route.pattern());
			(route.pricing().isFree() ? free : paid).add(route.pattern() + " (route) — " + route.pricing());
		});
		AnnotatedFunctions annotated = new AnnotatedFunctions();
		this.functions.orderedStream().forEach((function) -> function.accept(annotated));
		this.mappings.orderedStream()
			.flatMap((mapping) -> mapping.getHandlerMethods().entrySet().stream())
			.sorted(Comparator.comparing((entry) -> entry.getKey().toString()))
			.forEach((entry) -> inspect(entry, paid, free));
		this.urlMappings.orderedStream()
			.flatMap((mapping) -> mapping.getHandlerMap().entrySet().stream())
			.forEach((entry) -> inspect(entry.getKey(), entry.getValue(), paid, free));
		if (logger.isInfoEnabled()) {
			logger.info(paid.size() + " paid and " + free.size() + " free mappings");
			paid.forEach((line) -> logger.info("  paid " + line));
			free.forEach((line) -> logger.info("  free " + line));
			annotated.functions()
				.forEach((line) -> logger.info("  function " + line + " — paid where a route above matches"));
		}
	}

	private void inspect(Map.Entry<RequestMappingInfo, HandlerMethod> entry, List<String> paid, List<String> free) {
		HandlerMethod handler = resolved(entry.getValue());
		Pricing price = this.pricing.annotated(handler);
		if (price != null && !price.isFree()) {
			check(price, handler.getShortLogMessage());
			paid.add(entry.getKey() + " — " + price + streamHint(handler, price));
			return;
		}
		RequestMappingInfo mapping = entry.getKey();
		List<Route> routes = (price == null) ? this.pricing.routes() : List.of();
		inspect(mapping.toString(), mapping.getPatternValues(), mapping.getMethodsCondition().getMethods(), routes,
				paid, free);
	}

	/**
	 * A bean that is made for each request is named instead of being there.
	 */
	private void inspect(String pattern, Object handler, List<String> paid, List<String> free) {
		Pricing price = (handler instanceof String) ? null : this.pricing.annotated(handler);
		String text = pattern + " (" + ClassUtils.getShortName(ClassUtils.getUserClass(handler)) + ")";
		if (price != null && !price.isFree()) {
			check(price, handler.getClass().getName());
			paid.add(text + " — " + price);
			return;
		}
		inspect(text, Set.of(pattern), Set.of(), (price == null) ? this.pricing.routes() : List.of(), paid, free);
	}

	private static void inspect(String text, Set<String> patterns, Set<RequestMethod> methods, List<Route> routes,
			List<String> paid, List<String> free) {
		List<Route> touching = routes.stream().filter((route) -> route.touches(patterns)).toList();
		if (touching.isEmpty()) {
			free.add(text);
		}
		else if (touching.get(0).covers(patterns, methods)) {
			(touching.get(0).pricing().isFree() ? free : paid).add(text + " — by route " + touching.get(0).pattern());
		}
		else {
			free.add(text + " — but for route "
					+ touching.stream().map((route) -> route.pattern().toString()).collect(Collectors.joining(", ")));
		}
	}

	/**
	 * Only behind a JDK proxy the bean itself has to be looked at; a bean of a narrower
	 * scope does not exist yet.
	 */
	private static HandlerMethod resolved(HandlerMethod handler) {
		return Proxy.isProxyClass(handler.getBeanType()) ? handler.createWithResolvedBean() : handler;
	}

	private void check(Pricing price, String source) {
		List<Network> mainnets = price.networks().stream().filter((network) -> !network.testnet()).toList();
		if (this.simulated && !mainnets.isEmpty()) {
			throw new InvalidPricingException("network", mainnets.get(0).id(),
					"the simulated facilitator takes payments on test networks only",
					"Name a test network such as base-sepolia, or remove x402.facilitator.type to be paid.")
				.of(source);
		}
		if (!this.publicUrlKnown && !mainnets.isEmpty()) {
			throw new InvalidPricingException("base-url", "",
					"offers for real money have to name a URL that no request can forge",
					"Set x402.base-url to the public origin of this application, such as "
							+ "https://api.example.com, or declare a ResourceUrlResolver bean.")
				.of(source);
		}
		for (PaymentRequirements offer : price.staticOffers()) {
			check(offer, source);
		}
	}

	private void check(PaymentRequirements offer, String source) {
		try {
			this.checks.forEach((check) -> check.check(offer));
		}
		catch (InvalidPricingException ex) {
			throw ex.of(source);
		}
	}

	private static String streamHint(HandlerMethod handler, Pricing price) {
		Class<?> type = handler.getReturnType().getParameterType();
		boolean stream = STREAMS.stream().anyMatch((each) -> each.isAssignableFrom(type))
				|| type.getName().equals("reactor.core.publisher.Flux");
		boolean late = price.staticOffers()
			.stream()
			.anyMatch((offer) -> PaymentFlow.of(offer) == PaymentFlow.AUTHORIZATION);
		boolean metered = price.staticOffers().stream().anyMatch((offer) -> Schemes.of(offer).isMetered());
		if (!stream || !late) {
			return "";
		}
		return metered ? " (a stream settles at its first flush; charge before it)"
				: " (a stream settles at its first flush; consider flow = UPFRONT)";
	}

}
