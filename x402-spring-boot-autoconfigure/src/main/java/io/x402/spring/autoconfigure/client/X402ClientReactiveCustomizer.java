/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import java.util.function.Supplier;

import io.x402.spring.client.PaymentExchangeFilter;

import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Customizes a {@code WebClient} so that it pays. Requests use a connector with Spring
 * Boot's settings that does not follow redirects.
 *
 * @since 0.1.0
 */
public final class X402ClientReactiveCustomizer {

	private final PaymentExchangeFilter filter;

	private final Supplier<ClientHttpConnector> connectors;

	X402ClientReactiveCustomizer(PaymentExchangeFilter filter, Supplier<ClientHttpConnector> connectors) {
		this.filter = filter;
		this.connectors = connectors;
	}

	/**
	 * Customize a client so that it pays. Filters that are added later see its payments.
	 * @param builder builder of the client
	 * @return the builder
	 */
	public WebClient.Builder customize(WebClient.Builder builder) {
		return builder.clientConnector(this.connectors.get()).filters((filters) -> {
			if (!filters.contains(this.filter)) {
				filters.add(this.filter);
			}
		});
	}

}
