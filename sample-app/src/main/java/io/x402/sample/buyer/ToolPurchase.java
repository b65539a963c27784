/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.x402.sample.buyer.Transcript.Answer;
import io.x402.spring.autoconfigure.client.X402ClientProperties;
import io.x402.spring.client.Payer;
import io.x402.spring.client.PurchaseEvent;
import io.x402.spring.client.mcp.PayingClientTransport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;

/**
 * Buys one call of a tool of an MCP server, over streamable HTTP.
 */
final class ToolPurchase {

	/** Precedes the URL of a server, whose tool is the fragment. */
	static final String PREFIX = "mcp+";

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final TypeReference<Map<String, Object>> ARGUMENTS = new TypeReference<>() {
	};

	private ToolPurchase() {
	}

	/**
	 * Buy a call.
	 * @param context has the payer and its limits
	 * @param server URL of the server, the name of the tool is its fragment
	 * @param arguments JSON of the arguments, or {@code null} if there are none
	 */
	static Bill buy(ConfigurableApplicationContext context, URI server, @Nullable String arguments) {
		Map<String, Object> values = (arguments != null)
				? context.getBean(JsonMapper.class).readValue(arguments, ARGUMENTS) : Map.of();
		LastEvent last = new LastEvent();
		context.addApplicationListener(last);
		try (McpSyncClient client = McpClient.sync(transport(context, server)).requestTimeout(TIMEOUT).build()) {
			client.initialize();
			long start = System.nanoTime();
			CallToolResult result = client.callTool(new CallToolRequest(server.getFragment(), values, null));
			long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
			return Bill.of(context.getBean(X402ClientProperties.class), last.event, answer(result, last.event, millis));
		}
	}

	private static McpClientTransport transport(ConfigurableApplicationContext context, URI server) {
		String origin = server.getScheme() + "://" + server.getRawAuthority();
		McpClientTransport http = HttpClientStreamableHttpTransport.builder(origin)
			.endpoint(server.getRawPath())
			.customizeClient((client) -> client.followRedirects(Redirect.NEVER))
			.build();
		return new PayingClientTransport(http, context.getBean(Payer.class), URI.create(origin + server.getRawPath()),
				TIMEOUT);
	}

	private static Answer answer(CallToolResult result, @Nullable PurchaseEvent event, long millis) {
		String text = result.content()
			.stream()
			.filter(TextContent.class::isInstance)
			.map((content) -> ((TextContent) content).text())
			.findFirst()
			.orElse("");
		boolean failed = Boolean.TRUE.equals(result.isError());
		return new Answer(failed ? 500 : 200, millis, null,
				(event instanceof PurchaseEvent.Delivered delivered) ? delivered.purchase().receipt() : null, Map.of(),
				"text/plain", text.getBytes(StandardCharsets.UTF_8).length, text);
	}

	/**
	 * What became of the payment.
	 */
	private static final class LastEvent implements ApplicationListener<PayloadApplicationEvent<?>> {

		private volatile @Nullable PurchaseEvent event;

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<?> published) {
			if (published.getPayload() instanceof PurchaseEvent happened) {
				this.event = happened;
			}
		}

	}

}
