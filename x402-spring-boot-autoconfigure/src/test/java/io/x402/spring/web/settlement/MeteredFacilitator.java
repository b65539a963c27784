/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A facilitator of scheme upto that remembers what it was asked.
 */
final class MeteredFacilitator implements AutoCloseable {

	static final String ADDRESS = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

	static final String NETWORK = "eip155:84532";

	private final List<JsonNode> verifications = new CopyOnWriteArrayList<>();

	private final List<JsonNode> settlements = new CopyOnWriteArrayList<>();

	private final HttpServer server;

	private volatile boolean supports = true;

	private volatile int failures;

	MeteredFacilitator() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	void supports(boolean does) {
		this.supports = does;
	}

	/**
	 * Leave the outcome of the next settlements open.
	 */
	void failToSettle(int times) {
		this.failures = times;
	}

	/**
	 * Forget what was asked, and return it.
	 */
	List<JsonNode> settlements() {
		List<JsonNode> asked = new ArrayList<>(this.settlements);
		this.settlements.clear();
		return asked;
	}

	/**
	 * Forget what was asked, and return it.
	 */
	List<JsonNode> verifications() {
		List<JsonNode> asked = new ArrayList<>(this.verifications);
		this.verifications.clear();
		return asked;
	}

	private void answer(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		byte[] body = exchange.getRequestBody().readAllBytes();
		String answer;
		int status = 200;
		if (path.equals("/supported")) {
			answer = this.supports ? "{\"kinds\":[{\"x402Version\":2,\"scheme\":\"upto\",\"network\":\"" + NETWORK
					+ "\",\"extra\":{\"facilitatorAddress\":\"" + ADDRESS + "\"}}]}" : "{\"kinds\":[]}";
		}
		else if (path.equals("/verify")) {
			this.verifications.add(JsonMapper.shared().readTree(body));
			answer = "{\"isValid\":true}";
		}
		else {
			JsonNode message = JsonMapper.shared().readTree(body);
			this.settlements.add(message);
			status = (this.failures-- > 0) ? 500 : 200;
			answer = settle(message);
		}
		byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "application/json");
		exchange.sendResponseHeaders(status, bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	private static String settle(JsonNode message) {
		String amount = message.at("/paymentRequirements/amount").asString();
		String nonce = message.at("/paymentPayload/payload/permit2Authorization/nonce").asString();
		String transaction = amount.equals("0") ? ""
				: "0x" + String.format("%64s", nonce).replace(' ', '0').substring(0, 64);
		return "{\"success\":true,\"transaction\":\"" + transaction + "\",\"network\":\"" + NETWORK + "\",\"amount\":\""
				+ amount + "\"}";
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
