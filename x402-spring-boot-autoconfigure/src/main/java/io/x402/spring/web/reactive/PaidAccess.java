/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

import io.x402.spring.VerifiedPayment;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.web.Admission;
import io.x402.spring.web.Admission.Paid;
import io.x402.spring.web.Admission.Presented;
import io.x402.spring.web.Admission.Redelivered;
import io.x402.spring.web.Admission.Refused;
import io.x402.spring.web.PaymentGate;
import io.x402.spring.web.RequestFingerprint;
import io.x402.spring.web.reactive.PaidServerRequest.Beginning;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;

/**
 * Takes the payment of a request, arms the held response and runs the handler that is
 * paid for.
 */
final class PaidAccess {

	private static final Log logger = LogFactory.getLog(PaidAccess.class);

	/** Holds the payment of the exchange. */
	private static final String EXCHANGE = PaidAccess.class.getName() + ".EXCHANGE";

	private final PaymentGate gate;

	private final PaymentWriter writer;

	private final EngineThreads threads;

	private final HandlerAdapters adapters;

	private final PaymentRefusals refusals;

	/**
	 * Create an instance.
	 * @param gate reads and takes payments
	 * @param writer writes receipts
	 * @param threads where the engine runs
	 * @param adapters run handlers
	 * @param refusals sends refusals
	 */
	PaidAccess(PaymentGate gate, PaymentWriter writer, EngineThreads threads, HandlerAdapters adapters,
			PaymentRefusals refusals) {
		this.gate = gate;
		this.writer = writer;
		this.threads = threads;
		this.adapters = adapters;
		this.refusals = refusals;
	}

	/**
	 * Return the payment that the response is held for. A filter outside may send a
	 * request through once more, with another response and the attributes of before.
	 */
	static @Nullable PaymentExchange of(ServerWebExchange exchange) {
		ResponseHold hold = HeldServerResponse.holdOf(exchange.getResponse());
		PaymentExchange paid = exchange.getAttribute(EXCHANGE);
		return (hold != null && paid != null && hold.isHeldFor(paid)) ? paid : null;
	}

	/**
	 * Take the payment of a request, if it carries one.
	 * @return what goes on with the request
	 */
	Mono<Supplier<Mono<HandlerResult>>> find(ServerWebExchange exchange, Object handler, ServerRequestHead head,
			PricedRequest priced, PaymentOffers offers) {
		return Mono.deferContextual((context) -> {
			Admission admission = this.gate.examine(head, priced, offers);
			if (!(admission instanceof Presented presented)) {
				return Mono.just(() -> this.refusals.refuse(exchange, (Refused) admission));
			}
			ResponseHold hold = HeldServerResponse.holdOf(exchange.getResponse());
			PaidServerRequest request = context.hasKey(PaidServerRequest.class)
					? context.<PaidServerRequest>get(PaidServerRequest.class) : null;
			if (hold == null || request == null || hold.isCommitted()) {
				logger.error("A priced handler was reached without PaymentWebFilter, or after the response was "
						+ "committed");
				return Mono.just(() -> this.refusals.refuse(exchange, priced, offers, ReasonCode.PAYMENTS_UNAVAILABLE));
			}
			int taking = hold.beginTaking();
			return identify(exchange, head.withUri(hold.sentUri()), request)
				.flatMap((identified) -> this.threads.take(() -> take(presented, identified, hold, taking)))
				.doOnNext((taken) -> remember(exchange, taken))
				.map((taken) -> () -> proceed(exchange, handler, head, hold, taken));
		});
	}

	private static void remember(ServerWebExchange exchange, Admission taken) {
		if (taken instanceof Paid paid) {
			exchange.getAttributes().put(EXCHANGE, paid.exchange());
			exchange.getAttributes().put(VerifiedPayment.class.getName(), paid.exchange().payment());
		}
	}

	private Mono<Identified> identify(ServerWebExchange exchange, ServerRequestHead head, PaidServerRequest request) {
		Mono<Optional<String>> user = exchange.getPrincipal()
			.map((principal) -> Optional.of(String.valueOf(principal.getName())))
			.defaultIfEmpty(Optional.empty());
		return user.zipWith(body(request)).map((known) -> {
			ServerRequestHead named = head.withUser(known.getT1().orElse(null));
			RequestFingerprint fingerprint = this.gate.fingerprint(named);
			BodyFingerprint.add(request.getHeaders(), known.getT2(), fingerprint);
			return new Identified(named, fingerprint.identity(new ServerPricingRequest(exchange).pattern()));
		});
	}

	/**
	 * That a body does not arrive is the doing of its client.
	 */
	private static Mono<Beginning> body(PaidServerRequest request) {
		return request.peek()
			.onErrorMap((ex) -> new ServerWebInputException("The body of the request could not be read", null, ex));
	}

	/**
	 * Take a payment, unless the buyer has left while the request waited for a thread.
	 * The hold is armed at once, so that the payment is given back if the buyer has left
	 * meanwhile, or a filter has responded in place of the handler, which must not run
	 * then.
	 */
	private Admission take(Presented presented, Identified identified, ResponseHold hold, int taking) {
		if (hold.isGivenUp()) {
			return givenUp(presented);
		}
		hold.giveBack();
		Admission admission = this.gate.take(identified.head(), presented, identified.identity());
		if (admission instanceof Paid paid) {
			if (paid.exchange().receipt() != null && isUpgrade(identified.head().request())) {
				hold.allowUpgrade();
			}
			ArmedPayment armed = new ArmedPayment(paid, presented.priced(), identified.head(), this.writer);
			return hold.arm(armed, taking) ? admission : givenUp(presented);
		}
		return admission;
	}

