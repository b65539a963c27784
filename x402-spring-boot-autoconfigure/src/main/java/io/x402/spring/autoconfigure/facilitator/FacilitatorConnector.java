/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.net.http.HttpClient;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * The connector of a facilitator's {@code WebClient}. The one of the JDK is set up for
 * few hosts and many short calls: HTTP/1.1, because it offers an upgrade with every plain
 * request otherwise and fails where HTTP/2 has no stream left, and no threads of its own,
 * because a caller waits for each response anyway.
 */
final class FacilitatorConnector {

	private FacilitatorConnector() {
	}

	/**
	 * Create a connector.
	 * @param builder the builder of the application, of any client
	 * @param settings timeouts, redirects and TLS
	 */
	static ClientHttpConnector create(ClientHttpConnectorBuilder<?> builder, HttpClientSettings settings) {
		return (builder instanceof JdkClientHttpConnectorBuilder jdk)
				? jdk.withHttpClientCustomizer(FacilitatorConnector::customize).build(settings)
				: builder.build(settings);
	}

	private static void customize(HttpClient.Builder builder) {
		builder.version(HttpClient.Version.HTTP_1_1).executor(Runnable::run);
	}

}
