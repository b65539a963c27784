/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.RequestEntity;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.client.NoOpResponseErrorHandler;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpExchangeAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/**
 * The HTTP clients of Spring, each with payment added by hand. None throws for a status.
 */
enum ClientKind {

	REST_CLIENT {

		@Override
		Client client(Payer payer) {
			return client(restClient(payer));
		}

	},

	REST_TEMPLATE {

		@Override
		Client client(Payer payer) {
			RestTemplate client = new RestTemplate(requests());
			client.getInterceptors().add(new PaymentRequestInterceptor(payer));
			client.setErrorHandler(new NoOpResponseErrorHandler());
			return (method, uri, body) -> client.exchange(RequestEntity.method(method, uri).body(body), String.class);
		}

	},

	WEB_CLIENT {

		@Override
		Client client(Payer payer) {
			return client(webClient(payer));
		}

	},

	INTERFACE_ON_REST_CLIENT {

		@Override
		Client client(Payer payer) {
			return proxy(RestClientAdapter.create(restClient(payer)));
		}

	},

	INTERFACE_ON_WEB_CLIENT {

		@Override
		Client client(Payer payer) {
			WebClientAdapter adapter = WebClientAdapter.create(webClient(payer).mutate()
				.defaultStatusHandler((status) -> true, (response) -> Mono.empty())
				.build());
			adapter.setBlockTimeout(WAIT);
			return proxy(adapter);
		}

	};

	private static final Duration WAIT = Duration.ofSeconds(60);

	abstract Client client(Payer payer);

	static Client client(RestClient client) {
		return (method, uri, body) -> {
			RestClient.RequestBodySpec request = client.method(method).uri(uri);
			return ((body != null) ? request.body(body) : request).retrieve().toEntity(String.class);
		};
	}

	static Client client(WebClient client) {
		return (method, uri, body) -> {
			WebClient.RequestBodySpec request = client.method(method).uri(uri);
			return ((body != null) ? request.bodyValue(body) : request)
				.exchangeToMono((response) -> response.toEntity(String.class))
				.block(WAIT);
		};
	}

	static RestClient restClient(Payer payer) {
		return RestClient.builder()
			.requestFactory(requests())
			.requestInterceptor(new PaymentRequestInterceptor(payer))
			.defaultStatusHandler((status) -> true, (request, response) -> {
			})
			.build();
	}

	static WebClient webClient(Payer payer) {
		return WebClient.builder()
			.clientConnector(new JdkClientHttpConnector(http()))
			.filter(new PaymentExchangeFilter(payer, 64 * 1024))
			.build();
	}

	private static ClientHttpRequestFactory requests() {
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(http());
		requests.setReadTimeout(WAIT);
		return requests;
	}

	private static HttpClient http() {
		return HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.build();
	}

	private static Client proxy(HttpExchangeAdapter adapter) {
		Shop shop = HttpServiceProxyFactory.builderFor(adapter).build().createClient(Shop.class);
		return (method, uri, body) -> (body != null) ? shop.post(uri, body) : shop.get(uri);
	}

	/**
	 * Sends a request.
	 */
	interface Client {

		ResponseEntity<String> send(HttpMethod method, URI uri, @Nullable String body);

		default ResponseEntity<String> get(URI uri) {
			return send(HttpMethod.GET, uri, null);
		}

		default ResponseEntity<String> post(URI uri, String body) {
			return send(HttpMethod.POST, uri, body);
		}

	}

	/**
	 * An HTTP interface.
	 */
	interface Shop {

		@GetExchange
		ResponseEntity<String> get(URI uri);

		@PostExchange
		ResponseEntity<String> post(URI uri, @RequestBody String body);

	}

}
