/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

import io.x402.spring.access.Access;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.web.Admission.Refused;
import io.x402.spring.web.PaymentGate;
import io.x402.spring.web.PaymentHeaders;
import io.x402.spring.web.RefusalDocuments;
import io.x402.spring.web.servlet.ProtectedRequestPolicy.Decision;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.UnsatisfiedServletRequestParameterException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Asks for payment where Spring MVC finds handlers for the path of a request, but none
 * for its method, media types, parameters or headers. Buyers and indexes often look at a
 * price without the body, content type or parameters of a purchase, and 405, 415, 406 or
 * 400 would hide the price from them. Requests that carry a payment keep Spring's
 * response and are not charged, and so do those of browsers, whose page could only repeat
 * them.
 */
final class UnmatchedRequestResolver implements HandlerExceptionResolver {

	private static final Log logger = LogFactory.getLog(UnmatchedRequestResolver.class);

	private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

	private final RequestPrices prices;

	private final PaymentGate gate;

	private final PaymentRefusals refusals;

	private final PaymentHeaders headers;

	private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

	/**
	 * Create a resolver.
	 * @param prices finds prices
	 * @param gate makes refusals
	 * @param refusals sends refusals
	 * @param headers finds payments
	 * @param mappings the handler mappings of the application
	 */
	UnmatchedRequestResolver(RequestPrices prices, PaymentGate gate, PaymentRefusals refusals, PaymentHeaders headers,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
		this.prices = prices;
		this.gate = gate;
		this.refusals = refusals;
		this.headers = headers;
		this.mappings = mappings;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		if (!isUnmatched(handler, ex) || !isProbe(request) || response.isCommitted()) {
			return null;
		}
		List<PathMatch> matches = nearest(request);
		return matches.isEmpty() ? null : challenge(request, response, matches);
	}

	/**
	 * Where no mapping takes the headers of a request, it arrives at the static
	 * resources.
	 */
	private static boolean isUnmatched(@Nullable Object handler, Exception ex) {
		if (handler != null) {
			return handler instanceof ResourceHttpRequestHandler
					&& (ex instanceof NoResourceFoundException || ex instanceof HttpRequestMethodNotSupportedException);
		}
		return ex instanceof HttpMediaTypeException || ex instanceof HttpRequestMethodNotSupportedException
				|| ex instanceof UnsatisfiedServletRequestParameterException || ex instanceof NoHandlerFoundException;
	}

	private boolean isProbe(HttpServletRequest request) {
		ServletRequestHead head = new ServletRequestHead(request);
		boolean direct = request.getDispatcherType() == DispatcherType.REQUEST
				|| request.getDispatcherType() == DispatcherType.FORWARD;
		return direct && METHODS.contains(request.getMethod()) && ServletRequestPathUtils.hasParsedRequestPath(request)
				&& !this.headers.isPresent(head) && !RefusalDocuments.isBrowser(head);
	}

	/**
	 * Find the mappings of the path that fail the same condition, the one that Spring
	 * reports.
	 * @return the mappings, none if there is nothing about the request that keeps it from
	 * being mapped
	 */
	private List<PathMatch> nearest(HttpServletRequest request) {
		List<PathMatch> nearest = this.mappings.stream()
			.flatMap((mapping) -> mapping.getHandlerMethods().entrySet().stream())
			.flatMap((entry) -> PathMatch.of(entry.getKey(), entry.getValue(), request).stream())
			.sorted(Comparator.comparing(PathMatch::pattern).thenComparing(PathMatch::toString))
			.toList();
		for (PathMatch.Condition condition : PathMatch.CONDITIONS) {
			List<PathMatch> fulfilled = nearest.stream().filter((match) -> match.fulfils(condition, request)).toList();
			if (fulfilled.isEmpty()) {
				return nearest;
			}
			nearest = fulfilled;
		}
		return List.of();
	}

	private @Nullable ModelAndView challenge(HttpServletRequest request, HttpServletResponse response,
			List<PathMatch> matches) {
		Runnable restore = PathMatch.attributes(request);
		try {
			Quote quote = quote(request, matches);
			if (quote != null && this.gate.examine(new ServletRequestHead(request), quote.priced(),
					quote.offers()) instanceof Refused refused) {
				this.refusals.refuse(request, response, refused.challenge(), refused.version());
				return new ModelAndView();
			}
		}
		catch (Exception ex) {
			logger.debug("No price is asked for of a request that is not mapped", ex);
		}
		restore.run();
		return null;
	}

	/**
	 * Find the price of several mappings. One that is free, or costs something else, is
	 * reason enough to let Spring say what it would have taken.
	 */
	private @Nullable Quote quote(HttpServletRequest request, List<PathMatch> matches) {
		List<Quote> quotes = new ArrayList<>();
		// the first one last, so that the request keeps its path variables
		for (int i = matches.size() - 1; i >= 0; i--) {
			Quote quote = quote(request, matches.get(i));
			if (quote == null || quotes.stream().anyMatch((other) -> !other.costsLike(quote))) {
				return null;
			}
			quotes.add(quote);
		}
		return quotes.get(quotes.size() - 1);
	}

	private @Nullable Quote quote(HttpServletRequest request, PathMatch match) {
		HttpServletRequest mapped = match.mapped(request);
		if (mapped == null) {
			return null;
		}
		PricedRequest priced = this.prices.find(mapped, match.handler());
		PaymentOffers offers = (priced != null) ? this.prices.offers(mapped, priced) : null;
		return (priced != null && offers != null && this.prices.decide(mapped, offers) == Decision.CHARGE
				&& !isFree(request, priced, offers)) ? new Quote(priced, offers) : null;
	}

	/**
	 * A client that has a pass or free calls left is told what it takes to use them.
	 */
	private boolean isFree(HttpServletRequest request, PricedRequest priced, PaymentOffers offers) {
		Access access = this.gate.reserve(new ServletRequestHead(request), priced, offers)
			.filter(Access::isGranted)
			.orElse(null);
		if (access != null) {
			access.giveBack();
		}
		return access != null;
	}

	/**
	 * What a mapping would cost.
	 *
	 * @param priced its price
	 * @param offers offers for the request
	 */
	private record Quote(PricedRequest priced, PaymentOffers offers) {

		boolean costsLike(Quote other) {
			return this.offers.accepts().equals(other.offers().accepts());
		}

	}

}
