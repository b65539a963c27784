/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.money.Spelling;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PaymentRoute;
import io.x402.spring.pricing.PricedHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * Finds handlers that expect a payment and have no price, and routes that price nothing.
 *
 * @since 0.2.0
 */
public final class HandlerChecks implements Consumer<List<PricedHandler>> {

	private static final Log logger = LogFactory.getLog(HandlerChecks.class);

	private final boolean functions;

	private final BiPredicate<PricedHandler, String> resources;

	/**
	 * Create an instance.
	 * @param functions whether there are functional endpoints, whose paths are known for
	 * each request only
	 * @param resources returns whether a mapping may serve the path of a route; the
	 * mapping of static resources matches all paths
	 */
	public HandlerChecks(boolean functions, BiPredicate<PricedHandler, String> resources) {
		this.functions = functions;
		this.resources = resources;
	}

	/**
	 * Refuse a functional endpoint whose class is annotated with a price: a filter
	 * function hides the class, and what looks paid would be free.
	 * @param function class of the endpoint
	 * @param predicate what it serves
	 * @throws InvalidPricingException if it is annotated
	 */
	public static void refuseAnnotated(Class<?> function, String predicate) {
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
		if (!this.functions) {
			handlers.stream()
				.filter((handler) -> handler.handler() instanceof PaymentRoute)
				.forEach((route) -> checkRoute(route.paths().iterator().next(), mappings));
		}
	}

	private static boolean isUnpriced(PricedHandler handler) {
		return !handler.isPaid() && handler.routes().isEmpty();
	}

	private static void checkArguments(PricedHandler handler) {
		if (handler.handler() instanceof HandlerMethod method
				&& Arrays.stream(method.getMethodParameters()).anyMatch(HandlerChecks::isRequiredPayment)) {
			throw new InvalidPricingException("price", "",
					"the handler takes a VerifiedPayment, but is never paid for and would respond with an error",
					"Add @PaymentRequired or a price under x402.routes, or take the payment as "
							+ "Optional<VerifiedPayment> or @Nullable.")
				.of(method.getShortLogMessage());
		}
	}

	private static boolean isRequiredPayment(MethodParameter parameter) {
		return parameter.getParameterType() == VerifiedPayment.class && !parameter.isOptional();
	}

	private void checkRoute(String pattern, List<PricedHandler> mappings) {
		List<PricedHandler> priced = mappings.stream().filter((mapping) -> mapping.routes().contains(pattern)).toList();
		if (priced.stream().noneMatch((mapping) -> this.resources.test(mapping, pattern))) {
			logger.warn("Route '" + pattern + "' under x402.routes prices no mapping of this application" + suggestion(
					pattern, mappings)
				.map((path) -> "; did you mean '" + path + "'?")
				.orElse(". Correct its path, or remove it; handlers with @PaymentRequired and routes listed before it "
						+ "take precedence."));
		}
	}

	private static Optional<String> suggestion(String pattern, List<PricedHandler> mappings) {
		List<String> paths = mappings.stream().flatMap((mapping) -> mapping.paths().stream()).toList();
		return paths.contains(pattern) ? Optional.empty() : Spelling.similar(pattern, paths).stream().findFirst();
	}

}
