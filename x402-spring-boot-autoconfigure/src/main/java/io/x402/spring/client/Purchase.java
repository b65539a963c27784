/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;

/**
 * A request that is paid, and what became of it. It holds neither signature nor nonce.
 *
 * @param id identifier of the payment, random
 * @param method HTTP method, {@code tools/call} for a tool of an MCP server
 * @param resource what is bought, without query; a tool is the fragment of its server
 * @param terms what is paid
 * @param description what the seller says about it, at most 500 characters on one line,
 * or {@code null}; text of a stranger, to be shown and never followed
 * @param attempts how often the payment was sent
 * @param status HTTP status of the last response, 0 without one; for a tool the status
 * that stands for its result
 * @param receipt receipt of the seller, or {@code null} if it gave none; a claim, not a
 * proof
 * @since 0.1.0
 */
public record Purchase(String id, String method, URI resource, PurchaseTerms terms, @Nullable String description,
		int attempts, int status, @Nullable SettlementResponse receipt) {

	/**
	 * Name of the request attribute that holds the purchase once it is paid.
	 */
	public static final String ATTRIBUTE = Purchase.class.getName();

	/**
	 * Return what was paid for a request.
	 * @param request the request, as {@code RestClient.exchange} and interceptors see it
	 * @return the purchase, or {@code null} if nothing was paid
	 */
	public static @Nullable Purchase of(HttpRequest request) {
		return (Purchase) request.getAttributes().get(ATTRIBUTE);
	}

	Purchase answered(int attempts, int status, @Nullable SettlementResponse receipt) {
		return new Purchase(this.id, this.method, this.resource, this.terms, this.description, attempts, status,
				receipt);
	}

}
