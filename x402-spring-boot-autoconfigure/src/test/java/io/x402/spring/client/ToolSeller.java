/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.x402.spring.protocol.SettlementResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * An MCP server that does as told, at the other end of a transport. Messages are JSON
 * between the two.
 */
final class ToolSeller implements McpClientTransport {

	static final String RECEIPT = "x402/payment-response";

	static final String CHALLENGE = "x402/error";

	private static final String ALL = "all";

	/** No response. */
	static final Map<String, Object> NONE = Map.of("none", true);

	private final McpJsonMapper mapper = McpJsonDefaults.getMapper();

	private final Function<Call, Map<String, Object>> behaviour;

	private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());

	private final List<Map<String, Object>> tools = new ArrayList<>();

	private volatile Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> client;

	/**
	 * Create a server.
	 * @param behaviour returns the result of a call, {@link #NONE}, or throws
	 */
	ToolSeller(Function<Call, Map<String, Object>> behaviour) {
		this.behaviour = behaviour;
		this.tools.add(Map.of("name", "forecast", "description", "Forecast", "inputSchema", Map.of("type", "object")));
	}

	/** A server that asks for a document and delivers for whatever payment. */
	static ToolSeller asking(Map<String, Object> document) {
		return new ToolSeller((call) -> call.isPaid() ? delivered() : unpaid(document));
	}

	void tool(Map<String, Object> tool) {
		this.tools.clear();
		this.tools.add(tool);
	}

	List<Call> calls() {
		return List.copyOf(this.calls);
	}

	/** The payments that arrived, as objects. */
	List<Map<String, Object>> payments() {
		return calls().stream().filter(Call::isPaid).map((call) -> object(call.payment())).toList();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> object(Object payment) {
		return (payment instanceof String encoded) ? object(Base64.getDecoder().decode(encoded))
				: (Map<String, Object>) payment;
	}

	@SuppressWarnings("unchecked")
	static Map<String, Object> object(byte[] json) {
		return Offers.CODEC.read(json, Map.class);
	}

	static Map<String, Object> delivered() {
		return Map.of("content", List.of(text("warm")), "_meta", Map.of(RECEIPT,
				object(Offers.CODEC.write(SettlementResponse.success("0x" + "5a".repeat(32), "eip155:84532", null)))));
	}

	/** Asks as official servers do. */
	static Map<String, Object> unpaid(Map<String, Object> document) {
		return Map.of("isError", true, "structuredContent", document, "content", List.of(text(json(document))));
	}

	/** Asks as official servers do for tools with an output schema. */
	static Map<String, Object> unpaidText(Map<String, Object> document) {
		return failed(json(document));
	}

	/** Asks as the servers of Cloudflare do. */
	static Map<String, Object> unpaidMeta(Map<String, Object> document) {
		return Map.of("isError", true, "_meta", Map.of(CHALLENGE, document), "content", List.of(text(json(document))));
	}

	static Map<String, Object> failed(String text) {
		return Map.of("isError", true, "content", List.of(text(text)));
	}

	static Map<String, Object> text(String text) {
		return Map.of("type", "text", "text", text);
	}

	static String json(Map<String, Object> document) {
		return new String(Offers.CODEC.write(document), StandardCharsets.UTF_8);
	}

	@Override
	public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
		this.client = handler;
		return Mono.empty();
	}

	@Override
	public Mono<Void> sendMessage(JSONRPCMessage message) {
		if (!(onTheWire(message) instanceof JSONRPCRequest request)) {
			return Mono.empty();
		}
		return Mono.fromRunnable(() -> {
			Map<String, Object> result = result(request);
			if (result.get(ALL) instanceof List<?> results) {
				results.forEach((each) -> respond(request, each));
			}
			else if (!result.equals(NONE)) {
				respond(request, result);
			}
		});
	}

	private void respond(JSONRPCRequest request, Object result) {
		Mono.defer(() -> this.client.apply(Mono.just(onTheWire(JSONRPCResponse.result(request.id(), result)))))
			.subscribeOn(Schedulers.parallel())
			.subscribe();
	}

	/**
	 * A response that comes apart from its request, and is processed when this returns.
	 */
	void answer(Object id, Map<String, Object> result) {
		this.client.apply(Mono.just(onTheWire(JSONRPCResponse.result(id, result)))).subscribe();
	}

	/** Several responses to one call. */
	static Map<String, Object> all(List<Map<String, Object>> results) {
		return Map.of(ALL, results);
	}

	private Map<String, Object> result(JSONRPCRequest request) {
		return switch (request.method()) {
			case McpSchema.METHOD_INITIALIZE -> Map.of("protocolVersion", "2025-11-25", "capabilities",
					Map.of("tools", Map.of()), "serverInfo", Map.of("name", "seller", "version", "1"));
			case McpSchema.METHOD_TOOLS_LIST -> Map.of("tools", this.tools);
			case McpSchema.METHOD_TOOLS_CALL -> {
				Call call = Call.of((Map<?, ?>) request.params(), request.id());
				this.calls.add(call);
				yield this.behaviour.apply(call);
			}
			default -> Map.of();
		};
	}

	private JSONRPCMessage onTheWire(JSONRPCMessage message) {
		try {
			return McpSchema.deserializeJsonRpcMessage(this.mapper, this.mapper.writeValueAsString(message));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
		return this.mapper.convertValue(data, type);
	}

	@Override
	public Mono<Void> closeGracefully() {
		return Mono.empty();
	}

	/**
	 * A call of a tool.
	 *
	 * @param id identifier of the request
	 * @param arguments the arguments
	 * @param meta what came with them
	 */
	record Call(Object id, Map<?, ?> arguments, Map<?, ?> meta) {

		static Call of(Map<?, ?> params, Object id) {
			return new Call(id, orEmpty(params.get("arguments")), orEmpty(params.get("_meta")));
		}

		private static Map<?, ?> orEmpty(Object value) {
			return (value instanceof Map<?, ?> map) ? new LinkedHashMap<>(map) : Map.of();
		}

		boolean isPaid() {
			return payment() != null;
		}

		Object payment() {
			return this.meta.get("x402/payment");
		}

	}

}
