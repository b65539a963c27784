/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.facilitator.FacilitatorCondition;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * A JSON-RPC node of an EVM network. Its address may contain a key and is never shown.
 */
final class EvmNode {

	private static final JsonMapper MAPPER = new JsonMapper();

	private static final int MAX_ANSWER = 8 * 1024 * 1024;

	/** Others can be about one method that the node does not have. */
	private static final Set<Integer> SERVES_NOBODY = Set.of(401, 407, 429, 502, 503, 504);

	private final String name;

	private final RestClient client;

	private final int failureThreshold;

	private final AtomicInteger failures = new AtomicInteger();

	private volatile String problem = "";

	/**
	 * Create a node.
	 * @param name name for logs, without secrets
	 * @param client a client whose base URL is the address of the node and whose calls
	 * are limited in time
	 * @param failureThreshold number of consecutive failures after which it counts as not
	 * usable, which keeps no one from calling it
	 */
	EvmNode(String name, RestClient client, int failureThreshold) {
		this.name = name;
		this.client = client;
		this.failureThreshold = failureThreshold;
	}

	/**
	 * Call a method.
	 * @param method name of the method
	 * @param params its parameters
	 * @return the result, a JSON null if there is none
	 * @throws NodeErrorException if the node responds with an error
	 * @throws NodeUnavailableException if it does not respond usefully
	 */
	JsonNode call(String method, Object... params) {
		JsonNode answer = exchange(method, params);
		this.failures.set(0);
		this.problem = "";
		JsonNode error = answer.path("error");
		if (error.isObject()) {
			throw new NodeErrorException(error.path("code").asInt(0), error.path("message").asString(""),
					revertData(error.path("data")));
		}
		if (!answer.has("result")) {
			throw unavailable(method, "responded without a result");
		}
		return answer.get("result");
	}

	/**
	 * Ask for the network. A node that does not tell it is of no use, whatever else it
	 * responds.
	 * @return the chain id
	 * @throws NodeUnavailableException if it does not tell
	 */
	BigInteger chainId() {
		try {
			return Hex.number(call("eth_chainId").asString("0x"));
		}
		catch (NodeErrorException | NumberFormatException ex) {
			throw unavailable("eth_chainId", "told no network");
		}
	}

	/**
	 * Return what recent calls tell. Calls no node.
	 */
	FacilitatorCondition condition() {
		return new FacilitatorCondition("node " + this.name, this.failures.get() < this.failureThreshold, this.problem);
	}

	private JsonNode exchange(String method, Object... params) {
		byte[] body = MAPPER
			.writeValueAsBytes(Map.of("jsonrpc", "2.0", "id", 1, "method", method, "params", List.of(params)));
		try {
			byte[] answer = this.client.post()
				.contentType(MediaType.APPLICATION_JSON)
				.body(body)
				.exchange((request, response) -> read(method, response));
			return MAPPER.readTree(answer);
		}
		catch (RestClientException | JacksonException ex) {
			throw unavailable(method, "failed with " + ex.getClass().getSimpleName());
		}
	}

	private byte[] read(String method, ClientHttpResponse response) throws IOException {
		int status = response.getStatusCode().value();
		if (SERVES_NOBODY.contains(status)) {
			throw unavailable(method, "responded with status " + status);
		}
		byte[] answer = response.getBody().readNBytes(MAX_ANSWER + 1);
		if (answer.length > MAX_ANSWER) {
			throw new IOException("The response is too large");
		}
		return answer;
	}

	private NodeUnavailableException unavailable(String method, String what) {
		NodeUnavailableException failure = new NodeUnavailableException(method + " of node " + this.name + " " + what);
		this.failures.incrementAndGet();
		this.problem = String.valueOf(failure.getMessage());
		return failure;
	}

	/**
	 * Nodes disagree on whether the data is a text or hidden in an object.
	 */
	private static String revertData(JsonNode data) {
		JsonNode text = data.isObject() ? data.path("data") : data;
		return (text.isString() && text.asString().startsWith("0x")) ? text.asString() : "0x";
	}

	@Override
	public String toString() {
		return "EvmNode[" + this.name + "]";
	}

}
