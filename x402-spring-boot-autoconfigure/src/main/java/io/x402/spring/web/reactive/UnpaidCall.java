/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.x402.spring.access.RequestAccess;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.ResponseHeaders;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;

/**
 * A request as the server received it, until the end of its response. It may turn out to
 * be let in without a payment: then its response is kept from shared caches, and what was
 * reserved for it is given back unless a response begins that would have been charged.
 * Changes nothing before.
 */
final class UnpaidCall {

	private final ServerHttpRequest request;

	private final ServerHttpResponse response;

	private final EngineThreads threads;

	private final boolean ends;

	private final List<Supplier<? extends Mono<Void>>> commitActions = new ArrayList<>(0);

	private final RequestAccess access = new RequestAccess();

	private volatile @Nullable HandlerHeaders headers;

	/**
	 * Create a call.
	 * @param request the request of the server
	 * @param response the response of the server
	 * @param threads where uses and calls are given back
	 * @param ends whether {@link #end} will be called
	 */
	UnpaidCall(ServerHttpRequest request, ServerHttpResponse response, EngineThreads threads, boolean ends) {
		this.request = request;
		this.response = response;
		this.threads = threads;
		this.ends = ends;
	}

	/**
	 * Return the call of a request.
	 * @return the call, or {@code null} outside of a server
	 */
	static @Nullable UnpaidCall of(ContextView context) {
		return context.hasKey(UnpaidCall.class) ? context.<UnpaidCall>get(UnpaidCall.class) : null;
	}

	/**
	 * Remember this call and the current thread, which is that of its connection.
	 */
	Context in(Context context) {
		return ConnectionThread.in(context.put(UnpaidCall.class, this));
	}

	/**
	 * Return whether the end of the request is going to be known, without which it cannot
	 * be let in.
	 */
	boolean isEnding() {
		return this.ends;
	}

	/**
	 * Return the network address of the client. What comes later, such as a
	 * {@code ForwardedHeaderTransformer}, believes what anybody sends.
	 */
	@Nullable String clientAddress() {
		return ClientAddress.of(this.request);
	}

	/**
	 * Return whether a response, which others may have wrapped, is that of this call. The
	 * end of another one is not known.
	 */
	boolean isAnsweredBy(ServerHttpResponse other) {
		// What is held is out of reach, but not whose response holds it
		ResponseHold hold = HeldServerResponse.holdOf(other);
		ServerHttpResponse current = (hold != null) ? hold.response() : other;
		while (current != this.response && current instanceof ServerHttpResponseDecorator decorator) {
			current = decorator.getDelegate();
		}
		return current == this.response;
	}

	/**
	 * Return what the request is let in for.
	 */
	RequestAccess access() {
		return this.access;
	}

	/**
	 * Let the request in: its response is for this caller alone. Another handler of the
	 * request may have responded.
	 */
	void letIn() {
		if (this.response.isCommitted()) {
			return;
		}
		show();
		if (this.headers == null) {
			this.headers = new HandlerHeaders(this.response);
			this.response.beforeCommit(this::commit);
		}
	}

	/**
	 * Show the client what is left of its access.
	 */
	private void show() {
		PaymentReceipts.show(ResponseHeaders.of(this.response.getHeaders()), this.access.headers(),
				this.access.cookies());
	}

	/**
	 * Do something before the response is sent, which may change it.
	 */
	synchronized void beforeCommit(Supplier<? extends Mono<Void>> action) {
		this.commitActions.add(action);
	}

	private Mono<Void> commit() {
		return Flux.fromIterable(commitActions()).concatMap(Supplier::get).then(Mono.defer(() -> {
			HandlerHeaders own = this.headers;
			if (own != null) {
				own.dropReserved();
			}
			show();
			PaymentReceipts.keepPrivate(ResponseHeaders.of(this.response.getHeaders()));
			return giveBack(isBillable());
		}));
	}

	/**
	 * Give back what is not used before the client learns that, and may come again.
	 */
	private Mono<Void> giveBack(boolean billable) {
		if (billable && !this.access.hasFailed()) {
			return Mono.empty();
		}
		return this.threads.settle(() -> {
			if (billable) {
				this.access.giveBackFailed();
			}
			else {
				this.access.end(false);
			}
			return true;
		}).then();
	}

	private synchronized List<Supplier<? extends Mono<Void>>> commitActions() {
		return List.copyOf(this.commitActions);
	}

	private boolean isBillable() {
		HttpStatusCode status = this.response.getStatusCode();
		return status == null || CommitPoint.isBillable(status.value());
	}

	/**
	 * The request has ended. A response that has begun is not free, or a client could
	 * have the beginning of a stream for nothing, again and again. Nor is a handler free
	 * that runs when its client leaves, or a client could have it run without end.
	 * @param signal in which way it has ended
	 */
	void end(SignalType signal) {
		boolean served = isBillable() && (this.response.isCommitted() || signal != SignalType.ON_ERROR);
		if (this.access.isEmpty()) {
			this.access.end(served);
		}
		else {
			this.threads.settleLater(() -> this.access.end(served));
		}
	}

}
