/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import io.x402.spring.web.settlement.Buyer;

/**
 * Calls the application, with and without a payment for its first offer.
 */
final class Shopper {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private final Buyer buyer = new Buyer();

	private final int port;

	Shopper(int port) {
		this.port = port;
	}

	HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(uri(path)));
	}

	/**
	 * Ask for the offers and pay the first.
	 */
	HttpResponse<String> buy(String path) throws IOException, InterruptedException {
		String payment = this.buyer.pay(Buyer.offers(get(path).headers()).get(0));
		return send(HttpRequest.newBuilder(uri(path)).header("PAYMENT-SIGNATURE", payment));
	}

	/**
	 * Pay for one path with the offer of another one.
	 */
	HttpResponse<String> buyWithOfferOf(String other, String path) throws IOException, InterruptedException {
		String payment = this.buyer.pay(Buyer.offers(get(other).headers()).get(0));
		return send(HttpRequest.newBuilder(uri(path)).header("PAYMENT-SIGNATURE", payment));
	}

	HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return CLIENT.send(request.build(), BodyHandlers.ofString());
	}

	URI uri(String path) {
		return URI.create("http://localhost:" + this.port + path);
	}

}
