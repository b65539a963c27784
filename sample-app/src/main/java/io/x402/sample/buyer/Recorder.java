/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.x402.sample.buyer.Transcript.Answer;
import io.x402.sample.buyer.Transcript.Authorization;
import io.x402.sample.buyer.Transcript.Wallet;
import io.x402.spring.client.Purchase;
import io.x402.spring.client.PurchaseTerms;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Notes what one purchase sends and gets. It sits behind the interceptor that pays, so it
 * sees every exchange; the content has to be buffered.
 */
final class Recorder implements ClientHttpRequestInterceptor {

	private static final int MAX_HEADER_LENGTH = 64 * 1024;

	private final PaymentCodec codec = new PaymentCodec(MAX_HEADER_LENGTH);

	private final List<Answer> answers = new ArrayList<>();

	private @Nullable Map<String, Object> payload;

	private @Nullable Purchase purchase;

	private long answeredAt;

	private long thinking;

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		long start = System.nanoTime();
		note(request.getHeaders(), start);
		ClientHttpResponse response = execution.execute(request, body);
		byte[] content = response.getBody().readAllBytes();
		this.answeredAt = System.nanoTime();
		this.answers.add(Answer.of(response.getStatusCode().value(), millis(this.answeredAt - start),
				response.getHeaders(), content, this.codec));
		return response;
	}

	private void note(HttpHeaders headers, long now) {
		for (ProtocolVersion version : ProtocolVersion.values()) {
			String payment = headers.getFirst(version.paymentHeader());
			if (payment != null && this.payload == null) {
				Class<? extends PaymentPayload> type = (version == ProtocolVersion.V2) ? PaymentPayload.V2.class
						: PaymentPayload.V1.class;
				PaymentPayload decoded = decode(payment, type);
				this.payload = (decoded != null) ? decoded.payload() : Map.of();
				this.thinking = millis(now - this.answeredAt);
			}
		}
	}

	/**
	 * Note what was bought.
	 * @param purchase the purchase, or {@code null} if nothing was
	 */
	void bought(@Nullable Purchase purchase) {
		this.purchase = purchase;
	}

	/**
	 * Return the terms of what was bought.
	 * @return the terms, or {@code null} if nothing was
	 */
	@Nullable PurchaseTerms terms() {
		return (this.purchase != null) ? this.purchase.terms() : null;
	}

	/**
	 * Return whether the seller says that the money moved.
	 * @return {@code true} if the last answer has a receipt that says so
	 */
	boolean isSettled() {
		return this.payload != null && last().isSettled();
	}

	/**
	 * Return the answers of the seller.
	 * @return the answers in their order
	 */
	List<Answer> answers() {
		return List.copyOf(this.answers);
	}

	/**
	 * Return what was signed.
	 * @param terms what was paid
	 * @param network display name of a network by its identifier
	 * @return the signed transfer, or {@code null} if there is none
	 */
	@Nullable Authorization authorization(PurchaseTerms terms, UnaryOperator<String> network) {
		return (this.payload != null) ? Authorization.of(this.payload, terms, network, this.thinking) : null;
	}

	/**
	 * Tell what happened.
	 * @param request method and path
	 * @param network display name of a network by its identifier
	 * @param wallet the wallet afterwards
	 * @return the transcript
	 */
	Transcript transcript(String request, UnaryOperator<String> network, Wallet wallet) {
		return new Transcript(request, this.answers.get(0),
				(this.purchase != null) ? authorization(this.purchase.terms(), network) : null,
				(this.payload != null) ? last() : null, wallet);
	}

	Answer last() {
		return this.answers.get(this.answers.size() - 1);
	}

	private <T> @Nullable T decode(@Nullable String header, Class<T> type) {
		try {
			return (header != null) ? this.codec.decode(header, type) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static long millis(long nanos) {
		return TimeUnit.NANOSECONDS.toMillis(nanos);
	}

}
