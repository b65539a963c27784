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

import javax.net.ssl.SSLException;

import io.x402.gateway.GatewayProperties.Upstream;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.gateway.server.mvc.common.MvcUtils;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;
import org.springframework.web.client.ResourceAccessException;
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

	private static final Log logger = LogFactory.getLog(UpstreamExchange.class);

	private final Map<String, ProxyExchange> proxies = new ConcurrentHashMap<>();

	private final GatewayProperties properties;

	private final UpstreamHeaders headers;

	private final UpstreamClients clients;

	private final ImportedPrices prices;

	UpstreamExchange(GatewayProperties properties, ImportedPrices prices, UpstreamHeaders headers,
			UpstreamClients clients) {
		this.properties = properties;
		this.prices = prices;
		this.headers = headers;
		this.clients = clients;
		properties.upstreams().forEach((route, upstream) -> {
			upstream.check("gateway.upstreams." + route);
			this.proxies.put(route, clients.proxy(upstream));
		});
	}

	@Override
	public ServerResponse exchange(Request request) {
		ServerRequest incoming = request.getServerRequest();
		String route = String.valueOf(MvcUtils.<Object>getAttribute(incoming, MvcUtils.GATEWAY_ROUTE_ID_ATTR));
		Upstream upstream = this.properties.upstreams().getOrDefault(route, Upstream.DEFAULT);
		checkSold(route, incoming);
		ProxyExchange proxy = this.proxies.computeIfAbsent(route, (name) -> this.clients.proxy(upstream));
		try {
			ServerResponse response = proxy.exchange(outgoing(request, upstream));
			check(incoming, response, upstream);
			return response;
		}
		catch (ResourceAccessException ex) {
			if (ex.getCause() instanceof SSLException) {
				logger.warn("No trust between the gateway and the upstream at "
						+ Objects.requireNonNull(request.getUri()).getHost() + ": "
						+ ex.getMostSpecificCause().getMessage());
			}
			throw failure(ex);
		}
	}

	/**
	 * Whatever else decides about a request, none that a document does not know reaches
	 * the upstream.
	 */
	private void checkSold(String route, ServerRequest request) {
		SoldOperations operations = this.prices.of(route);
		if (operations != null
				&& !operations.isSold(request.method().name(), request.requestPath().pathWithinApplication())) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND);
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

}
