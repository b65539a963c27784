/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.money.Spelling;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PaymentRoute;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricedOffer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.web.method.HandlerMethod;

/**
 * Finds handlers that expect a payment and have no price or free calls, routes that price
 * nothing, and prices in the wrong unit.
 */
final class HandlerChecks implements Consumer<List<PricedHandler>> {

	private static final Log logger = LogFactory.getLog(HandlerChecks.class);

	/**
	 * Other x402 libraries take amounts in the smallest unit, of which a USDC has a
	 * million.
	 */
	private static final Pattern SMALLEST_UNITS = Pattern.compile("[1-9][0-9]{3,}");

	private final WebStack stack;

	HandlerChecks(WebStack stack) {
		this.stack = stack;
	}

	/**
	 * Refuse a functional endpoint whose class is annotated with a price: a filter
	 * function hides the class, and what looks paid would be free.
	 * @param function class of the endpoint
	 * @param predicate what it serves
	 * @throws InvalidPricingException if it is annotated
	 */
	static void refuseAnnotated(Class<?> function, String predicate) {
		if (AnnotatedElementUtils.hasAnnotation(function, PaymentRequired.class)
				|| AnnotatedElementUtils.hasAnnotation(function, PaymentRequired.Offers.class)) {
			throw new InvalidPricingException("price", predicate,
					"a functional endpoint cannot be priced by an annotation",
					"Remove the annotation and price the path of the endpoint under x402.routes.")
				.of(function.getName());
		}
	}

	@Override
	public void accept(List<PricedHandler> handlers) {
		List<PricedHandler> mappings = handlers.stream()
			.filter((handler) -> !(handler.handler() instanceof PaymentRoute))
			.toList();
		mappings.stream().filter(HandlerChecks::isUnpriced).forEach(HandlerChecks::checkArguments);
		mappings.stream()
			.filter((mapping) -> mapping.pricing().freeQuota() != null)
			.forEach(HandlerChecks::checkFreeCalls);
		handlers.stream().filter((handler) -> handler.routes().isEmpty()).forEach(HandlerChecks::warnOfSmallestUnits);
		if (!this.stack.hasFunctions()) {
			handlers.stream()
				.filter((handler) -> handler.handler() instanceof PaymentRoute)
				.forEach((route) -> checkRoute(route, mappings));
		}
	}

	private static boolean isUnpriced(PricedHandler handler) {
		return !handler.isPaid() && handler.routes().isEmpty();
	}

	private static void checkArguments(PricedHandler handler) {
		if (handler.handler() instanceof HandlerMethod method && takesPayment(method)) {
			throw new InvalidPricingException("price", "",
					"the handler takes a VerifiedPayment, but is never paid for and would respond with an error",
					"Add @PaymentRequired or a price under x402.routes, or take the payment as "
							+ "Optional<VerifiedPayment> or @Nullable.")
				.of(method.getShortLogMessage());
		}
	}

	/**
	 * An error gives the free call back, so that the client would never be shown the
	 * price.
	 */
	private static void checkFreeCalls(PricedHandler handler) {
		if (handler.handler() instanceof HandlerMethod method && takesPayment(method)) {
			throw new InvalidPricingException("freeQuota", "",
					"the handler takes a VerifiedPayment, which free calls do not have, and would respond with an error",
					"Take the payment as Optional<VerifiedPayment> or @Nullable, or set the freeQuota of the handler to "
							+ "'none'.")
				.of(method.getShortLogMessage());
		}
	}

	private static boolean takesPayment(HandlerMethod method) {
		return Arrays.stream(method.getMethodParameters()).anyMatch(HandlerChecks::isRequiredPayment);
	}

	private static boolean isRequiredPayment(MethodParameter parameter) {
		return parameter.getParameterType() == VerifiedPayment.class && !parameter.isOptional();
	}

	private static void warnOfSmallestUnits(PricedHandler handler) {
		handler.pricing()
			.offers()
			.stream()
			.map(PricedOffer::price)
			.filter((price) -> SMALLEST_UNITS.matcher(price).matches())
			.distinct()
			.forEach((price) -> logger.warn("The price '" + price + "' of " + handler.source() + " is " + price
					+ " tokens, not " + price + " of their smallest units. Write a decimal number such as 0.05, or '$"
					+ price + "' if that is the price."));
	}

	private void checkRoute(PricedHandler route, List<PricedHandler> mappings) {
		String pattern = route.paths().iterator().next();
		List<PricedHandler> priced = mappings.stream()
			.filter((mapping) -> mapping.routes().contains(pattern) && shareMethods(route, mapping))
			.toList();
		if (priced.stream().noneMatch((mapping) -> mayServe(mapping, pattern))) {
			logger.warn("Route '" + pattern + "' under x402.routes prices no mapping of this application" + suggestion(
					pattern, mappings)
				.map((path) -> "; did you mean '" + path + "'?")
				.orElse(". Correct its path or method, or remove it; handlers with @PaymentRequired and routes listed before it "
						+ "take precedence."));
		}
	}

	/**
	 * The mapping of static resources matches all paths.
	 */
	private boolean mayServe(PricedHandler mapping, String pattern) {
		List<Resource> locations = this.stack.locations(mapping.handler());
		return locations == null || StaticLocations.serve(locations, mapping, pattern);
	}

	/**
	 * Spring maps HEAD requests like GET requests.
	 */
	private static boolean shareMethods(PricedHandler route, PricedHandler mapping) {
		return route.methods().isEmpty() || mapping.methods().isEmpty()
				|| route.methods()
					.stream()
					.map((method) -> (method == HttpMethod.HEAD) ? HttpMethod.GET : method)
					.anyMatch(mapping.methods()::contains);
	}

	private static Optional<String> suggestion(String pattern, List<PricedHandler> mappings) {
		List<String> paths = mappings.stream().flatMap((mapping) -> mapping.paths().stream()).toList();
		if (paths.contains(pattern)) {
			return Optional.empty();
		}
		return withoutContextPath(pattern, paths).or(() -> Spelling.similar(pattern, paths).stream().findFirst());
	}

	/**
	 * Routes, like mappings, begin after the context path.
	 */
	private static Optional<String> withoutContextPath(String pattern, List<String> paths) {
		return paths.stream().filter((path) -> path.length() > 1 && pattern.endsWith(path)).findFirst();
	}

}
