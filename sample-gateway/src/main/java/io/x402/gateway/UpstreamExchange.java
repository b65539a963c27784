/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.gateway.GatewayProperties.Upstream;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.cloud.gateway.server.mvc.common.MvcUtils;
import org.springframework.cloud.gateway.server.mvc.config.GatewayMvcProperties;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange;
import org.springframework.cloud.gateway.server.mvc.handler.RestClientProxyExchange;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Sends requests to upstreams, each exactly once: there are no retries, redirects,
 * cookies or content encodings of the client's own. What is not a complete response of
 * the upstream is an error, so that it is not charged.
 */
@Component
final class UpstreamExchange implements ProxyExchange {

	private final Map<String, ProxyExchange> proxies = new ConcurrentHashMap<>();

	private final GatewayProperties properties;

	private final UpstreamHeaders headers;

	private final RestClient.Builder clients;

	private final GatewayMvcProperties gateway;

	private final SslBundles bundles;

	UpstreamExchange(GatewayProperties properties, UpstreamHeaders headers, RestClient.Builder clients,
			GatewayMvcProperties gateway, SslBundles bundles) {
		this.properties = properties;
		this.headers = headers;
		this.clients = clients;
		this.gateway = gateway;
		this.bundles = bundles;
	}

	@Override
	public ServerResponse exchange(Request request) {
		ServerRequest incoming = request.getServerRequest();
		String route = String.valueOf(MvcUtils.<Object>getAttribute(incoming, MvcUtils.GATEWAY_ROUTE_ID_ATTR));
		Upstream upstream = this.properties.upstreams().getOrDefault(route, Upstream.DEFAULT);
		ProxyExchange proxy = this.proxies.computeIfAbsent(route, (name) -> proxy(upstream));
		try {
			ServerResponse response = proxy.exchange(outgoing(request, upstream));
			check(incoming, response, upstream);
			return response;
		}
		catch (ResourceAccessException ex) {
			throw failure(ex);
		}
	}

	private Request outgoing(Request request, Upstream upstream) {
		URI target = target(request);
		HttpHeaders outgoing = this.headers.of(request, target);
		upstream.authenticate(outgoing);
		RequestBuilder builder = request(request.getServerRequest()).method(request.getMethod())
			.uri(target)
			.headers(outgoing);
		request.getResponseConsumers().forEach(builder::responseConsumer);
		return builder.build();
	}

	/**
	 * Spring Cloud Gateway puts a query together again, in another order. One that no
	 * filter has changed stays as the client sent it.
	 */
	private static URI target(Request request) {
		URI uri = Objects.requireNonNull(request.getUri());
		HttpServletRequest received = request.getServerRequest().servletRequest();
		String query = received.getQueryString();
		return (query != null && sameParameters(received.getParameterMap(), request.getServerRequest().params()))
				? URI.create(uri.toString().replaceFirst("\\?.*", "") + "?" + query) : uri;
	}

	/**
	 * A parameter without a value is an empty text to one, and nothing to the other.
	 */
	private static boolean sameParameters(Map<String, String[]> received, MultiValueMap<String, String> params) {
		return received.keySet().equals(params.keySet()) && received.entrySet()
			.stream()
			.allMatch((entry) -> values(List.of(entry.getValue())).equals(values(params.get(entry.getKey()))));
	}

	private static List<String> values(@Nullable List<String> values) {
		return (values != null) ? values.stream().filter(StringUtils::hasLength).toList() : List.of();
	}

	/**
	 * An upstream that wants to be paid, or does not accept the credentials of the
	 * gateway, is not for buyers to satisfy, and a redirect leads them past the gateway.
	 */
	private static void check(ServerRequest request, ServerResponse response, Upstream upstream) {
		int status = response.statusCode().value();
		boolean refused = status == HttpStatus.PAYMENT_REQUIRED.value()
				|| (status == HttpStatus.UNAUTHORIZED.value() && upstream.isAuthenticated());
		boolean redirected = status / 100 == 3 && status != HttpStatus.NOT_MODIFIED.value() && !upstream.sellRedirects()
				&& UpstreamHeaders.isPaid(request);
		if (refused || redirected) {
			ClientHttpResponse received = MvcUtils.getAttribute(request, MvcUtils.CLIENT_RESPONSE_ATTR);
			if (received != null) {
				received.close();
			}
			throw new ResponseStatusException(HttpStatus.BAD_GATEWAY,
					refused ? "The upstream refused the gateway" : "The upstream redirected");
		}
	}

	/**
	 * Return what a buyer gets if an upstream does not respond, or not to the end.
	 */
	static ResponseStatusException failure(Exception exception) {
		for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
			if (cause instanceof ResponseStatusException known) {
				return known;
			}
			if (cause instanceof SocketTimeoutException) {
				return new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT, "The upstream did not respond in time",
						exception);
			}
		}
		return new ResponseStatusException(HttpStatus.BAD_GATEWAY, "The upstream did not respond completely",
				exception);
	}

	private ProxyExchange proxy(Upstream upstream) {
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
			.addExecInterceptorFirst("upstream body", (request, scope, chain) -> UpstreamBody
				.watch(chain.proceed(request, scope), scope.execRuntime, upstream.maxResponseSize().toBytes()));
	}

}
