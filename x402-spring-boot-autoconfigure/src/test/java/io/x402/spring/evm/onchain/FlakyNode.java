/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import tools.jackson.databind.json.JsonMapper;

/**
 * A node of the chain that hangs up on calls of some methods, or answers others wrongly.
 */
final class FlakyNode implements AutoCloseable {

	private final Map<String, Integer> called = new ConcurrentHashMap<>();

	private final HttpClient client = HttpClient.newHttpClient();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final TestChain chain;

	private final Predicate<String> fails;

	private final UnaryOperator<String> answers;

	private final UnaryOperator<String> spoils;

	private final HttpServer server;

	FlakyNode(TestChain chain, Predicate<String> fails) throws IOException {
		this(chain, fails, (call) -> "");
	}

	/**
	 * Create a node.
	 * @param chain what it is a node of
	 * @param fails tells the methods that it hangs up on
	 * @param answers its own result for a call as JSON, empty to answer as the chain does
	 */
	FlakyNode(TestChain chain, Predicate<String> fails, UnaryOperator<String> answers) throws IOException {
		this(chain, fails, answers, UnaryOperator.identity());
	}

	/**
	 * Create a node whose responses are not what the chain says.
	 * @param spoils makes a response of a true one, called by one thread at a time
	 */
	static FlakyNode spoiling(TestChain chain, UnaryOperator<String> spoils) throws IOException {
		return new FlakyNode(chain, (method) -> false, (call) -> "", spoils);
	}

	private FlakyNode(TestChain chain, Predicate<String> fails, UnaryOperator<String> answers,
			UnaryOperator<String> spoils) throws IOException {
		this.chain = chain;
		this.fails = fails;
		this.answers = answers;
		this.spoils = spoils;
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::answer);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	EvmNode node() {
		return TestChain.node(url());
	}

	String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	Set<String> called() {
		return this.called.keySet();
	}

	int calls(String method) {
		return this.called.getOrDefault(method, 0);
	}

	private void answer(HttpExchange exchange) throws IOException {
		byte[] body = exchange.getRequestBody().readAllBytes();
		String method = JsonMapper.shared().readTree(body).path("method").asString();
		this.called.merge(method, 1, Integer::sum);
		if (this.fails.test(method)) {
			exchange.close();
			return;
		}
		try {
			String own = this.answers.apply(new String(body, StandardCharsets.UTF_8));
			byte[] answer = !own.isEmpty()
					? ("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + own + "}").getBytes(StandardCharsets.UTF_8)
					: this.client
						.send(HttpRequest.newBuilder(URI.create(this.chain.url()))
							.header("Content-Type", "application/json")
							.POST(HttpRequest.BodyPublishers.ofByteArray(body))
							.build(), HttpResponse.BodyHandlers.ofByteArray())
						.body();
			answer = spoiled(answer);
			exchange.sendResponseHeaders(200, (answer.length > 0) ? answer.length : -1);
			exchange.getResponseBody().write(answer);
			exchange.close();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized byte[] spoiled(byte[] answer) {
		return this.spoils.apply(new String(answer, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

}
