/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.function.Function;

import io.x402.spring.access.SoldPass;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.web.Admission.Redelivered;
import io.x402.spring.web.PaymentFraming;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.RedeliverySettings;
import io.x402.spring.web.RequestHead;
import io.x402.spring.web.ResponseHeaders;
import io.x402.spring.web.StoredResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes what a payment adds to a response: receipts, refusals, and responses that are
 * delivered again.
 */
final class PaymentWriter {

	private final PaymentCodec codec;

	private final PaymentReceipts receipts;

	private final ServerPaymentRequiredEntryPoint entryPoint;

	/**
	 * Create a writer.
	 * @param codec encodes receipts
	 * @param entryPoint responds to requests that are not served
	 * @param redelivery what is stored of responses
	 * @param framing another framing of payments, or {@code null} if there is none
	 */
	PaymentWriter(PaymentCodec codec, ServerPaymentRequiredEntryPoint entryPoint, RedeliverySettings redelivery,
			@Nullable PaymentFraming framing) {
		this.codec = codec;
		this.receipts = new PaymentReceipts(codec, redelivery, framing);
		this.entryPoint = entryPoint;
	}

	/**
	 * Decide what is stored of a response that is about to be released.
	 */
	Function<byte[], ResponseRecord> recorder(RequestHead request, HttpHeaders headers, int status) {
		return this.receipts.recorder(request, headers, status);
	}

	/**
	 * Add the receipt to a response when it is committed, so that defaults of others,
	 * such as those of Spring Security for caching, are there already.
	 */
	void release(RequestHead request, ServerHttpResponse response, PaymentExchange exchange) {
		response.beforeCommit(() -> Mono
			.fromRunnable(() -> this.receipts.release(request, ResponseHeaders.of(response.getHeaders()), exchange)));
	}

	/**
	 * Hand over the pass that a payment has bought when the response is committed. It
	 * starts in the store, for which no thread of the server waits.
	 */
	static void handOver(ServerHttpResponse response, @Nullable SoldPass pass, @Nullable String payer,
			EngineThreads threads) {
		if (pass != null) {
			response.beforeCommit(() -> threads.settle(() -> pass.deliver(payer))
				.doOnNext((headers) -> PaymentReceipts.show(ResponseHeaders.of(response.getHeaders()), headers))
				.then());
		}
	}

	/**
	 * Respond to a request that is not served.
	 */
	Mono<Void> refuse(ServerWebExchange exchange, PaymentChallenge challenge, ProtocolVersion version) {
		return Mono.defer(() -> {
			this.receipts.refuse(ResponseHeaders.of(exchange.getResponse().getHeaders()), challenge, version);
			return this.entryPoint.commence(exchange, challenge);
		});
	}

	/**
	 * Respond to a request whose price cannot be found, or is not asked for.
	 */
	Mono<Void> unavailable(ServerWebExchange exchange) {
		return refuse(exchange, HandlerPricing.unavailable(this.codec), ProtocolVersion.V2);
	}

	/**
	 * Deliver a response again.
	 */
	Mono<Void> redeliver(RequestHead request, ServerWebExchange exchange, Redelivered redelivered,
			EngineThreads threads) {
		return Mono.defer(() -> {
			ServerHttpResponse response = exchange.getResponse();
			StoredResponse stored = redelivered.response();
			response.setStatusCode(HttpStatusCode.valueOf(stored.status()));
			this.receipts.redeliver(ResponseHeaders.of(response.getHeaders()), stored);
			release(request, response, redelivered.exchange());
			handOver(response, redelivered.pass(), redelivered.exchange().payer(), threads);
			boolean empty = stored.body().length == 0 || HttpMethod.HEAD.matches(request.method());
			return empty ? response.setComplete()
					: response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(stored.body())));
		});
	}

}
