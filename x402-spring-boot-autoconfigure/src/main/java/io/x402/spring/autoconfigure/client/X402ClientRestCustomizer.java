/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import java.util.List;
import java.util.function.Supplier;

import io.x402.spring.client.PaymentRequestInterceptor;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Customizes a {@code RestClient} or {@code RestTemplate} so that it pays. Requests use a
 * request factory with Spring Boot's settings that does not follow redirects.
 *
 * @since 0.1.0
 */
public final class X402ClientRestCustomizer {

	private final PaymentRequestInterceptor interceptor;

	private final Supplier<ClientHttpRequestFactory> requestFactories;

	X402ClientRestCustomizer(PaymentRequestInterceptor interceptor,
			Supplier<ClientHttpRequestFactory> requestFactories) {
		this.interceptor = interceptor;
		this.requestFactories = requestFactories;
	}

	/**
	 * Customize a client so that it pays. Interceptors that are added later see its
	 * payments.
	 * @param builder builder of the client
	 * @return the builder
	 */
	public RestClient.Builder customize(RestClient.Builder builder) {
		return builder.requestFactory(this.requestFactories.get()).requestInterceptors(this::add);
	}

	/**
	 * Customize a client so that it pays.
	 * @param client the client
	 * @return the client
	 */
	public RestTemplate customize(RestTemplate client) {
		client.setRequestFactory(this.requestFactories.get());
		add(client.getInterceptors());
		return client;
	}

	private void add(List<ClientHttpRequestInterceptor> interceptors) {
		if (!interceptors.contains(this.interceptor)) {
			interceptors.add(this.interceptor);
		}
	}

}
