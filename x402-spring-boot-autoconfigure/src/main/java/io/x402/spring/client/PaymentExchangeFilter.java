/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.Arrays;

import io.x402.spring.protocol.ProtocolVersion;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;

/**
 * Pays what {@code WebClient} asks for and a seller responds to with 402, and HTTP
 * interfaces on top of it. A request that is not paid by policy ends with a
 * {@link PaymentRefusedException}, one whose payment the seller does not take with the
 * response of the seller.
 * <p>
 * The connector must not follow redirects, because it would send the payment to wherever
 * they lead. Nothing blocks the thread of the connection: budgets, approval and signing
 * run on one that may block. Safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class PaymentExchangeFilter implements ExchangeFilterFunction {

	private final Payer payer;

	private final int bodyLimit;

	/**
	 * Create a filter.
	 * @param payer pays
	 * @param bodyLimit most bytes of a request body that are kept to be sent again; a
	 * request with a longer one is sent and not paid, or not sent if its length is not
	 * known
	 */
	public PaymentExchangeFilter(Payer payer, int bodyLimit) {
		this.payer = payer;
		this.bodyLimit = bodyLimit;
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		if (Arrays.stream(ProtocolVersion.values())
			.anyMatch((version) -> request.headers().containsHeader(version.paymentHeader()))
				|| MachineCredential.isIn(request.headers())) {
			return next.exchange(request);
		}
		return Mono.defer(() -> new PaidExchange(this.payer, request, next, this.bodyLimit).run());
	}

}
