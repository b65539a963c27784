/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.function.Function;

import io.x402.spring.access.SoldPass;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.web.Admission.Paid;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.RequestHead;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * The payment that a held response is armed with, and what it puts into the response.
 */
final class ArmedPayment {

	private final CommitPoint point;

	private final @Nullable SoldPass pass;

	private final PricedRequest priced;

	private final RequestHead request;

	private final PaymentWriter writer;

	private @Nullable Function<byte[], ResponseRecord> recorder;

	/** Whether the paid handler has begun to write or has ended well. */
	private volatile boolean responded;

	/** Whether others have taken what the paid handler returned, to write it. */
	private volatile boolean taken;

	/** Whether the paid handler has had its hands on status, headers and cookies. */
	private volatile boolean touched;

	/**
	 * Create an armed payment.
	 * @param paid the payment and what it buys
	 * @param priced the price of the request
	 * @param request the request
	 * @param writer writes receipts and refusals
	 */
	ArmedPayment(Paid paid, PricedRequest priced, RequestHead request, PaymentWriter writer) {
		this.point = new CommitPoint(paid.exchange(), null);
		this.pass = paid.pass();
		this.priced = priced;
		this.request = request;
		this.writer = writer;
	}

	CommitPoint point() {
		return this.point;
	}

	PaymentExchange exchange() {
		return this.point.exchange();
	}

	/**
	 * Mark what is run for a payment, so that what it writes is known to be of the paid
	 * handler, whichever way that has come by the response.
	 */
	static Context mark(Context context, PaymentExchange paid) {
		return context.put(ArmedPayment.class, paid);
	}

	/**
	 * Return whether what is written in a context may be what is paid for.
	 */
	boolean isOf(ContextView context) {
		this.responded |= context.getOrDefault(ArmedPayment.class, null) == exchange();
		return hasResponded();
	}

	void respond() {
		this.responded = true;
	}

	boolean hasResponded() {
		return this.responded || this.taken;
	}

	boolean isTaken() {
		return this.taken;
	}

	/**
	 * Others may write what the paid handler returned.
	 * @param others whether they do
	 */
	void handTo(boolean others) {
		this.taken = others;
	}

	void touch() {
		this.touched = true;
	}

	boolean isTouched() {
		return this.touched;
	}

	/**
	 * The response is to be decided about: from now on it is recorded with the headers
	 * that it has.
	 */
	void decide(HandlerHeaders headers, int status) {
		this.recorder = this.writer.recorder(this.request, headers.current(), status);
		exchange().madeFor(PaymentReceipts.conditions(this.request, headers.current()));
	}

	/**
	 * Write down the complete response for redelivery.
	 */
	ResponseRecord recorded(byte @Nullable [] body) {
		Function<byte[], ResponseRecord> made = this.recorder;
		return (body != null && made != null) ? made.apply(body) : ResponseRecord.notStored();
	}

	/**
	 * Add the receipt, and the pass that was bought, to a response that is about to be
	 * released.
	 */
	void release(ServerHttpResponse response, EngineThreads threads) {
		this.writer.release(this.request, response, exchange());
		PaymentWriter.handOver(response, this.pass, exchange().payer(), threads);
		response.beforeCommit(() -> Mono.fromRunnable(this::delivering));
	}

	private void delivering() {
		if (!exchange().isDelivered()) {
			this.point.delivering();
		}
	}

	/**
	 * An uncharged response carries the receipt of a payment that was settled before its
	 * handler ran, and what that has bought.
	 */
	void withhold(ServerHttpResponse response, EngineThreads threads) {
		if (exchange().receipt() != null) {
			this.writer.release(this.request, response, exchange());
			PaymentWriter.handOver(response, this.pass, exchange().payer(), threads);
		}
	}

	/**
	 * Send a refusal in place of everything that the handler did.
	 */
	Mono<Void> refuse(ServerWebExchange outer, PaymentRefusal refusal) {
		return this.writer.refuse(outer, this.priced.challenge(exchange().offers(), refusal),
				exchange().payment().version());
	}

}
