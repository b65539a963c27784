/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.client.PaymentRequestInterceptor;
import io.x402.spring.evm.onchain.Chains;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.signin.SignIn;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * Creates nodes. Their URLs are secrets, because many contain a key. Their clients are
 * those of the application, with its customizers and observations, except that they never
 * pay. An iteration is about the condition of all that were created, and each of them is
 * asked for signatures of contracts.
 */
final class EvmNodes implements Iterable<FacilitatorCondition>, SignIn.ContractAccounts {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final int MAX_SENDING = 64;

	private final ObjectProvider<EvmNodeConnectionDetails> connectionDetails;

	private final ObjectProvider<RestClient.Builder> builder;

	private final ObjectProvider<ClientHttpRequestFactoryBuilder<?>> requests;

	private final ObjectProvider<HttpClientSettings> settings;

	private final ObjectProvider<SslBundles> sslBundles;

	private final Map<String, Chains> created = new ConcurrentSkipListMap<>();

	EvmNodes(ObjectProvider<EvmNodeConnectionDetails> connectionDetails, ObjectProvider<RestClient.Builder> builder,
			ObjectProvider<ClientHttpRequestFactoryBuilder<?>> requests, ObjectProvider<HttpClientSettings> settings,
			ObjectProvider<SslBundles> sslBundles) {
		this.connectionDetails = connectionDetails;
		this.builder = builder;
		this.requests = requests;
		this.settings = settings;
		this.sslBundles = sslBundles;
	}

	/**
	 * Create nodes.
	 * @param prefix prefix of their properties
	 * @param properties URLs, which connection details take precedence over, SSL bundles,
	 * time limit and poll interval
	 * @param failureThreshold number of consecutive failures after which a node is not
	 * usable
	 * @return the networks of the nodes
	 * @throws InvalidPropertyException if there is no URL, or if one is invalid, or the
	 * name of a bundle
	 */
	Chains chains(String prefix, EvmRpcProperties properties, int failureThreshold) {
		List<URI> uris = uris(prefix + "url", properties.url());
		List<String> bundles = bundles(prefix + "ssl-bundle", properties.sslBundle(), uris.size());
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("x402-rpc-");
		executor.setDaemon(true);
		executor.setConcurrencyLimit(MAX_SENDING);
		executor.setRejectTasksWhenLimitReached(true);
		Chains.Builder chains = Chains.builder(executor, properties.pollInterval());
		Map<String, ClientHttpRequestFactory> connections = new HashMap<>();
		for (int i = 0; i < uris.size(); i++) {
			ClientHttpRequestFactory connection = connections.computeIfAbsent(bundles.get(i),
					(bundle) -> connection(prefix + "ssl-bundle", bundle, properties.timeout()));
			chains.node((i + 1) + " (" + uris.get(i).getHost() + ")", client(uris.get(i), connection),
					failureThreshold);
		}
		Chains built = chains.build();
		this.created.put(prefix, built);
		return built;
	}

	@Override
	public Iterator<FacilitatorCondition> iterator() {
		return this.created.entrySet()
			.stream()
			.flatMap((entry) -> entry.getValue().conditions().stream().map((node) -> named(entry.getKey(), node)))
			.iterator();
	}

	@Override
	public @Nullable Boolean isSignedBy(String network, String account, byte[] digest, String signature) {
		for (Chains chains : this.created.values()) {
			Boolean signed = chains.isSignedBy(network, account, digest, signature);
			if (signed != null) {
				return signed;
			}
		}
		return null;
	}

	private static FacilitatorCondition named(String prefix, FacilitatorCondition node) {
		return new FacilitatorCondition(prefix + "url, " + node.name(), node.usable(), node.problem());
	}

	private List<URI> uris(String property, List<String> urls) {
		List<URI> given = this.connectionDetails.orderedStream()
			.flatMap((details) -> details.getUris().stream())
			.toList();
		if (!given.isEmpty()) {
			return given;
		}
		if (urls.isEmpty()) {
			throw new InvalidPropertyException(property, null, "must be set, because there is no other node",
					"Set it to the URL of a JSON-RPC node of your network, such as https://node.example.com.");
		}
		return urls.stream().map((url) -> uri(property, url)).toList();
	}

	/**
	 * Return the name of the bundle of each node, empty if it has none.
	 */
	private static List<String> bundles(String property, List<String> names, int nodes) {
		if (names.size() == nodes) {
			return names;
		}
		if (names.size() > 1) {
			throw new InvalidPropertyException(property, String.join(",", names),
					"must name one bundle for all nodes, or one for each of the " + nodes,
					"Name the bundles in the order of the URLs, with an empty name where a node needs none.");
		}
		return Collections.nCopies(nodes, names.isEmpty() ? "" : names.get(0));
	}

	private ClientHttpRequestFactory connection(String property, String bundle, Duration timeout) {
		HttpClientSettings own = this.settings.getIfAvailable(HttpClientSettings::defaults)
			.withRedirects(HttpRedirects.DONT_FOLLOW)
			.withTimeouts(CONNECT_TIMEOUT, timeout);
		return this.requests.getIfAvailable(ClientHttpRequestFactoryBuilder::detect)
			.build(bundle.isEmpty() ? own : own.withSslBundle(Limits.sslBundle(property, bundle, this.sslBundles)));
	}

	private RestClient client(URI node, ClientHttpRequestFactory connection) {
		return this.builder.getIfUnique(RestClient::builder)
			.clone()
			.requestInterceptors((interceptors) -> interceptors.removeIf(PaymentRequestInterceptor.class::isInstance))
			.requestFactory(new NodeRequestFactory(connection, node))
			.baseUrl(NodeRequestFactory.shown(node))
			.build();
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
