/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.x402.spring.access.SoldPass;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.ResponseRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Writes receipts and cache directives onto responses, and stores and restores the
 * responses that are redelivered.
 *
 * @since 0.1.0
 */
public final class PaymentReceipts {

	/** Name of the header of a response that was delivered before. */
	private static final String REPLAYED_HEADER = "Idempotent-Replayed";

	private final PaymentCodec codec;

	private final RedeliverySettings redelivery;

	private final @Nullable PaymentFraming framing;

	/**
	 * Create an instance for receipts of x402.
	 * @param codec encodes receipts
	 * @param redelivery what is stored of responses
	 */
	public PaymentReceipts(PaymentCodec codec, RedeliverySettings redelivery) {
		this(codec, redelivery, null);
	}

	/**
	 * Create an instance.
	 * @param codec encodes receipts
	 * @param redelivery what is stored of responses
	 * @param framing adds receipts in another framing, or {@code null} if there is none
	 * @since 0.2.0
	 */
	public PaymentReceipts(PaymentCodec codec, RedeliverySettings redelivery, @Nullable PaymentFraming framing) {
		this.codec = codec;
		this.redelivery = redelivery;
		this.framing = framing;
	}

	/**
	 * Add the receipt to a response that is about to be released, and keep it from shared
	 * caches.
	 * @param headers headers of the response
	 * @param exchange the settled payment
	 */
	public void release(ResponseHeaders headers, PaymentExchange exchange) {
		SettlementResponse receipt = exchange.receipt();
		receipt(headers, exchange.payment().version(), receipt);
		CacheRules.keepPrivate(headers);
		if (this.framing != null && receipt != null) {
			this.framing.receipt(headers, exchange.payment().requirements(), receipt);
		}
		vary(headers);
	}

	/**
	 * Add the receipt to a response that is about to be released, keep it from shared
	 * caches, and let the wallet page, if it sent the request, show it by a navigation.
	 * @param request the paid request
	 * @param headers headers of the response
	 * @param exchange the settled payment
	 */
	public void release(RequestHead request, ResponseHeaders headers, PaymentExchange exchange) {
		release(headers, exchange);
		PageCookie.add(request, request.header(ProtocolVersion.V2.paymentHeader()),
				exchange.offers().resource().url().startsWith("https:"), headers);
	}

	/**
	 * Hand over the pass that a payment has bought.
	 * @param headers headers of the response
	 * @param pass the pass, or {@code null} if none is sold
	 * @param payer who has paid, or {@code null} if it is not known
	 * @since 0.2.0
	 */
	public static void handOver(ResponseHeaders headers, @Nullable SoldPass pass, @Nullable String payer) {
		if (pass != null) {
			show(headers, pass.deliver(payer));
		}
	}

	/**
	 * Show a buyer its pass.
	 * @param headers headers of the response
	 * @param pass values of header fields of the pass, by name
	 * @since 0.2.0
	 */
	public static void show(ResponseHeaders headers, Map<String, List<String>> pass) {
		pass.forEach((name, values) -> {
			if (HttpHeaders.SET_COOKIE.equals(name)) {
				values.forEach((value) -> headers.add(name, value));
			}
			else {
				headers.set(name, values);
			}
		});
	}

	/**
	 * Show a client what is left of its access, and tell its browser which cookies to
	 * keep. Once is enough, twice does no harm.
	 * @param headers headers of the response
	 * @param fields header fields about the access, by name
	 * @param cookies values of {@code Set-Cookie}
	 * @since 0.2.0
	 */
	public static void show(ResponseHeaders headers, Map<String, String> fields, Collection<String> cookies) {
		fields.forEach(headers::set);
		List<String> told = headers.values(HttpHeaders.SET_COOKIE);
		cookies.stream()
			.filter((cookie) -> !told.contains(cookie))
			.forEach((cookie) -> headers.add(HttpHeaders.SET_COOKIE, cookie));
		if (!cookies.isEmpty() && !headers.values(HttpHeaders.VARY).contains(HttpHeaders.COOKIE)) {
			headers.add(HttpHeaders.VARY, HttpHeaders.COOKIE);
		}
	}

	/**
	 * Add the receipt of a failure, if there is one, to a refusal, and forbid to store
	 * it.
	 * @param headers headers of the response
	 * @param challenge the refusal
	 * @param version the version the buyer speaks
	 */
	public void refuse(ResponseHeaders headers, PaymentChallenge challenge, ProtocolVersion version) {
		receipt(headers, version, challenge.refusal().receipt());
		CacheRules.forbid(headers);
		vary(headers);
	}

	private void vary(ResponseHeaders headers) {
		if (this.framing != null) {
			this.framing.requestHeaders().forEach((name) -> headers.add(HttpHeaders.VARY, name));
		}
	}

	/**
	 * Keep a response from shared caches that a client got for its own free call.
	 * @param headers headers of the response
	 */
	public static void keepPrivate(ResponseHeaders headers) {
		CacheRules.keepPrivate(headers);
	}

	/**
	 * Decide what is stored of a response that is about to be released, as long as its
	 * request can be read.
	 * @param request the request
	 * @param headers headers of the response, before the transport sends them
	 * @param status HTTP status
	 * @return makes a record of the response, given its whole body; stored if it may be
	 * redelivered
	 */
	public Function<byte[], ResponseRecord> recorder(RequestHead request, HttpHeaders headers, int status) {
		if (!this.redelivery.enabled()) {
			return (body) -> ResponseRecord.notStored();
		}
		Map<String, List<String>> stored = new LinkedHashMap<>();
		for (String name : this.redelivery.headers()) {
			List<String> values = List.copyOf(headers.getOrEmpty(name));
			if (!values.isEmpty()) {
				stored.put(name, values);
			}
		}
		put(stored, HttpHeaders.CONTENT_TYPE, headers.getFirst(HttpHeaders.CONTENT_TYPE));
		put(stored, HttpHeaders.LOCATION, headers.getFirst(HttpHeaders.LOCATION));
		Map<String, String> varying = RequestHeaderIdentity.varying(request, headers);
		return (body) -> (body.length > this.redelivery.bodyLimit()) ? ResponseRecord.notStored()
				: ResponseRecord.stored(new StoredResponse(status, stored, varying, body).encode());
	}

	/**
	 * Return what a response that is about to be released depends on, so that it is made
	 * again for no other request.
	 * @param request the request
	 * @param headers headers of the response, before the transport sends them
	 * @return conditions for {@link PaymentExchange#madeFor}
	 * @since 0.2.0
	 */
	public static byte[] conditions(RequestHead request, HttpHeaders headers) {
		return ResponseConditions.of(request, headers);
	}

	private static void put(Map<String, List<String>> headers, String name, @Nullable String value) {
		if (value != null) {
			headers.put(name, List.of(value));
		}
	}

	/**
	 * Set the headers of a response that is delivered again. Its status and body are
	 * those of the stored response; HEAD gets no body.
	 * @param headers headers of the response
	 * @param stored the stored response
	 */
	public void redeliver(ResponseHeaders headers, StoredResponse stored) {
		stored.headers().forEach(headers::set);
		headers.set(REPLAYED_HEADER, "true");
		if (stored.status() != HttpStatus.NO_CONTENT.value()) {
			headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(stored.body().length));
		}
	}

	private void receipt(ResponseHeaders headers, ProtocolVersion version, @Nullable SettlementResponse receipt) {
		if (receipt != null) {
			headers.set(version.receiptHeader(), this.codec.encode(receipt));
		}
	}

}
