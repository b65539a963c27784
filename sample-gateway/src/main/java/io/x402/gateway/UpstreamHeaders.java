/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.x402.gateway.TrustedEdge.EdgePayment;
import io.x402.spring.AccessPass;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.web.ForwardableHeaders;
import io.x402.spring.web.ResponseRules;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.gateway.server.mvc.filter.HttpHeadersFilter.ResponseHttpHeadersFilter;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange.Request;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Headers to and from upstreams. An upstream gets no payment of a buyer; it gets what the
 * gateway knows about it, which no client can imitate. A buyer gets no header by which
 * the upstream speaks for payments, or to the proxies in front of the gateway.
 */
@Component
final class UpstreamHeaders implements ResponseHttpHeadersFilter, Ordered {

	/** Address of the buyer. */
	static final String PAYER = "X402-Payer";

	/** Price in atomic units of the asset. */
	static final String AMOUNT = "X402-Amount";

	/** Address of the token. */
	static final String ASSET = "X402-Asset";

	/** CAIP-2 identifier of the network. */
	static final String NETWORK = "X402-Network";

	/** Transaction of a payment that was settled before the upstream is asked. */
	static final String TRANSACTION = "X402-Transaction";

	/** Identity of the pass for which the upstream is asked in place of a payment. */
	static final String PASS = "X402-Pass-Id";

	/** Seconds since 1970. */
	static final String TIMESTAMP = "X402-Timestamp";

	/** HMAC-SHA256 of all of these, of method and target. */
	static final String SIGNATURE = "X402-Signature";

	private static final List<String> SIGNED = List.of(PAYER, AMOUNT, ASSET, NETWORK, TRANSACTION, PASS);

	/** Ends at the gateway, beside what Spring Cloud Gateway removes. */
	private static final Set<String> HOP_BY_HOP = Set.of("connection", "keep-alive", "proxy-connection", "expect",
			"http2-settings", "te", "trailer", "upgrade");

	/** By which an upstream would command the servers in front of the gateway. */
	private static final Set<String> COMMANDS = Set.of("alt-svc", "x-accel-redirect", "x-accel-buffering",
			"x-accel-limit-rate", "x-accel-charset", "x-sendfile", "x-lighttpd-send-file", "x-reproxy-url");

	/** By which some upstreams read another method or path than the one that is sold. */
	private static final Set<String> OVERRIDES = Set.of("x-http-method-override", "x-http-method", "x-method-override",
			"x-original-method", "x-original-url", "x-original-uri", "x-rewrite-url", "x-override-url");

	private final String edgeHeader;

	private final Clock clock;

	private final @Nullable SecretKeySpec key;

	UpstreamHeaders(GatewayProperties properties) {
		byte[] bytes = properties.key();
		this.edgeHeader = key(properties.edge().header());
		this.clock = Clock.systemUTC();
		this.key = (bytes != null) ? new SecretKeySpec(bytes, "HmacSHA256") : null;
	}

	/**
	 * Return whether a buyer pays for a request, with a payment or a pass, here or in
	 * front of the gateway.
	 */
	static boolean isPaid(ServerRequest request) {
		return attribute(request, VerifiedPayment.class) != null || attribute(request, AccessPass.class) != null
				|| attribute(request, EdgePayment.class) != null;
	}

	private static <T> @Nullable T attribute(ServerRequest request, Class<T> type) {
		return type.cast(request.servletRequest().getAttribute(type.getName()));
	}

	/**
	 * Return the headers of a request to an upstream.
	 * @param target the address that is requested, which is signed
	 */
	HttpHeaders of(Request request, URI target) {
		HttpHeaders headers = ForwardableHeaders.of(withoutHopByHop(request.getHeaders()));
		List.copyOf(headers.headerNames())
			.stream()
			.filter((name) -> key(name).equals(this.edgeHeader) || OVERRIDES.contains(key(name)))
			.forEach(headers::remove);
		String contentType = request.getServerRequest().servletRequest().getHeader(HttpHeaders.CONTENT_TYPE);
		if (contentType != null) {
			headers.set(HttpHeaders.CONTENT_TYPE, contentType);
		}
		Map<String, String> payment = payment(request.getServerRequest());
		payment.forEach(headers::set);
		if (this.key != null) {
			String timestamp = Long.toString(this.clock.instant().getEpochSecond());
			headers.set(TIMESTAMP, timestamp);
			headers.set(SIGNATURE,
					sign(this.key, timestamp + "\n" + request.getMethod() + "\n" + target(target), payment));
		}
		return headers;
	}

	/**
	 * Some servers do not tell underscores from hyphens.
	 */
	private static String key(String name) {
		return name.toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static Map<String, String> payment(ServerRequest request) {
		Map<String, String> headers = new LinkedHashMap<>();
		VerifiedPayment payment = attribute(request, VerifiedPayment.class);
		AccessPass pass = attribute(request, AccessPass.class);
		EdgePayment edge = attribute(request, EdgePayment.class);
		if (payment != null) {
			SettlementResponse receipt = payment.receipt();
			put(headers, PAYER, payment.payer());
			put(headers, AMOUNT, payment.amount().toString());
			put(headers, ASSET, payment.requirements().asset());
			put(headers, NETWORK, payment.requirements().network());
			put(headers, TRANSACTION, (receipt != null) ? receipt.transaction() : null);
		}
		else if (pass != null) {
			put(headers, PAYER, pass.payer());
			put(headers, PASS, pass.id());
		}
		else if (edge != null) {
			put(headers, AMOUNT, edge.amount());
		}
		return headers;
	}

	private static void put(Map<String, String> headers, String name, @Nullable String value) {
		if (value != null) {
			headers.put(name, value);
		}
	}

	private static String target(URI uri) {
		return uri.getRawPath() + ((uri.getRawQuery() != null) ? "?" + uri.getRawQuery() : "");
	}

	private static String sign(SecretKeySpec key, String request, Map<String, String> payment) {
		String text = request + "\n"
				+ SIGNED.stream().map((name) -> payment.getOrDefault(name, "")).collect(Collectors.joining("\n"));
		try {
			Mac mac = Mac.getInstance(key.getAlgorithm());
			mac.init(key);
			return "v1=" + HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("There is no HMAC-SHA256", ex);
		}
	}

	/**
	 * Before Spring Cloud Gateway removes the header that names others.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	/**
	 * Return the headers of a response for the buyer.
	 */
	@Override
	public HttpHeaders apply(HttpHeaders received, ServerResponse response) {
		HttpHeaders headers = withoutHopByHop(received);
		for (String name : List.copyOf(headers.headerNames())) {
			String key = name.toLowerCase(Locale.ROOT);
			if (ResponseRules.isReserved(key) || key.startsWith("payment-") || key.startsWith("x402-")
					|| COMMANDS.contains(key)) {
				headers.remove(name);
			}
		}
		return headers;
	}

	/**
	 * The header Connection names further ones.
	 */
	private static HttpHeaders withoutHopByHop(HttpHeaders headers) {
		Set<String> named = headers.getOrEmpty(HttpHeaders.CONNECTION)
			.stream()
			.flatMap((value) -> Arrays.stream(value.split(",")))
			.map((name) -> name.strip().toLowerCase(Locale.ROOT))
			.collect(Collectors.toSet());
		HttpHeaders kept = new HttpHeaders();
		headers.forEach((name, values) -> {
			String key = name.toLowerCase(Locale.ROOT);
			if (!HOP_BY_HOP.contains(key) && !named.contains(key)) {
				kept.put(name, List.copyOf(values));
			}
		});
		return kept;
	}

}
