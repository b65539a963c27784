/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.web.Admission.Refused;
import io.x402.spring.web.PriceProbes;
import io.x402.spring.web.PriceProbes.Quote;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy.Decision;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.resource.ResourceWebHandler;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsatisfiedRequestParameterException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;

/**
 * Finds a price where WebFlux finds handlers for the path of a request, but none for its
 * method, media types, parameters or headers.
 */
final class UnmatchedRequests {

	private static final Log logger = LogFactory.getLog(UnmatchedRequests.class);

	private final RequestPrices prices;

	private final PriceProbes probes;

	private final UnpaidAccess access;

	private final @Nullable ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

	/**
	 * Create an instance.
	 * @param prices finds prices
	 * @param probes tells which requests may look at a price
	 * @param access knows who has free calls or a pass
	 * @param mappings the handler mappings of the application, or {@code null} for none
	 */
	UnmatchedRequests(RequestPrices prices, PriceProbes probes, UnpaidAccess access,
			@Nullable ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
		this.prices = prices;
		this.probes = probes;
		this.access = access;
		this.mappings = mappings;
	}

	/**
	 * Find what a request would cost if it fitted.
	 * @param failure why there is no handler
	 * @return the refusal that shows the price; empty if the failure is the response
	 */
	Mono<Refused> challenge(ServerWebExchange exchange, Throwable failure) {
		if (!isUnmatched(exchange, failure) || !isProbe(exchange)) {
			return Mono.empty();
		}
		return Mono.defer(() -> {
			List<PathMatch> matches = nearest(exchange);
			return matches.isEmpty() ? Mono.empty() : challenge(exchange, matches);
		}).onErrorResume((ex) -> {
			logger.debug("No price is asked for of a request that is not mapped", ex);
			return Mono.empty();
		});
	}

	/**
	 * Where no mapping takes the headers of a request, it arrives at the static
	 * resources, or nowhere.
	 */
	private static boolean isUnmatched(ServerWebExchange exchange, Throwable failure) {
		Object handler = exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
		boolean missing = failure instanceof ResponseStatusException status
				&& status.getStatusCode() == HttpStatus.NOT_FOUND;
		if (handler != null) {
			return handler instanceof ResourceWebHandler && (missing || failure instanceof MethodNotAllowedException);
		}
		return missing || failure instanceof MethodNotAllowedException
				|| failure instanceof UnsupportedMediaTypeStatusException
				|| failure instanceof NotAcceptableStatusException
				|| failure instanceof UnsatisfiedRequestParameterException;
	}

	private boolean isProbe(ServerWebExchange exchange) {
		return !exchange.getResponse().isCommitted()
				&& this.probes.isProbe(new ServerRequestHead(exchange.getRequest()));
	}

	private List<PathMatch> nearest(ServerWebExchange exchange) {
		if (this.mappings == null) {
			return List.of();
		}
		List<PathMatch> ofPath = this.mappings.stream()
			.flatMap((mapping) -> mapping.getHandlerMethods().entrySet().stream())
			.flatMap((entry) -> PathMatch.of(entry.getKey(), entry.getValue(), exchange).stream())
			.sorted(Comparator.comparing(PathMatch::pattern).thenComparing(PathMatch::toString))
			.toList();
		return PriceProbes.nearest(ofPath, PathMatch.CONDITIONS,
				(match, condition) -> match.fulfils(condition, exchange));
	}

	/**
	 * Find the price of several mappings, none if one is free.
	 */
	private Mono<Refused> challenge(ServerWebExchange exchange, List<PathMatch> matches) {
		Map<String, Object> before = new HashMap<>(exchange.getAttributes());
		// the first one last, so that the request keeps its path variables
		List<PathMatch> ordered = new ArrayList<>(matches);
		Collections.reverse(ordered);
		return Flux.fromIterable(ordered)
			.concatMap((match) -> quote(exchange, match).map(Optional::of).defaultIfEmpty(Optional.empty()))
			.collectList()
			.mapNotNull(UnmatchedRequests::agreed)
			.flatMap((quote) -> head(exchange).mapNotNull((head) -> this.probes.challenge(head, quote)))
			.switchIfEmpty(Mono.fromRunnable(() -> restore(exchange, before)))
			.doOnError((ex) -> restore(exchange, before));
	}

	private static @Nullable Quote agreed(List<Optional<Quote>> quotes) {
		List<Quote> known = quotes.stream().flatMap(Optional::stream).toList();
		return (known.size() == quotes.size()) ? Quote.agreed(known) : null;
	}

	private static void restore(ServerWebExchange exchange, Map<String, Object> attributes) {
		exchange.getAttributes().clear();
		exchange.getAttributes().putAll(attributes);
	}

	private Mono<Quote> quote(ServerWebExchange exchange, PathMatch match) {
		ServerWebExchange mapped = match.mapped(exchange);
		PricedRequest priced = (mapped != null) ? this.prices.find(mapped, match.handler()) : null;
		if (mapped == null || priced == null) {
			return Mono.empty();
		}
		return this.prices.offers(mapped, priced)
			.filterWhen((offers) -> this.prices.decide(mapped, offers).map(Decision.CHARGE::equals))
			.map((offers) -> new Quote(priced, offers))
			.filterWhen((quote) -> isPaid(exchange, quote));
	}

	/**
	 * A client that has a pass or free calls left is told what it takes to use them.
	 */
	private Mono<Boolean> isPaid(ServerWebExchange exchange, Quote quote) {
		return head(exchange).flatMap((head) -> this.access.isOpen(exchange, head, quote.priced(), quote.offers()))
			.map((open) -> !open);
	}

	private static Mono<ServerRequestHead> head(ServerWebExchange exchange) {
		return Mono.deferContextual((context) -> Mono.just(ServerRequestHead.of(exchange, context)));
	}

}
