/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A facilitator that outlives the sellers and knows the truth: which payments were
 * settled, and which handlers ran.
 */
final class Till implements AutoCloseable {

	private static final Pattern NONCE = Pattern.compile("\"nonce\":\"(0x[0-9a-f]{64})\"");

	private static final Pattern PAYER = Pattern.compile("\"from\":\"(0x[0-9A-Fa-f]{40})\"");

	private final HttpServer server;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final Map<String, AtomicInteger> verified = new ConcurrentHashMap<>();

	private final Map<String, AtomicInteger> settled = new ConcurrentHashMap<>();

	private final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();

	Till() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::answer);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	int verified(String nonce) {
		return count(this.verified, nonce).get();
	}

	int settled(String nonce) {
		return count(this.settled, nonce).get();
	}

	int runs(String id) {
		return count(this.runs, id).get();
	}

	private static AtomicInteger count(Map<String, AtomicInteger> counts, String key) {
		return counts.computeIfAbsent(key, (added) -> new AtomicInteger());
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
			byte[] answer = answer(exchange, body).getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(200, answer.length);
			exchange.getResponseBody().write(answer);
		}
	}

	private String answer(HttpExchange exchange, String body) {
		String payer = find(PAYER, body);
		String nonce = find(NONCE, body);
		return switch (exchange.getRequestURI().getPath()) {
			case "/run" -> String.valueOf(count(this.runs, exchange.getRequestURI().getQuery()).incrementAndGet());
			case "/verify" -> {
				count(this.verified, nonce).incrementAndGet();
				yield "{\"isValid\":true,\"payer\":\"" + payer + "\"}";
			}
			case "/settle" -> {
				count(this.settled, nonce).incrementAndGet();
				yield "{\"success\":true,\"transaction\":\"" + nonce + "\",\"network\":\"eip155:84532\",\"payer\":\""
						+ payer + "\"}";
			}
			default -> "{}";
		};
	}

	private static String find(Pattern pattern, String body) {
		Matcher matcher = pattern.matcher(body);
		return matcher.find() ? matcher.group(1) : "";
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

}
