/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import io.x402.spring.mcp.McpPayments;
import io.x402.spring.mcp.ToolGate;
import io.x402.spring.mcp.ToolOffer;
import io.x402.spring.mcp.ToolSettings;
import io.x402.spring.pricing.OfferDefinition;
import io.x402.spring.protocol.ProtocolVersion;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * A call of a paid tool beside one of a free tool, from the message of the client to that
 * of the server, with a facilitator that agrees at once.
 */
@State(Scope.Thread)
@Warmup(iterations = 10, time = 2)
public class PaidToolBenchmark extends AverageTimeBenchmark {

	/** Whether the signature of the payment is checked. */
	@Param({ "false", "true" })
	public boolean signature;

	private final BenchmarkShop shop = new BenchmarkShop();

	private McpStatelessServerHandler server;

	private JSONRPCRequest free;

	private JSONRPCRequest paid;

	/**
	 * Start the server.
	 */
	@Setup
	public void start() {
		this.server = server(gated(specification("free"), specification("forecast")));
		this.free = call("free", Map.of());
		byte[] payment = Base64.getDecoder().decode(this.shop.payment());
		this.paid = call("forecast", Map.of("x402/payment", this.shop.codec().read(payment, Map.class)));
		if (!text(free()).contains("sold") || !text(paid()).contains("x402/payment-response")) {
			throw new IllegalStateException("The payment is refused: " + text(paid()));
		}
	}

	private static String text(JSONRPCResponse response) {
		return String.valueOf(response.result());
	}

	private static SyncToolSpecification specification(String name) {
		Tool tool = new Tool(name, null, "Weather of one city", Map.of("type", "object"), null, null, null, null);
		CallToolResult result = CallToolResult.builder().addTextContent("sold").build();
		return new SyncToolSpecification(tool, (context, request) -> result);
	}

	@SuppressWarnings("unchecked")
	private List<SyncToolSpecification> gated(SyncToolSpecification... specifications) {
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		McpPayments payments = new McpPayments(beans.getBeanProvider(ToolGate.class));
		ToolOffer offer = new ToolOffer("forecast", OfferDefinition.price("$0.001").build(), true);
		beans.registerSingleton("gate",
				payments.gate(this.shop.pricing(), List.of(offer),
						this.shop.processor(BenchmarkShop.checks(this.signature)),
						new ToolSettings(this.shop.codec(), Set.of(ProtocolVersion.values()), 65536, null)));
		return (List<SyncToolSpecification>) Objects
			.requireNonNull(payments.processor().postProcessAfterInitialization(List.of(specifications), "tools"));
	}

	private static McpStatelessServerHandler server(List<SyncToolSpecification> tools) {
		Loopback loopback = new Loopback();
		McpServer.sync(loopback)
			.capabilities(ServerCapabilities.builder().tools(false).build())
			.immediateExecution(true)
			.tools(tools)
			.build();
		return loopback.handler;
	}

	private static JSONRPCRequest call(String tool, Map<String, Object> meta) {
		return new JSONRPCRequest("tools/call", 1,
				Map.of("name", tool, "arguments", Map.of("city", "Hamburg"), "_meta", meta));
	}

	/**
	 * Call the free tool.
	 */
	@Benchmark
	public JSONRPCResponse free() {
		return call(this.free);
	}

	/**
	 * Call the paid tool.
	 */
	@Benchmark
	public JSONRPCResponse paid() {
		return call(this.paid);
	}

	private JSONRPCResponse call(JSONRPCRequest request) {
		return Objects.requireNonNull(this.server.handleRequest(McpTransportContext.EMPTY, request).block());
	}

	/**
	 * No network.
	 */
	private static final class Loopback implements McpStatelessServerTransport {

		private McpStatelessServerHandler handler;

		@Override
		public void setMcpHandler(McpStatelessServerHandler handler) {
			this.handler = handler;
		}

		@Override
		public Mono<Void> closeGracefully() {
			return Mono.empty();
		}

	}

}
