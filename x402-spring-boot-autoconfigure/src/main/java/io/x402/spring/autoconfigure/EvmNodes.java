package io.x402.spring.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.x402.spring.evm.onchain.Chains;
import io.x402.spring.evm.onchain.EvmNode;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * Makes nodes of addresses. Addresses of nodes are secrets, because many contain a key.
 */
final class EvmNodes {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final int MAX_SENDING = 64;

	private EvmNodes() {
	}

	static Chains chains(String property, List<String> urls, Duration timeout, Duration pollInterval) {
		Limits.notEmpty(property, urls);
		ClientHttpRequestFactory requests = ClientHttpRequestFactoryBuilder.detect()
			.build(HttpClientSettings.defaults()
				.withRedirects(HttpRedirects.DONT_FOLLOW)
				.withTimeouts(CONNECT_TIMEOUT, timeout));
		List<EvmNode> nodes = new ArrayList<>();
		for (String url : urls) {
			nodes.add(new EvmNode((nodes.size() + 1) + " (" + host(property, url) + ")",
					RestClient.builder().baseUrl(url).requestFactory(requests).build()));
		}
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("x402-rpc-");
		executor.setDaemon(true);
		executor.setConcurrencyLimit(MAX_SENDING);
		executor.setRejectTasksWhenLimitReached(true);
		return new Chains(nodes, executor, pollInterval);
	}

	private static String host(String property, String url) {
		URI uri;
		try {
			uri = URI.create(url);
		}
		catch (IllegalArgumentException ex) {
			throw unusable(property);
		}
		if (uri.getHost() == null || uri.getUserInfo() != null
				|| !(uri.getScheme().equals("https") || uri.getScheme().equals("http"))) {
			throw unusable(property);
		}
		return uri.getHost();
	}

	private static InvalidPropertyException unusable(String property) {
		return new InvalidPropertyException(property, null, "an entry is not the address of a node",
				"Write addresses such as https://node.example.com, without user name and password.");
	}

}
