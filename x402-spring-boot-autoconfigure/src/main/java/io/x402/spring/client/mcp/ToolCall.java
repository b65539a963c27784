/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client.mcp;

import java.util.concurrent.atomic.AtomicInteger;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.x402.spring.client.PaidCall;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.util.context.ContextView;

/**
 * A call of a tool on its way: the request of the client, and what pays for it.
 */
final class ToolCall {

	private final JSONRPCRequest request;

	private final ContextView context;

	private final AtomicInteger attempts = new AtomicInteger();

	private final Disposable.Swap deadline = Disposables.swap();

	private volatile PaidCall payment;

	private volatile boolean renewed;

	private volatile boolean encoded;

	private volatile boolean switched;

	ToolCall(JSONRPCRequest request, PaidCall payment, ContextView context) {
		this.request = request;
		this.payment = payment;
		this.context = context;
	}

	JSONRPCRequest request() {
		return this.request;
	}

	/**
	 * Return what pays now.
	 */
	PaidCall payment() {
		return this.payment;
	}

	/**
	 * Go on with another payment in place of one that has expired.
	 */
	void renew(PaidCall payment) {
		this.renewed = true;
		this.payment = payment;
	}

	/**
	 * Return whether a payment may have arrived, be it one that another one replaces.
	 */
	boolean isPaid() {
		return this.renewed || this.payment.isPaid();
	}

	/**
	 * Return what the client's own messages are sent with, such as its authentication.
	 */
	ContextView context() {
		return this.context;
	}

	Disposable.Swap deadline() {
		return this.deadline;
	}

	/**
	 * Return an identifier that no request had before.
	 */
	String nextId() {
		return this.request.id() + "-x402-" + this.attempts.incrementAndGet();
	}

	boolean isEncoded() {
		return this.encoded;
	}

	void encode(boolean encoded) {
		this.encoded = encoded;
	}

	/**
	 * Send the payment in another form, once, if the server asks in the dialect of the
	 * other.
	 * @param answer the response to the payment
	 * @return whether to send the payment again
	 */
	boolean switchForm(ToolAnswer answer) {
		if (this.switched || !answer.asksForPayment() || answer.encoded() == this.encoded) {
			return false;
		}
		this.switched = true;
		this.encoded = answer.encoded();
		return true;
	}

}
