/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.evm.onchain.Chains;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * Creates nodes. Their URLs are secrets, because many contain a key.
 */
final class EvmNodes {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final int MAX_SENDING = 64;

	private EvmNodes() {
	}

	/**
	 * Return the URLs of the nodes.
	 * @param connectionDetails connection details, which take precedence
	 * @param property name of the property with the URLs
	 * @param urls value of the property
	 * @return the URLs, in order of preference
	 * @throws InvalidPropertyException if there is no URL or one is invalid
	 */
	static List<URI> uris(ObjectProvider<EvmNodeConnectionDetails> connectionDetails, String property,
			List<String> urls) {
		List<URI> given = connectionDetails.orderedStream().flatMap((details) -> details.getUris().stream()).toList();
		if (!given.isEmpty()) {
			return given;
		}
		Limits.notEmpty(property, urls);
		return urls.stream().map((url) -> uri(property, url)).toList();
	}

	/**
	 * Create nodes.
	 * @param uris URLs of the nodes
	 * @param properties time limit and poll interval
	 * @param failureThreshold number of consecutive failures after which a node is not
	 * usable
	 * @return the networks of the nodes
	 */
	static Chains chains(List<URI> uris, EvmRpcProperties properties, int failureThreshold) {
		ClientHttpRequestFactory requests = ClientHttpRequestFactoryBuilder.detect()
			.build(HttpClientSettings.defaults()
				.withRedirects(HttpRedirects.DONT_FOLLOW)
				.withTimeouts(CONNECT_TIMEOUT, properties.timeout()));
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("x402-rpc-");
		executor.setDaemon(true);
		executor.setConcurrencyLimit(MAX_SENDING);
		executor.setRejectTasksWhenLimitReached(true);
		Chains.Builder chains = Chains.builder(executor, properties.pollInterval());
		int number = 0;
		for (URI uri : uris) {
			chains.node(++number + " (" + uri.getHost() + ")",
					RestClient.builder().baseUrl(uri).requestFactory(requests).build(), failureThreshold);
		}
		return chains.build();
	}

	private static URI uri(String property, String url) {
		URI uri;
		try {
			uri = URI.create(url);
		}
		catch (IllegalArgumentException ex) {
			throw unusable(property);
		}
		if (uri.getHost() == null || uri.getUserInfo() != null
				|| !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
			throw unusable(property);
		}
		return uri;
	}

	private static InvalidPropertyException unusable(String property) {
		return new InvalidPropertyException(property, null, "must contain http(s) URLs only",
				"Use URLs such as https://node.example.com, without user name and password.");
	}

}
