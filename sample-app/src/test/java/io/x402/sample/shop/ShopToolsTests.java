/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.util.List;
import java.util.Map;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What agents see of the shop, by way of an MCP client.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ShopToolsTests {

	@LocalServerPort
	private int port;

	@Autowired
	private HandlerRuns runs;

	private McpSyncClient client;

	@BeforeEach
	void connect() {
		this.client = McpClient.sync(HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + this.port).build())
			.build();
		this.client.initialize();
	}

	@AfterEach
	void disconnect() {
		this.client.close();
	}

	@Test
	void whenFreeThenAnswersWithoutPayment() {
		assertThat(text(call("free_hello"))).contains("Hello");
	}

	@ParameterizedTest
	@CsvSource({ "forecast, 50000", "record, 10000", "metered, 50000", "broken, 10000", "refuses, 10000" })
	void whenUnpaidThenAnswersWithTheOfferAndRunsNoTool(String tool, String amount) {
		Map<String, ?> before = this.runs.counts();
		CallToolResult result = call(tool);
		assertThat(result.isError()).isTrue();
		assertThat(text(result)).contains("\"amount\":\"" + amount + "\"", "mcp://tool/" + tool)
			.doesNotContain(HandlerRuns.SERVED);
		assertThat(this.runs.counts()).isEqualTo(before);
	}

	@Test
	void whenListedThenThePageHasAllTools() {
		List<ToolsController.Item> items = RestTestClient.bindToServer()
			.baseUrl("http://127.0.0.1:" + this.port)
			.build()
			.get()
			.uri("/tools")
			.exchange()
			.returnResult(new ParameterizedTypeReference<List<ToolsController.Item>>() {
			})
			.getResponseBody();
		assertThat(items).extracting((item) -> item.name() + " " + item.price())
			.containsExactlyInAnyOrder("free_hello free", "forecast $0.05", "record $0.01", "metered up to $0.05",
					"broken $0.01", "refuses $0.01");
	}

	private CallToolResult call(String tool) {
		return this.client.callTool(new CallToolRequest(tool, Map.of("city", "Lisbon"), null));
	}

	private static String text(CallToolResult result) {
		return ((TextContent) result.content().get(0)).text();
	}

}
