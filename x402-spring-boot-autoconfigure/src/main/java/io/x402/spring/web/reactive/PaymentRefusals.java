/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.concurrent.RejectedExecutionException;

import io.x402.spring.access.Access;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.web.Admission.Refused;
import io.x402.spring.web.PaymentGate;
import io.x402.spring.web.reactive.UnpaidAccess.Entry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

/**
 * Refuses requests in place of their handlers.
 */
final class PaymentRefusals {

	private static final Log logger = LogFactory.getLog(PaymentRefusals.class);

	private final PaymentGate gate;

	private final PaymentWriter writer;

	private final EngineThreads threads;

	/**
	 * Create an instance.
	 * @param gate makes refusals
	 * @param writer writes them
	 * @param threads where the engine runs
	 */
	PaymentRefusals(PaymentGate gate, PaymentWriter writer, EngineThreads threads) {
		this.gate = gate;
		this.writer = writer;
		this.threads = threads;
	}

	/**
	 * Refuse a request without looking at its payment.
	 */
	Mono<HandlerResult> refuse(ServerWebExchange exchange, PricedRequest priced, PaymentOffers offers,
			ReasonCode reason) {
		return refuse(exchange, this.gate.refuse(priced, offers, reason));
	}

	/**
	 * Refuse a request whose pass does not let it in.
	 */
	Mono<HandlerResult> refuse(ServerWebExchange exchange, ServerRequestHead head, Entry entry, Access access) {
		return refuse(exchange, this.gate.refuse(head, entry.priced(), entry.offers(), access));
	}

	/**
	 * Refuse a request, and hand over what its payment has bought all the same.
	 */
	Mono<HandlerResult> refuse(ServerWebExchange exchange, Refused refused) {
		PaymentWriter.handOver(exchange.getResponse(), refused.pass(), null, this.threads);
		return this.writer.refuse(exchange, refused.challenge(), refused.version()).then(Mono.empty());
	}

	/**
	 * Refuse a request about which nothing can be decided.
	 */
	Mono<HandlerResult> unavailable(ServerWebExchange exchange, Throwable failure) {
		if (failure instanceof InvalidPricingException || failure instanceof RejectedExecutionException) {
			logger.error("A priced handler is not available: " + failure.getMessage());
		}
		else {
			logger.error("A priced handler is not available", failure);
		}
		return this.writer.unavailable(exchange).then(Mono.empty());
	}

}
