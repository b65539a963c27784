/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

import io.x402.spring.PaymentFlow;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricedOffer;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.pricing.PricingCheck;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.http.HttpMethod;
import org.springframework.web.method.HandlerMethod;

/**
 * Checks every handler at startup and logs which mappings are paid and which are free. A
 * price that cannot be offered stops the application. Functional endpoints are logged
 * without a price, because their routes are known for each request only.
 */
final class PaymentMappingReport implements Runnable {

	private static final Log logger = LogFactory.getLog(PaymentMappingReport.class);

	private final PricingCatalog catalog;

	private final WebStack stack;

	private final PricingCheck check;

	private final SellerSetup setup;

	/**
	 * Create a report.
	 * @param catalog lists the mappings
	 * @param stack web stack of the application
	 * @param check checks every price
	 * @param setup facilitator and store of the application
	 */
	PaymentMappingReport(PricingCatalog catalog, WebStack stack, PricingCheck check, SellerSetup setup) {
		this.catalog = catalog;
		this.stack = stack;
		this.check = check;
		this.setup = setup;
	}

	@Override
	public void run() {
		List<String> functionLines = functions();
		List<PricedHandler> handlers = this.catalog.handlers();
		List<PricedHandler> priced = handlers.stream().filter((handler) -> handler.routes().isEmpty()).toList();
		priced.forEach(this::check);
		priced.forEach(this.stack::checkTerms);
		new HandlerChecks(this.stack).accept(handlers);
		if (logger.isInfoEnabled()) {
			log(handlers, functionLines);
		}
	}

	/**
	 * Functional endpoints cannot be annotated.
	 */
	private List<String> functions() {
		List<String> predicates = new ArrayList<>();
		this.stack.visitFunctions((predicate, function) -> {
			HandlerChecks.refuseAnnotated(function, predicate);
			predicates.add(predicate);
		});
		return predicates;
	}

	private void log(List<PricedHandler> handlers, List<String> functions) {
		List<PricedHandler> paid = handlers.stream().filter(PricedHandler::isPaid).toList();
		List<PricedHandler> free = handlers.stream().filter((handler) -> !handler.isPaid()).toList();
		logger.info(this.setup.summary(paid, free.size()));
		paid.forEach((handler) -> logger.info("  paid " + mapping(handler) + " — " + price(handler)));
		free.forEach((handler) -> logFree(handler, "  free " + mapping(handler) + exceptions(handler)));
		functions.forEach((line) -> logger.info("  function " + line + " — paid where a route above matches"));
	}

	private static void logFree(PricedHandler handler, String line) {
		if (isOfFramework(handler)) {
			logger.debug(line);
		}
		else {
			logger.info(line);
		}
	}

	private static boolean isOfFramework(PricedHandler handler) {
		Class<?> type = (handler.handler() instanceof HandlerMethod method) ? method.getBeanType()
				: handler.handler().getClass();
		return handler.routes().isEmpty() && type.getName().startsWith("org.springframework.");
	}

	private static String mapping(PricedHandler handler) {
		String paths = String.join(", ", handler.paths());
		if (handler.handler() instanceof HandlerMethod) {
			paths = "[" + paths + "]";
		}
		String methods = handler.methods()
			.stream()
			.map(HttpMethod::name)
			.sorted(Comparator.naturalOrder())
			.collect(Collectors.joining(", "));
		return (methods.isEmpty() ? "" : methods + " ") + paths + " (" + handler.name() + ")";
	}

	private String price(PricedHandler handler) {
		return handler.routes().isEmpty() ? handler.pricing() + streamHint(handler)
				: "by route " + handler.routes().get(0);
	}

	private static String exceptions(PricedHandler handler) {
		return handler.routes().isEmpty() ? "" : " — but for route " + String.join(", ", handler.routes());
	}

	private void check(PricedHandler handler) {
		try {
			this.check.check(handler.pricing());
		}
		catch (InvalidPricingException ex) {
			throw ex.of(handler.source());
		}
	}

	private String streamHint(PricedHandler handler) {
		List<PricedOffer> offers = handler.pricing().offers();
		if (!isStream(handler) || offers.stream().noneMatch((offer) -> offer.flow() == PaymentFlow.AUTHORIZATION)) {
			return "";
		}
		return offers.stream().anyMatch((offer) -> offer.scheme().rules().isMetered())
				? " (a stream settles at its first flush; charge before it)"
				: " (a stream settles at its first flush; consider flow = UPFRONT)";
	}

	private boolean isStream(PricedHandler handler) {
		if (!(handler.handler() instanceof HandlerMethod method)) {
			return false;
		}
		Class<?> type = method.getReturnType().getParameterType();
		return this.stack.streams().stream().anyMatch((stream) -> stream.isAssignableFrom(type))
				|| type.getName().equals("reactor.core.publisher.Flux");
	}

}
