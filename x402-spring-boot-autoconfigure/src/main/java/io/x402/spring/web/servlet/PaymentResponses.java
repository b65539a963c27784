/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.web.RedeliverySettings;
import io.x402.spring.web.StoredResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * Writes receipts onto released responses and hands refusals to the entry point.
 *
 * @since 0.1.0
 */
public final class PaymentResponses {

	/**
	 * Name of the header that tells that an answer was delivered before.
	 */
	static final String REPLAYED_HEADER = "Idempotent-Replayed";

	private static final String NO_STORE = "no-store";

	private static final Set<String> SHARED_CACHING = Set.of("public", "s-maxage", "proxy-revalidate");

	private final PaymentRefusals refusals;

	private final RedeliverySettings redelivery;

	/**
	 * Create the writer.
	 * @param codec encodes receipts
	 * @param entryPoint answers requests that are not served
	 * @param redelivery what is kept of answers
	 */
	public PaymentResponses(PaymentCodec codec, PaymentRequiredEntryPoint entryPoint, RedeliverySettings redelivery) {
		this.refusals = new PaymentRefusals(codec, entryPoint);
		this.redelivery = redelivery;
	}

	/**
	 * Return the request headers that tell requests apart.
	 * @return the headers
	 */
	RequestHeaderIdentity identity() {
		return new RequestHeaderIdentity(this.redelivery.identityHeaders());
	}

	/**
	 * Return what answers requests that are not served.
	 */
	PaymentRefusals refusals() {
		return this.refusals;
	}

	PaymentAnswer answer(HttpServletRequest request, PricedRequest priced) {
		return new PaymentAnswer() {

			@Override
			public ResponseRecord keep(HttpHeaders headers, int status, byte[] body) {
				return PaymentResponses.this.keep(request, headers, status, body);
			}

			@Override
			public void settled(HttpServletResponse response, PaymentExchange exchange) {
				released(request, response, exchange);
			}

			@Override
			public void refused(HttpServletResponse response, PaymentExchange exchange, PaymentRefusal refusal)
					throws IOException {
				refusals().refuse(request, response, priced.challenge(exchange.offers(), refusal),
						exchange.payment().version());
			}

		};
	}

	private ResponseRecord keep(HttpServletRequest request, HttpHeaders all, int status, byte[] body) {
		if (!this.redelivery.enabled() || body.length > this.redelivery.bodyLimit()) {
			return ResponseRecord.notStored();
		}
		Map<String, List<String>> headers = new LinkedHashMap<>();
		for (String name : this.redelivery.headers()) {
			List<String> values = List.copyOf(all.getOrEmpty(name));
			if (!values.isEmpty()) {
				headers.put(name, values);
			}
		}
		put(headers, HttpHeaders.CONTENT_TYPE, all.getFirst(HttpHeaders.CONTENT_TYPE));
		put(headers, HttpHeaders.LOCATION, all.getFirst(HttpHeaders.LOCATION));
		return ResponseRecord
			.stored(new StoredResponse(status, headers, RequestHeaderIdentity.varying(request, all), body).encode());
	}

	private static void put(Map<String, List<String>> headers, String name, @Nullable String value) {
		if (value != null) {
			headers.put(name, List.of(value));
		}
	}

	/**
	 * Deliver a response again.
	 * @param request the request
	 * @param response the response, not committed
	 * @param redelivered the settled payment
	 * @param answer the stored response
	 * @throws IOException if the buyer is gone
	 */
	void redeliver(HttpServletRequest request, HttpServletResponse response, Redelivered redelivered,
			StoredResponse answer) throws IOException {
		response.setStatus(answer.status());
		answer.headers().forEach((name, values) -> {
			response.setHeader(name, values.get(0));
			values.stream().skip(1).forEach((value) -> response.addHeader(name, value));
		});
		response.setHeader(REPLAYED_HEADER, "true");
		released(request, response, redelivered.exchange());
		if (answer.status() != HttpServletResponse.SC_NO_CONTENT) {
			response.setContentLength(answer.body().length);
		}
		if (!HttpMethod.HEAD.matches(request.getMethod())) {
			response.getOutputStream().write(answer.body());
		}
	}

	private void released(HttpServletRequest request, HttpServletResponse response, PaymentExchange exchange) {
		this.refusals.receipt(response, exchange.payment().version(), exchange.receipt());
		keepPrivate(request, response);
		PaymentRefusals.vary(response);
	}

	/**
	 * What one buyer paid for is not for shared caches, whatever the handler says.
	 */
	private static void keepPrivate(HttpServletRequest request, HttpServletResponse response) {
		if (response.getHeaders(HttpHeaders.CACHE_CONTROL).isEmpty()) {
			PaymentAttributes.of(request).addCaching();
		}
		Set<String> directives = response.getHeaders(HttpHeaders.CACHE_CONTROL)
			.stream()
			.flatMap((value) -> Arrays.stream(value.split(",")))
			.map(String::trim)
			.filter((directive) -> !directive.isEmpty() && !SHARED_CACHING.contains(name(directive)))
			.collect(Collectors.toCollection(LinkedHashSet::new));
		if (directives.stream().noneMatch("private"::equalsIgnoreCase)) {
			directives.add("private");
		}
		response.setHeader(HttpHeaders.CACHE_CONTROL, String.join(", ", directives));
		keepFromContentNetworks(response);
	}

	/**
	 * Content networks and nginx obey headers of their own before Cache-Control.
	 */
	private static void keepFromContentNetworks(HttpServletResponse response) {
		for (String header : List.copyOf(response.getHeaderNames())) {
			String name = header.toLowerCase(Locale.ROOT);
			if (name.endsWith("-cache-control") || name.equals("surrogate-control")) {
				response.setHeader(header, NO_STORE);
			}
			else if (name.equals("x-accel-expires")) {
				response.setHeader(header, "0");
			}
		}
	}

	private static String name(String directive) {
		int end = directive.indexOf('=');
		return ((end >= 0) ? directive.substring(0, end) : directive).trim().toLowerCase(Locale.ROOT);
	}

}
