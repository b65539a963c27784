/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.function.BiFunction;

import io.x402.spring.payment.PaymentExchange;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

/**
 * Result of a paid handler, which is written to the response that the handler sees.
 * Spring would write it to that of whatever called the handler, and so may others do that
 * take the value of the result.
 */
final class PaidResult extends HandlerResult {

	private final HandlerResult result;

	private final ServerWebExchange exchange;

	private final ResponseHold hold;

	private final PaymentExchange payment;

	private final Runnable givenUp;

	/**
	 * Create a result.
	 * @param result what the handler returned
	 * @param exchange the request and its response as the handler sees them
	 * @param hold holds what is written
	 * @param payment the payment of the handler
	 * @param givenUp is run if no one waits for it any more, or if its errors are not
	 * handled
	 */
	PaidResult(HandlerResult result, ServerWebExchange exchange, ResponseHold hold, PaymentExchange payment,
			Runnable givenUp) {
		super(result.getHandler(), result.getReturnValue(), result.getReturnTypeSource(), result.getBindingContext());
		this.result = result;
		this.exchange = exchange;
		this.hold = hold;
		this.payment = payment;
		this.givenUp = givenUp;
		// Spring asks for this whoever writes
		setExceptionHandler((outer, ex) -> {
			fail();
			return Mono.error(ex);
		});
	}

	/**
	 * Return the goods, or what publishes them. Who takes them may write them anywhere,
	 * unless it leaves that to {@link #write}.
	 */
	@Override
	public @Nullable Object getReturnValue() {
		Object value = super.getReturnValue();
		this.hold.handFor(this.payment, true);
		if (value instanceof Mono<?> mono) {
			return mono.doOnError((ex) -> takeBack());
		}
		return (value instanceof Flux<?> flux) ? flux.switchOnFirst((first, all) -> {
			if (first.isOnError()) {
				takeBack();
			}
			return all;
		}) : value;
	}

	private void takeBack() {
		this.hold.handFor(this.payment, false);
	}

	private void fail() {
		this.hold.fail();
		this.givenUp.run();
	}

	/**
	 * Write the result, or what the handler of its errors returns.
	 * @param writer writes results
	 */
	Mono<Void> write(BiFunction<ServerWebExchange, HandlerResult, Mono<Void>> writer) {
		Mono<Void> written = Mono.defer(() -> {
			takeBack();
			return writer.apply(this.exchange, this.result);
		});
		DispatchExceptionHandler errors = this.result.getExceptionHandler();
		if (errors != null) {
			written = written.onErrorResume((ex) -> {
				this.hold.fail();
				return errors.handleError(this.exchange, ex).flatMap((error) -> writer.apply(this.exchange, error));
			});
		}
		return written.doOnSuccess((none) -> this.hold.respondFor(this.payment))
			.doOnError((ex) -> fail())
			.doFinally((signal) -> {
				if (signal == SignalType.CANCEL) {
					this.givenUp.run();
				}
			})
			.contextWrite((context) -> ArmedPayment.mark(context, this.payment));
	}

}
