/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * The remote side of the HTTP facilitator. What it answers is up to the test, and may
 * echo the payment.
 */
final class RemoteFacilitator implements AutoCloseable {

	private final HttpServer server;

	final Queue<String> requests = new ConcurrentLinkedQueue<>();

	volatile UnaryOperator<String> verify = (request) -> valid();

	volatile UnaryOperator<String> settle = (request) -> settled(transaction());

	volatile int status = 200;

	RemoteFacilitator() {
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

	static String valid() {
		return "{\"isValid\":true}";
	}

	static String settled(String transaction) {
		return "{\"success\":true,\"network\":\"eip155:84532\",\"transaction\":\"" + transaction + "\"}";
	}

	static String declined(String message) {
		return "{\"success\":false,\"network\":\"eip155:84532\",\"transaction\":\"\","
				+ "\"errorReason\":\"insufficient_funds\",\"errorMessage\":\"" + message.replace("\"", "\\\"") + "\"}";
	}

	static String transaction() {
		return "0x" + (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			String path = exchange.getRequestURI().getPath();
			String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
			this.requests.add(request);
			String answer = switch (path) {
				case "/verify" -> this.verify.apply(request);
				case "/settle" -> this.settle.apply(request);
				default -> "{\"kinds\":[]}";
			};
			byte[] body = answer.getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(path.equals("/settle") ? this.status : 200, body.length);
			exchange.getResponseBody().write(body);
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