	/**
	 * Hardly anyone sees this refusal, so that no one is told of it.
	 */
	private static Admission givenUp(Presented presented) {
		PaymentRefusal refusal = PaymentRefusal.of(ReasonCode.PAYMENTS_UNAVAILABLE);
		return new Refused(presented.priced().challenge(presented.offers(), refusal), ProtocolVersion.V2);
	}

	private Mono<HandlerResult> proceed(ServerWebExchange exchange, Object handler, ServerRequestHead head,
			ResponseHold hold, Admission admission) {
		if (admission instanceof Paid paid) {
			// Others may have responded since it was armed
			return hold.isHeldFor(paid.exchange()) ? run(exchange, handler, hold, paid.exchange()) : Mono.empty();
		}
		if (admission instanceof Redelivered redelivered) {
			return this.writer.redeliver(head, exchange, redelivered, this.threads).then(Mono.empty());
		}
		return this.refusals.refuse(exchange, (Refused) admission);
	}

	private Mono<HandlerResult> run(ServerWebExchange exchange, Object handler, ResponseHold hold,
			PaymentExchange paid) {
		ServerHttpRequest request = exchange.getRequest();
		ServerWebExchange staying = (isUpgrade(request) && paid.receipt() == null)
				? exchange.mutate().request(new StayingRequest(request)).build() : exchange;
		return call(staying, hold, paid, (visible) -> handle(visible, handler).doOnError((ex) -> {
			if (isBeforeRun(handler, ex)) {
				hold.handlerDidNotRun();
			}
		}));
	}

	/**
	 * Run one more handler for the same payment.
	 */
	Mono<HandlerResult> cover(ServerWebExchange exchange, Object handler, PaymentExchange paid) {
		ResponseHold hold = HeldServerResponse.holdOf(exchange.getResponse());
		if (hold == null || HeldServerResponse.isOfPaidHandler(exchange.getResponse())) {
			// The paid handler that called this one decides what its failure means
			return this.adapters.handle(exchange, handler);
		}
		return call(exchange, hold, paid, (visible) -> handle(visible, handler));
	}

	/**
	 * A function sees the exchange of its request, which Spring has made of that of
	 * whatever called it.
	 */
	private Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		if (handler instanceof HandlerFunction<?>) {
			exchange.getAttributes()
				.computeIfPresent(RouterFunctions.REQUEST_ATTRIBUTE,
						(name, request) -> paid((ServerRequest) request, exchange));
		}
		return this.adapters.handle(exchange, handler);
	}

	private static ServerRequest paid(ServerRequest request, ServerWebExchange exchange) {
		return ServerRequest.create(exchange, request.messageReaders(), request.apiVersionStrategy());
	}

	private static Mono<HandlerResult> call(ServerWebExchange exchange, ResponseHold hold, PaymentExchange paid,
			Function<ServerWebExchange, Mono<HandlerResult>> handler) {
		ServerWebExchange visible = exchange.mutate()
			.response(PaidResponse.of(exchange.getResponse(), hold, paid))
			.build();
		// A handler may throw before there is anything to subscribe to
		return Mono.defer(() -> handler.apply(visible)).doOnError((ex) -> {
			hold.fail();
			giveUp(exchange);
		}).doOnSuccess((result) -> {
			if (result == null) {
				hold.respondFor(paid);
			}
		})
			.<HandlerResult>map((result) -> new PaidResult(result, visible, hold, paid, () -> giveUp(exchange)))
			.contextWrite((context) -> ArmedPayment.mark(context, paid));
	}

	/**
	 * What called the handler of a request does not wait for it any more. What a paid
	 * handler calls is its own affair.
	 */
	static void giveUp(ServerWebExchange exchange) {
		ServerHttpResponse response = exchange.getResponse();
		ResponseHold hold = HeldServerResponse.holdOf(response);
		if (hold != null && !HeldServerResponse.isOfPaidHandler(response) && hold.giveUpCall()) {
			exchange.getAttributes().remove(VerifiedPayment.class.getName());
		}
	}

	/**
	 * Return whether an exception proves that a handler method did not run, since it is
	 * about an argument of that method. A handler that takes an argument as a publisher
	 * runs before there is one.
	 */
	private static boolean isBeforeRun(Object handler, Throwable failure) {
		if (!(handler instanceof HandlerMethod method)) {
			return false;
		}
		if (failure instanceof HandlerMethodValidationException invalid) {
			return !invalid.isForReturnValue() && invalid.getMethod().equals(method.getMethod());
		}
		MethodParameter argument = (failure instanceof ServerWebInputException input) ? input.getMethodParameter()
				: null;
		return argument != null && method.getMethod().equals(argument.getMethod())
				&& ReactiveAdapterRegistry.getSharedInstance().getAdapter(argument.getParameterType()) == null;
	}

	private static boolean isUpgrade(ServerHttpRequest request) {
		return request.getHeaders().containsHeader(HttpHeaders.UPGRADE);
	}

	/**
	 * A request and what tells it from others.
	 *
	 * @param head the request and its user
	 * @param identity what tells it from others
	 */
	private record Identified(ServerRequestHead head, RequestIdentity identity) {

	}

	/**
	 * A request that does not ask for another protocol, which could not be held.
	 */
	private static final class StayingRequest extends ServerHttpRequestDecorator {

		private final HttpHeaders headers;

		StayingRequest(ServerHttpRequest request) {
			super(request);
			HttpHeaders visible = HttpHeaders.copyOf(request.getHeaders());
			visible.remove(HttpHeaders.UPGRADE);
			this.headers = HttpHeaders.readOnlyHttpHeaders(visible);
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

	}

}
