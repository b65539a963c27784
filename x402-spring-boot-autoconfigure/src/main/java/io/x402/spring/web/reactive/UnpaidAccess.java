/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.security.Principal;
import java.util.Optional;
import java.util.function.UnaryOperator;

import io.x402.spring.AccessPass;
import io.x402.spring.access.Access;
import io.x402.spring.access.PassHeaders;
import io.x402.spring.access.PassUse;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.web.PaymentGate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Finds what lets a request in without a payment: a caller who does not pay, a pass, or a
 * free call. What waits for a store does so on a thread of the engine.
 */
final class UnpaidAccess {

	private final PaymentGate gate;

	private final EngineThreads threads;

	private final HandlerAdapters adapters;

	/**
	 * Create an instance.
	 * @param gate reserves uses of passes and free calls
	 * @param threads where the engine runs
	 * @param adapters run handlers
	 */
	UnpaidAccess(PaymentGate gate, EngineThreads threads, HandlerAdapters adapters) {
		this.gate = gate;
		this.threads = threads;
		this.adapters = adapters;
	}

	/**
	 * Look for what lets a request in.
	 * @return what was found; empty if there is nothing, so that its payment decides
	 */
	Mono<Entry> find(ServerWebExchange exchange, ServerRequestHead head, PricedRequest priced, PaymentOffers offers) {
		return Mono.deferContextual((context) -> {
			UnpaidCall call = UnpaidCall.of(context);
			if (call == null || !isToBeHad(priced.pricing(), context) || !call.isAnsweredBy(exchange.getResponse())) {
				return Mono.empty();
			}
			if (!call.isEnding()) {
				return Mono.error(new IllegalStateException("The handler was registered while the request was served"));
			}
			return caller(exchange).flatMap((caller) -> {
				ServerRequestHead named = head.withUser(caller.map(Principal::getName).orElse(null));
				Callers.remember(exchange, caller.orElse(null));
				return needsStore(head, priced.pricing())
						? this.threads.take(() -> Optional.ofNullable(find(call, named, priced, offers)))
						: Mono.fromCallable(() -> Optional.ofNullable(find(call, named, priced, offers)));
			}).flatMap(Mono::justOrEmpty);
		});
	}

	/**
	 * Return whether a pass or a free call would let a request in, and take neither.
	 */
	Mono<Boolean> isOpen(ServerWebExchange exchange, ServerRequestHead head, PricedRequest priced,
			PaymentOffers offers) {
		return !needsStore(head, priced.pricing()) ? Mono.just(false)
				: caller(exchange).flatMap((caller) -> this.threads

					.take(() -> this.gate.isOpen(head.withUser(caller.map(Principal::getName).orElse(null)), priced,
							offers)));
	}

	private static boolean isToBeHad(Pricing pricing, ContextView context) {
		boolean withoutPayment = !context.hasKey(PaidServerRequest.class);
		return pricing.freeCallers() != null
				|| (withoutPayment && (pricing.freeQuota() != null || pricing.pass() != null));
	}

	private static Mono<Optional<Principal>> caller(ServerWebExchange exchange) {
		return exchange.getPrincipal()
			.map((principal) -> Optional.<Principal>of(principal))
			.defaultIfEmpty(Optional.empty());
	}

	private static boolean needsStore(ServerRequestHead head, Pricing pricing) {
		return pricing.freeCallers() != null || pricing.freeQuota() != null || PassHeaders.areSent(head::headers);
	}

	private @Nullable Entry find(UnpaidCall call, ServerRequestHead head, PricedRequest priced, PaymentOffers offers) {
		if (priced.isFreeForCaller()) {
			return new Entry(call, priced, offers, null);
		}
		Access covering = call.access().covering(priced.pricing(), offers);
		if (covering != null) {
			return new Entry(call, priced, offers, covering);
		}
		Access access = this.gate.reserve(head, priced, offers).orElse(null);
		if (access == null || (access.isGranted() && !call.access().reserve(priced.pricing(), access))) {
			return null;
		}
		return new Entry(call, priced, offers, access);
	}

	/**
	 * Run a handler that asks for nothing.
	 */
	Mono<HandlerResult> run(ServerWebExchange exchange, Object handler) {
		ResponseHold hold = HeldServerResponse.holdOf(exchange.getResponse());
		if (hold != null) {
			hold.runsFree();
		}
		return this.adapters.handle(exchange, handler);
	}

	/**
	 * Run the handler of a request that is let in. One that fails before it has written
	 * anything is not counted, whatever another one responds in its place. What it has
	 * written may leave although it was not sent yet, in the hands of a filter.
	 */
	Mono<HandlerResult> run(ServerWebExchange exchange, Object handler, Entry entry) {
		UnpaidCall call = entry.call();
		Access access = entry.access();
		if (access != null) {
			call.access().begin(handler, access);
		}
		call.letIn();
		if (access instanceof PassUse use) {
			exchange.getAttributes().put(AccessPass.class.getName(), use.pass());
		}
		UnpaidResponse response = UnpaidResponse.of(exchange.getResponse(), call);
		ServerWebExchange visible = exchange.mutate().response(response).build();
		UnaryOperator<Throwable> failed = (failure) -> {
			call.access().end(handler, !exchange.getResponse().isCommitted() && !response.isWritten());
			return inPlaceOf(exchange, failure);
		};
		// A handler may throw before there is anything to subscribe to
		return Mono.defer(() -> run(visible, handler))
			.<HandlerResult>map((result) -> new UnpaidResult(result, visible, failed))
			.onErrorMap(failed);
	}

	/**
	 * Spring WebFlux ends a response as if it were complete for what looks like a client
	 * who left, although the connection to another server may be what broke.
	 */
	private static Throwable inPlaceOf(ServerWebExchange exchange, Throwable failure) {
		boolean lost = DisconnectedClientHelper.isClientDisconnectedException(failure);
		return (lost && !exchange.getResponse().isCommitted()) ? new ResponseStatusException(HttpStatus.BAD_GATEWAY)
				: failure;
	}

	/**
	 * What was found.
	 *
	 * @param call the call
	 * @param priced its price
	 * @param offers offers for it
	 * @param access access without payment, granted or not, or {@code null} for callers
	 * who do not pay
	 */
	record Entry(UnpaidCall call, PricedRequest priced, PaymentOffers offers, @Nullable Access access) {

	}

}
