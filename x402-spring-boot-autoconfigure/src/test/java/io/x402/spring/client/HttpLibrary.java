/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.time.Duration;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.client.reactive.HttpComponentsClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.http.client.reactive.JettyClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The HTTP libraries below the clients of Spring, built by Spring Boot as for a buyer.
 * Each has its own idea of when to repeat a request and what to throw.
 */
enum HttpLibrary {

	REST_ON_JDK("java.net.http.HttpClient", () -> ClientHttpRequestFactoryBuilder.of(JdkClientHttpRequestFactory.class),
			null),

	REST_ON_SIMPLE("java.net.HttpURLConnection",
			() -> ClientHttpRequestFactoryBuilder.of(SimpleClientHttpRequestFactory.class), null),

	REST_ON_HTTP_COMPONENTS("org.apache.hc.client5.http.impl.classic.HttpClients",
			() -> ClientHttpRequestFactoryBuilder.of(HttpComponentsClientHttpRequestFactory.class), null),

	REST_ON_JETTY("org.eclipse.jetty.client.HttpClient",
			() -> ClientHttpRequestFactoryBuilder.of(JettyClientHttpRequestFactory.class), null),

	REST_ON_REACTOR("reactor.netty.http.client.HttpClient",
			() -> ClientHttpRequestFactoryBuilder.of(ReactorClientHttpRequestFactory.class), null),

	WEB_ON_JDK("java.net.http.HttpClient", null, () -> ClientHttpConnectorBuilder.of(JdkClientHttpConnector.class)),

	WEB_ON_HTTP_COMPONENTS("org.apache.hc.core5.reactive.ReactiveResponseConsumer", null,
			() -> ClientHttpConnectorBuilder.of(HttpComponentsClientHttpConnector.class)),

	WEB_ON_JETTY("org.eclipse.jetty.reactive.client.ReactiveRequest", null,
			() -> ClientHttpConnectorBuilder.of(JettyClientHttpConnector.class)),

	WEB_ON_REACTOR("reactor.netty.http.client.HttpClient", null,
			() -> ClientHttpConnectorBuilder.of(ReactorClientHttpConnector.class));

	static final Duration WAIT = Duration.ofSeconds(30);

	private static final HttpClientSettings SETTINGS = HttpClientSettings.defaults()
		.withRedirects(HttpRedirects.DONT_FOLLOW)
		.withReadTimeout(WAIT);

	private final String type;

	private final java.util.function.Supplier<ClientHttpRequestFactoryBuilder<?>> factories;

	private final java.util.function.Supplier<ClientHttpConnectorBuilder<?>> connectors;

	HttpLibrary(String type, java.util.function.Supplier<ClientHttpRequestFactoryBuilder<?>> factories,
			java.util.function.Supplier<ClientHttpConnectorBuilder<?>> connectors) {
		this.type = type;
		this.factories = factories;
		this.connectors = connectors;
	}

	boolean isAvailable() {
		return ClassUtils.isPresent(this.type, null);
	}

	boolean isReactive() {
		return this.connectors != null;
	}

	ClientKind.Client client(Payer payer) {
		return isReactive() ? ClientKind.client(webClient(payer)) : ClientKind.client(restClient(payer));
	}

	RestClient restClient(Payer payer) {
		return ClientKind.restClient(payer).mutate().requestFactory(this.factories.get().build(SETTINGS)).build();
	}

	WebClient webClient(Payer payer) {
		return ClientKind.webClient(payer).mutate().clientConnector(this.connectors.get().build(SETTINGS)).build();
	}

}
