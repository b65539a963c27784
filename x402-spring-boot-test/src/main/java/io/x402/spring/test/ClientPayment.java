/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Pays requests of {@code RestTestClient}, {@code RestClient} and {@code RestTemplate}:
 * {@code RestTestClient.bindToServer().requestInterceptor(payment())}. A request that is
 * not answered 402 is not paid.
 *
 * @since 0.1.0
 */
public final class ClientPayment extends TestPayment<ClientPayment> implements ClientHttpRequestInterceptor {

	private ClientPayment(PaymentRecipe recipe, @Nullable AtomicReference<PaymentHeader> signed) {
		super(recipe, signed);
	}

	/**
	 * Return a payment for the first offer.
	 * @return the payment
	 */
	public static ClientPayment payment() {
		return new ClientPayment(new PaymentRecipe(), null);
	}

	@Override
	ClientPayment copy(PaymentRecipe recipe, @Nullable AtomicReference<PaymentHeader> signed) {
		return new ClientPayment(recipe, signed);
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		PaymentHeader payment = signed();
		if (payment == null) {
			ClientHttpResponse response = execution.execute(request, body);
			if (!isAskedFor(response.getStatusCode().value())) {
				return response;
			}
			payment = sign(response);
		}
		request.getHeaders().set(payment.name(), payment.value());
		return execution.execute(request, body);
	}

	private PaymentHeader sign(ClientHttpResponse response) {
		try (response) {
			return sign(response.getHeaders().getFirst(ProtocolVersion.PAYMENT_REQUIRED_HEADER));
		}
	}

}
