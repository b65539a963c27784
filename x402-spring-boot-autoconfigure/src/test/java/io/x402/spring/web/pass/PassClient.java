/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.settlement.Buyer;

/**
 * A plain client that pays and keeps tokens.
 */
final class PassClient {

	static final String TOKEN = "X402-Pass";

	static final String REMAINING = "X402-Pass-Remaining";

	static final String BALANCE = "X402-Credit-Balance";

	static final String EXPIRES = "X402-Pass-Expires";

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private final int port;

	PassClient(int port) {
		this.port = port;
	}

	HttpResponse<String> get(String path, String... headers) {
		return send("GET", path, headers);
	}

	HttpResponse<String> send(String method, String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.timeout(Duration.ofMinutes(1))
			.method(method, BodyPublishers.noBody());
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			return CLIENT.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Sign a payment for a path.
	 */
	String payment(String path) {
		return new Buyer().pay(Buyer.offers(get(path, TOKEN, "none").headers()).get(0));
	}

	HttpResponse<String> pay(String path, String payment) {
		return get(path, "PAYMENT-SIGNATURE", payment);
	}

	/**
	 * Sign a payment of the top-up of a path.
	 */
	String topUp(String path) {
		return new Buyer().pay(Buyer.offers(get(path, TOKEN, "none").headers())
			.stream()
			.filter(PaymentRequirements::isTopUp)
			.findFirst()
			.orElseThrow());
	}

	/**
	 * Buy a pass.
	 */
	String buy(String path) {
		return token(pay(path, payment(path)));
	}

	HttpResponse<String> use(String path, String token) {
		return get(path, TOKEN, token);
	}

	/**
	 * Return how often a token opens a path.
	 */
	int uses(String path, String token) {
		int uses = 0;
		while (uses < 20 && use(path, token).statusCode() == 200) {
			uses++;
		}
		return uses;
	}

	static String token(HttpResponse<String> response) {
		return response.headers().firstValue(TOKEN).orElseThrow();
	}

	static String header(HttpResponse<String> response, String name) {
		return response.headers().firstValue(name).orElse("none");
	}

	static String code(HttpResponse<String> response) {
		int start = response.body().indexOf("\"code\":\"") + 8;
		return response.body().substring(start, response.body().indexOf('"', start));
	}

}
