/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;

/**
 * Pays requests of {@code WebTestClient} and {@code WebClient}:
 * {@code webTestClient.mutate().filter(payment()).build()}. A request that is not
 * answered 402 is not paid.
 *
 * @since 0.1.0
 */
public final class WebClientPayment extends TestPayment<WebClientPayment> implements ExchangeFilterFunction {

	private WebClientPayment(PaymentRecipe recipe, @Nullable AtomicReference<PaymentHeader> signed) {
		super(recipe, signed);
	}

	/**
	 * Return a payment for the first offer.
	 * @return the payment
	 */
	public static WebClientPayment payment() {
		return new WebClientPayment(new PaymentRecipe(), null);
	}

	@Override
	WebClientPayment copy(PaymentRecipe recipe, @Nullable AtomicReference<PaymentHeader> signed) {
		return new WebClientPayment(recipe, signed);
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		PaymentHeader payment = signed();
		return (payment != null) ? next.exchange(paid(request, payment))
				: next.exchange(request).flatMap((response) -> repeat(request, response, next));
	}

	private Mono<ClientResponse> repeat(ClientRequest request, ClientResponse response, ExchangeFunction next) {
		if (!isAskedFor(response.statusCode().value())) {
			return Mono.just(response);
		}
		String challenge = response.headers().asHttpHeaders().getFirst(ProtocolVersion.PAYMENT_REQUIRED_HEADER);
		return response.releaseBody().then(Mono.defer(() -> next.exchange(paid(request, sign(challenge)))));
	}

	private static ClientRequest paid(ClientRequest request, PaymentHeader payment) {
		return ClientRequest.from(request).header(payment.name(), payment.value()).build();
	}

}
