package io.x402.spring.pricing;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.spring.PaymentRequired;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.expression.AnnotatedElementKey;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.RepeatableContainers;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Finds the price of a handler that Spring resolved: from {@link PaymentRequired} on the
 * method, else on its class, each with interfaces, superclasses and meta-annotations,
 * else from the routes.
 */
public final class HandlerPricing {

	private static final RepeatableContainers OFFERS = RepeatableContainers.explicitRepeatable(PaymentRequired.class,
			PaymentRequired.Offers.class);

	private final PricingFactory factory;

	private final RoutePricing routes;

	private final Map<Object, Pricing> annotated = new ConcurrentHashMap<>();

	/**
	 * Create a finder.
	 * @param factory makes prices
	 * @param routes prices of handlers that cannot be annotated
	 * @param parser the parser whose patterns Spring MVC routes on
	 * @throws InvalidPricingException if a route is not valid
	 */
	public HandlerPricing(PricingFactory factory, List<PaymentRoute> routes, PathPatternParser parser) {
		this.factory = factory;
		this.routes = new RoutePricing(routes, parser, factory);
	}

	/**
	 * Find the price of a handler for a request.
	 * @param request the request
	 * @param handler the handler
	 * @return the price, or {@code null} if nothing prices it
	 * @throws InvalidPricingException if it has a price that cannot be asked for
	 */
	public @Nullable Pricing find(HttpServletRequest request, Object handler) {
		this.routes.forget(request);
		Pricing pricing = (handler instanceof HandlerMethod method) ? find(method) : find(targetType(handler));
		if (pricing != Pricing.NONE) {
			return pricing;
		}
		// The path of an error page is not what the buyer asked for
		return (request.getDispatcherType() != DispatcherType.ERROR) ? this.routes.find(request) : null;
	}

	/**
	 * Find the price of a handler method that its annotations tell.
	 * @param handler the handler method
	 * @return the price, or {@code null} if it has none
	 * @throws InvalidPricingException if it has a price that cannot be asked for
	 */
	public @Nullable Pricing annotated(HandlerMethod handler) {
		Pricing pricing = find(handler);
		return (pricing != Pricing.NONE) ? pricing : null;
	}

	/**
	 * Find the price of any other handler that its annotations tell.
	 * @param handler the handler
	 * @return the price, or {@code null} if it has none
	 * @throws InvalidPricingException if it has a price that cannot be asked for
	 */
	public @Nullable Pricing annotated(Object handler) {
		Pricing pricing = find(targetType(handler));
		return (pricing != Pricing.NONE) ? pricing : null;
	}

	/**
	 * Return the prices by path.
	 * @return the routes
	 */
	public List<RoutePricing.Route> routes() {
		return this.routes.routes();
	}

	private Pricing find(HandlerMethod handler) {
		Class<?> type = targetType(handler);
		AnnotatedElementKey key = new AnnotatedElementKey(handler.getMethod(), type);
		Pricing pricing = this.annotated.get(key);
		return (pricing != null) ? pricing : this.annotated.computeIfAbsent(key, (unused) -> resolve(handler, type));
	}

	private Pricing find(Class<?> type) {
		Pricing pricing = this.annotated.get(type);
		return (pricing != null) ? pricing
				: this.annotated.computeIfAbsent(type, (unused) -> create(type.getName(), offers(type)));
	}

	private Pricing resolve(HandlerMethod handler, Class<?> type) {
		Method method = AopUtils.getMostSpecificMethod(handler.getMethod(), type);
		List<PaymentRequired> offers = offers(method);
		Pricing pricing = create(handler.getShortLogMessage(), offers.isEmpty() ? offers(type) : offers);
		if (pricing.isTransactional() && AsynchronousHandlers.isOne(method)) {
			throw new InvalidPricingException("transactional", "true",
					"the handler answers on another thread, where its transaction does not reach",
					"Return the answer itself, or leave transactional out.")
				.of(handler.getShortLogMessage());
		}
		return pricing;
	}

	/**
	 * The annotations of a handler behind a JDK proxy are on its target.
	 */
	private static Class<?> targetType(HandlerMethod handler) {
		Class<?> type = handler.getBeanType();
		return Proxy.isProxyClass(type) ? targetType(handler.getBean()) : type;
	}

	private static Class<?> targetType(Object handler) {
		return ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(handler));
	}

	private Pricing create(String source, List<PaymentRequired> offers) {
		return offers.isEmpty() ? Pricing.NONE : this.factory.create(source, definitions(source, offers));
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
	 * The nearest offers only: what overrides a priced method or class has its own price.
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

}
