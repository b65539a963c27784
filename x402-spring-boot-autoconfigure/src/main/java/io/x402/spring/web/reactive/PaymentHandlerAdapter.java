/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.Optional;
import java.util.function.Supplier;

import io.x402.spring.access.Access;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.ResponseHeaders;
import io.x402.spring.web.reactive.UnpaidAccess.Entry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;

/**
 * Asks for payment before a priced handler runs. Decides by the handler that Spring
 * resolved, never by how a path is spelled; what it cannot decide it refuses. Stands
 * before the adapters that run handlers.
 */
final class PaymentHandlerAdapter implements FirstHandlerAdapter, DispatchExceptionHandler {

	private static final Log logger = LogFactory.getLog(PaymentHandlerAdapter.class);

	private final RequestPrices prices;

	private final UnpaidAccess unpaid;

	private final PaidAccess paid;

	private final PaymentRefusals refusals;

	private final UnmatchedRequests unmatched;

	/**
	 * Create an adapter.
	 * @param prices finds prices
	 * @param unpaid lets requests in without a payment
	 * @param paid lets requests in that pay
	 * @param refusals refuses all others
	 * @param unmatched finds the price of requests that no handler takes
	 */
	PaymentHandlerAdapter(RequestPrices prices, UnpaidAccess unpaid, PaidAccess paid, PaymentRefusals refusals,
			UnmatchedRequests unmatched) {
		this.prices = prices;
		this.unpaid = unpaid;
		this.paid = paid;
		this.refusals = refusals;
		this.unmatched = unmatched;
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		PricedRequest priced;
		try {
			priced = this.prices.find(exchange, handler);
		}
		catch (RuntimeException ex) {
			return this.refusals.unavailable(exchange, ex);
		}
		if (priced == null || isFrameworkOptions(exchange, handler)) {
			return this.unpaid.run(exchange, handler);
		}
		return this.prices.offers(exchange, priced)
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((offers) -> offers.isPresent()
					? HandlerTurns.of(exchange).next(Mono.defer(() -> admit(exchange, handler, priced, offers.get())))
					: Mono.just(() -> this.unpaid.run(exchange, handler)))
			.switchIfEmpty(Mono.error(() -> new IllegalStateException("Nothing was decided about the request")))
			.onErrorResume((ex) -> !(ex instanceof ServerWebInputException),
					(ex) -> Mono.just(() -> this.refusals.unavailable(exchange, ex)))
			.flatMap(Supplier::get)
			.doFinally((signal) -> {
				if (signal == SignalType.CANCEL) {
					PaidAccess.giveUp(exchange);
				}
			});
	}

	/**
	 * Show the price of a request that Spring finds no handler for.
	 */
	@Override
	public Mono<HandlerResult> handleError(ServerWebExchange exchange, Throwable failure) {
		return this.unmatched.challenge(exchange, failure)
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((refused) -> refused.isPresent() ? this.refusals.refuse(exchange, refused.get())
					: Mono.error(failure));
	}

	/**
	 * Spring's own responses to OPTIONS run no handler of the application. A function may
	 * be the application's, wrapped in a filter of Spring.
	 */
	private static boolean isFrameworkOptions(ServerWebExchange exchange, Object handler) {
		Class<?> type = (handler instanceof HandlerMethod method) ? method.getBeanType() : handler.getClass();
		return exchange.getRequest().getMethod() == HttpMethod.OPTIONS && !(handler instanceof HandlerFunction<?>)
				&& type.getName().startsWith("org.springframework.web.reactive.");
	}

	private Mono<Supplier<Mono<HandlerResult>>> admit(ServerWebExchange exchange, Object handler, PricedRequest priced,
			PaymentOffers offers) {
		if (exchange.getRequest().getMethod() == HttpMethod.OPTIONS) {
			return Mono.just(() -> noContent(exchange));
		}
		PaymentExchange paid = PaidAccess.of(exchange);
		if (paid != null && !paid.covers(offers)) {
			logger.error("A paid handler hands the request to a handler that asks for more");
			return Mono.just(() -> this.refusals.refuse(exchange, priced, offers, ReasonCode.PAYMENTS_UNAVAILABLE));
		}
		if (paid != null) {
			return Mono.just(() -> this.paid.cover(exchange, handler, paid));
		}
		return this.prices.decide(exchange, offers).flatMap((decision) -> switch (decision) {
			case FREE -> Mono.just(() -> this.unpaid.run(exchange, handler));
			case REFUSE -> Mono.just(() -> this.refusals.refuse(exchange, priced, offers, ReasonCode.REQUEST_REFUSED));
			case CHARGE -> pay(exchange, handler, priced, offers);
		});
	}

	private static Mono<HandlerResult> noContent(ServerWebExchange exchange) {
		exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
		return Mono.empty();
	}

	private Mono<Supplier<Mono<HandlerResult>>> pay(ServerWebExchange exchange, Object handler, PricedRequest priced,
			PaymentOffers offers) {
		return Mono.deferContextual((context) -> {
			ServerRequestHead head = ServerRequestHead.of(exchange, context);
			return this.unpaid.find(exchange, head, priced, offers)
				.map(Optional::of)
				.defaultIfEmpty(Optional.empty())
				.flatMap((entry) -> entry.isPresent() ? enter(exchange, handler, head, entry.get())
						: this.paid.find(exchange, handler, head, priced, offers));
		});
	}

	/**
	 * Let a request in without a payment, or show its client what is left.
	 */
	private Mono<Supplier<Mono<HandlerResult>>> enter(ServerWebExchange exchange, Object handler,
			ServerRequestHead head, Entry entry) {
		Access access = entry.access();
		if (access == null || access.isGranted()) {
			return Mono.just(() -> this.unpaid.run(exchange, handler, entry));
		}
		PaymentReceipts.show(ResponseHeaders.of(exchange.getResponse().getHeaders()), access.headers(),
				access.cookies());
		return (access.refusal() == ReasonCode.PAYMENT_REQUIRED)
				? this.paid.find(exchange, handler, head, entry.priced(), entry.offers())
				: Mono.just(() -> this.refusals.refuse(exchange, head, entry, access));
	}

}
