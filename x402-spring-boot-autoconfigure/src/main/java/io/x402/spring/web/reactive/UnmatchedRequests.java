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
import java.util.Set;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.web.Admission.Refused;
import io.x402.spring.web.PaymentGate;
import io.x402.spring.web.PaymentHeaders;
import io.x402.spring.web.RefusalDocuments;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy.Decision;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpMethod;
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
 * method, media types, parameters or headers. Buyers and indexes often look at a price
 * without the body, content type or parameters of a purchase, and 405, 415, 406 or 400
 * would hide the price from them. Requests that carry a payment keep Spring's response
 * and are not charged, and so do those of browsers, whose page could only repeat them.
 */
final class UnmatchedRequests {

	private static final Log logger = LogFactory.getLog(UnmatchedRequests.class);

	private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST,
			HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

	private final RequestPrices prices;

	private final PaymentGate gate;

	private final UnpaidAccess access;

	private final PaymentHeaders headers;

	private final @Nullable ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

	/**
	 * Create an instance.
	 * @param prices finds prices
	 * @param gate makes refusals
	 * @param access knows who has free calls or a pass
	 * @param headers finds payments
	 * @param mappings the handler mappings of the application, or {@code null} for none
	 */
	UnmatchedRequests(RequestPrices prices, PaymentGate gate, UnpaidAccess access, PaymentHeaders headers,
			@Nullable ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
		this.prices = prices;
		this.gate = gate;
		this.access = access;
		this.headers = headers;
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
		ServerRequestHead head = new ServerRequestHead(exchange.getRequest());
		return METHODS.contains(exchange.getRequest().getMethod()) && !exchange.getResponse().isCommitted()
				&& !this.headers.isPresent(head) && !RefusalDocuments.isBrowser(head);
	}

	/**
	 * Find the mappings of the path that fail the same condition, the one that Spring
	 * reports.
	 * @return the mappings, none if there is nothing about the request that keeps it from
	 * being mapped
	 */
	private List<PathMatch> nearest(ServerWebExchange exchange) {
		if (this.mappings == null) {
			return List.of();
		}
		List<PathMatch> nearest = this.mappings.stream()
			.flatMap((mapping) -> mapping.getHandlerMethods().entrySet().stream())
			.flatMap((entry) -> PathMatch.of(entry.getKey(), entry.getValue(), exchange).stream())
			.sorted(Comparator.comparing(PathMatch::pattern).thenComparing(PathMatch::toString))
			.toList();
		for (PathMatch.Condition condition : PathMatch.CONDITIONS) {
			List<PathMatch> fulfilled = nearest.stream().filter((match) -> match.fulfils(condition, exchange)).toList();
			if (fulfilled.isEmpty()) {
				return nearest;
			}
			nearest = fulfilled;
		}
		return List.of();
	}

	/**
	 * Find the price of several mappings. One that is free, or costs something else, is
	 * reason enough to let Spring say what it would have taken.
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
			.flatMap((quote) -> head(exchange).mapNotNull(
					(head) -> (this.gate.examine(head, quote.priced(), quote.offers()) instanceof Refused refused)
							? refused : null))
			.switchIfEmpty(Mono.fromRunnable(() -> restore(exchange, before)))
			.doOnError((ex) -> restore(exchange, before));
	}

	private static @Nullable Quote agreed(List<Optional<Quote>> quotes) {
		Quote last = quotes.get(quotes.size() - 1).orElse(null);
		return (last != null && quotes.stream().allMatch((one) -> one.filter(last::costsLike).isPresent())) ? last
				: null;
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
			.filterWhen((offers) -> isPaid(exchange, priced, offers))
			.map((offers) -> new Quote(priced, offers));
	}

	/**
	 * A client that has a pass or free calls left is told what it takes to use them.
	 */
	private Mono<Boolean> isPaid(ServerWebExchange exchange, PricedRequest priced, PaymentOffers offers) {
		return head(exchange).flatMap((head) -> this.access.isOpen(exchange, head, priced, offers))
			.map((open) -> !open);
	}

	private static Mono<ServerRequestHead> head(ServerWebExchange exchange) {
		return Mono.deferContextual((context) -> {
			UnpaidCall call = UnpaidCall.of(context);
			return Mono.just(new ServerRequestHead(exchange.getRequest())
				.withAddress((call != null) ? call.clientAddress() : null));
		});
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
