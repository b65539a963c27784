/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.x402.spring.client.mcp.PayingClientTransport;

/**
 * The clients of the MCP Java SDK, which pay.
 */
enum ToolClientKind {

	/** Blocks. */
	SYNC {

		@Override
		ToolClient connect(McpClientTransport transport, Duration timeout) {
			McpSyncClient client = McpClient.sync(transport).requestTimeout(timeout).build();
			client.initialize();
			return client::callTool;
		}

	},

	/** Does not block. */
	ASYNC {

		@Override
		ToolClient connect(McpClientTransport transport, Duration timeout) {
			McpAsyncClient client = McpClient.async(transport).requestTimeout(timeout).build();
			client.initialize().block();
			return (request) -> client.callTool(request).block();
		}

	};

	static final Duration TIMEOUT = Duration.ofSeconds(60);

	static final URI SERVER = URI.create("https://shop.example/mcp");

	ToolClient client(ToolSeller seller, Payer payer) {
		return client(seller, payer, SERVER, TIMEOUT);
	}

	ToolClient client(McpClientTransport seller, Payer payer, URI server, Duration timeout) {
		return connect(new PayingClientTransport(seller, payer, server, timeout), timeout);
	}

	abstract ToolClient connect(McpClientTransport transport, Duration timeout);

	static String text(CallToolResult result) {
		return ((TextContent) result.content().get(0)).text();
	}

	/**
	 * A client.
	 */
	interface ToolClient {

		CallToolResult call(CallToolRequest request);

		default CallToolResult forecast(String city) {
			return call(new CallToolRequest("forecast", Map.of("city", city), null));
		}

	}

}
