/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.net.http.HttpClient;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties.Connector;
import io.x402.spring.facilitator.http.HttpFacilitator;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.util.ClassUtils;

/**
 * The connector of a facilitator's {@code WebClient}. The one of the JDK is set up for
 * few hosts and many short calls: HTTP/1.1, because it offers an upgrade with every plain
 * request otherwise and fails where HTTP/2 has no stream left, and no threads of its own,
 * because a caller waits for each response anyway.
 */
final class FacilitatorConnector {

	private static final Map<Connector, String> TYPES = Map.of(Connector.JDK, "java.net.http.HttpClient",
			Connector.REACTOR, "reactor.netty.http.client.HttpClient", Connector.JETTY,
			"org.eclipse.jetty.reactive.client.ReactiveRequest", Connector.HTTP_COMPONENTS,
			"org.apache.hc.core5.reactive.ReactiveResponseConsumer");

	private FacilitatorConnector() {
	}

	/**
	 * Choose the builder of the connector.
	 * @param library the configured library, or {@code null} for the connector of the
	 * application
	 * @param application the builder of the application, of any client
	 * @param calls how many calls may be under way
	 * @return supplies the builder
	 */
	static Supplier<ClientHttpConnectorBuilder<?>> builder(@Nullable Connector library,
			Supplier<ClientHttpConnectorBuilder<?>> application, ConcurrentCalls calls) {
		if (library == null) {
			return application;
		}
		if (!ClassUtils.isPresent(String.valueOf(TYPES.get(library)), FacilitatorConnector.class.getClassLoader())) {
			throw new InvalidPropertyException("x402.facilitator.connector",
					library.name().toLowerCase(Locale.ROOT).replace('_', '-'), "must be a library on the class path",
					"Add the library, or choose another connector.");
		}
		return switch (library) {
			case JDK -> ClientHttpConnectorBuilder::jdk;
			case REACTOR -> () -> ReactorPool.builder(calls);
			case JETTY -> ClientHttpConnectorBuilder::jetty;
			case HTTP_COMPONENTS -> ClientHttpConnectorBuilder::httpComponents;
		};
	}

	/**
	 * Create a connector.
	 * @param builder the builder of any client
	 * @param settings timeouts, redirects and TLS
	 */
	static ClientHttpConnector create(ClientHttpConnectorBuilder<?> builder, HttpClientSettings settings) {
		return (builder instanceof JdkClientHttpConnectorBuilder jdk) ? HttpFacilitator.connector(client(jdk, settings))
				: builder.build(settings);
	}

	/**
	 * Only the builder of the connector knows how the application customizes its clients,
	 * and it does not hand out the client. So the builder of the client is taken from it.
	 */
	private static HttpClient client(JdkClientHttpConnectorBuilder builder, HttpClientSettings settings) {
		AtomicReference<HttpClient.@Nullable Builder> client = new AtomicReference<>();
		builder.withHttpClientCustomizer(client::set).build(settings);
		return Objects.requireNonNull(client.get())
			.version(HttpClient.Version.HTTP_1_1)
			.executor(Runnable::run)
			.build();
	}

	/**
	 * Reactor Netty opens 500 connections to a host unless told otherwise.
	 */
	private static final class ReactorPool {

		/**
		 * Create the builder of a connector with a connection for each call, and for
		 * {@code /supported}. Fallbacks at the same host wait for each other.
		 */
		static ClientHttpConnectorBuilder<?> builder(ConcurrentCalls calls) {
			ConnectionProvider pool = ConnectionProvider.builder("x402-facilitator")
				.maxConnections(Math.addExact(Math.addExact(calls.verifications(), calls.settlements()), 1))
				.pendingAcquireMaxCount(-1)
				.build();
			return ClientHttpConnectorBuilder.reactor()
				.withHttpClientFactory(() -> reactor.netty.http.client.HttpClient.create(pool));
		}

	}

}
