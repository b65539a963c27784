/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.web.Admission.Refused;
import io.x402.spring.web.PriceProbes;
import io.x402.spring.web.PriceProbes.Quote;
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
 * for its method, media types, parameters or headers.
 */
final class UnmatchedRequestResolver implements HandlerExceptionResolver {

	private static final Log logger = LogFactory.getLog(UnmatchedRequestResolver.class);

	private final RequestPrices prices;

	private final PriceProbes probes;

	private final PaymentRefusals refusals;

	private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

	/**
	 * Create a resolver.
	 * @param prices finds prices
	 * @param probes tells which requests may look at a price
	 * @param refusals sends refusals
	 * @param mappings the handler mappings of the application
	 */
	UnmatchedRequestResolver(RequestPrices prices, PriceProbes probes, PaymentRefusals refusals,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
		this.prices = prices;
		this.probes = probes;
		this.refusals = refusals;
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
		boolean direct = request.getDispatcherType() == DispatcherType.REQUEST
				|| request.getDispatcherType() == DispatcherType.FORWARD;
		return direct && ServletRequestPathUtils.hasParsedRequestPath(request)
				&& this.probes.isProbe(new ServletRequestHead(request));
	}

	private List<PathMatch> nearest(HttpServletRequest request) {
		List<PathMatch> ofPath = this.mappings.stream()
			.flatMap((mapping) -> mapping.getHandlerMethods().entrySet().stream())
			.flatMap((entry) -> PathMatch.of(entry.getKey(), entry.getValue(), request).stream())
			.sorted(Comparator.comparing(PathMatch::pattern).thenComparing(PathMatch::toString))
			.toList();
		return PriceProbes.nearest(ofPath, PathMatch.CONDITIONS,
				(match, condition) -> match.fulfils(condition, request));
	}

	private @Nullable ModelAndView challenge(HttpServletRequest request, HttpServletResponse response,
			List<PathMatch> matches) {
		Runnable restore = PathMatch.attributes(request);
		try {
			Quote quote = quote(request, matches);
			Refused refused = (quote != null) ? this.probes.challenge(new ServletRequestHead(request), quote) : null;
			if (refused != null) {
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
	 * Find the price of several mappings, none if one is free.
	 */
	private @Nullable Quote quote(HttpServletRequest request, List<PathMatch> matches) {
		List<Quote> quotes = new ArrayList<>();
		// the first one last, so that the request keeps its path variables
		for (int i = matches.size() - 1; i >= 0; i--) {
			Quote quote = quote(request, matches.get(i));
			if (quote == null) {
				return null;
			}
			quotes.add(quote);
		}
		return Quote.agreed(quotes);
	}

	private @Nullable Quote quote(HttpServletRequest request, PathMatch match) {
		HttpServletRequest mapped = match.mapped(request);
		if (mapped == null) {
			return null;
		}
		PricedRequest priced = this.prices.find(mapped, match.handler());
		PaymentOffers offers = (priced != null) ? this.prices.offers(mapped, priced) : null;
		if (priced == null || offers == null || this.prices.decide(mapped, offers) != Decision.CHARGE) {
			return null;
		}
		Quote quote = new Quote(priced, offers);
		return this.probes.isOpen(new ServletRequestHead(request), quote) ? null : quote;
	}

}
