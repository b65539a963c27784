package io.x402.spring.web;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.money.Network;
import io.x402.spring.payment.PaymentFlow;
import io.x402.spring.protocol.PaymentRequirements;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Looks at every handler method at startup: a price that cannot be asked for stops the
 * application, and the log tells which mappings are paid and which are free.
 */
public final class PaymentMappingReport implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(PaymentMappingReport.class);

	private static final Set<Class<?>> STREAMS = Set.of(ResponseBodyEmitter.class, StreamingResponseBody.class);

	private final HandlerPricing pricing;

	private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

	private final ObjectProvider<RouterFunction<?>> functions;

	private final boolean publicUrlKnown;

	private final boolean simulated;

	private final List<OfferCheck> checks;

	/**
	 * Create a report.
	 * @param pricing finds prices
	 * @param mappings the mappings to look at
	 * @param functions functional endpoints, which cannot be annotated
	 * @param publicUrlKnown whether offers name a URL that does not come from the request
	 * @param simulated whether payments are simulated, which is for test networks only
	 * @param checks look at every offer that is known at startup
	 */
	public PaymentMappingReport(HandlerPricing pricing, ObjectProvider<RequestMappingInfoHandlerMapping> mappings,
			ObjectProvider<RouterFunction<?>> functions, boolean publicUrlKnown, boolean simulated,
			List<OfferCheck> checks) {
		this.pricing = pricing;
		this.mappings = mappings;
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
			paid.add(route.pattern() + " (route) — " + route.pricing());
		});
		this.functions.orderedStream().forEach((function) -> function.accept(new AnnotatedFunctions()));
		this.mappings.orderedStream()
			.flatMap((mapping) -> mapping.getHandlerMethods().entrySet().stream())
			.sorted(Comparator.comparing((entry) -> entry.getKey().toString()))
			.forEach((entry) -> inspect(entry, paid, free));
		if (logger.isInfoEnabled()) {
			logger.info(paid.size() + " paid and " + free.size() + " free mappings");
			paid.forEach((line) -> logger.info("  paid " + line));
			free.forEach((line) -> logger.info("  free " + line));
		}
	}

	private void inspect(Map.Entry<RequestMappingInfo, HandlerMethod> entry, List<String> paid, List<String> free) {
		HandlerMethod handler = resolved(entry.getValue());
		Pricing price = this.pricing.annotated(handler);
		if (price == null || price.isFree()) {
			free.add(entry.getKey().toString());
			return;
		}
		check(price, handler.getShortLogMessage());
		paid.add(entry.getKey() + " — " + price + streamHint(handler, price));
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
		return (stream && late) ? " (a stream settles at its first flush; consider flow = UPFRONT)" : "";
	}

}
