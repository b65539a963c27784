/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import io.x402.gateway.GatewayProperties.Upstream;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.cloud.gateway.server.mvc.config.GatewayMvcProperties;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange;
import org.springframework.cloud.gateway.server.mvc.handler.RestClientProxyExchange;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Makes the connections to upstreams, which send what they are given and nothing else.
 */
@Component
final class UpstreamClients {

	private final RestClient.Builder clients;

	private final GatewayMvcProperties gateway;

	private final SslBundles bundles;

	UpstreamClients(RestClient.Builder clients, GatewayMvcProperties gateway, SslBundles bundles) {
		this.clients = clients;
		this.gateway = gateway;
		this.bundles = bundles;
	}

	ProxyExchange proxy(Upstream upstream) {
		return new RestClientProxyExchange(this.clients.clone().requestFactory(connections(upstream)).build(),
				this.gateway);
	}

	private ClientHttpRequestFactory connections(Upstream upstream) {
		HttpClientSettings settings = HttpClientSettings.defaults()
			.withTimeouts(upstream.connectTimeout(), upstream.readTimeout())
			.withRedirects(HttpRedirects.DONT_FOLLOW)
			.withSslBundle(bundle(upstream));
		return ClientHttpRequestFactoryBuilder.httpComponents()
			.withConnectionManagerCustomizer((manager) -> manager.setMaxConnPerRoute(upstream.maxConnections())
				.setMaxConnTotal(upstream.maxConnections()))
			// There are no retries for a connection that the upstream has closed
			// meanwhile
			.withConnectionConfigCustomizer((config) -> config.setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS))
			.withDefaultRequestConfigCustomizer(
					(config) -> config.setConnectionRequestTimeout(Timeout.of(upstream.connectTimeout())))
			.withHttpClientCustomizer((client) -> restrain(client, upstream))
			.build(settings);
	}

	private @Nullable SslBundle bundle(Upstream upstream) {
		return (upstream.sslBundle() != null) ? this.bundles.getBundle(upstream.sslBundle()) : null;
	}

	private static void restrain(HttpClientBuilder client, Upstream upstream) {
		client.disableAutomaticRetries()
			.disableRedirectHandling()
			.disableContentCompression()
			.disableCookieManagement()
			.disableAuthCaching()
			.addExecInterceptorFirst("bodies",
					(request, scope, chain) -> UpstreamBody.watch(
							chain.proceed(RequestBody.watch(request, scope.execRuntime), scope), scope.execRuntime,
							upstream.maxResponseSize().toBytes()));
	}

}
