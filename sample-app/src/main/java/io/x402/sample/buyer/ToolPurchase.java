/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
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
import org.springframework.util.StringUtils;

/**
 * Buys one call of a tool of an MCP server, over streamable HTTP.
 */
final class ToolPurchase {

	/** Precedes the URL of a server, whose tool is the fragment. */
	static final String PREFIX = "mcp+";

	private static final String STDIO = "stdio";

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
	 * @param command starts the server if its scheme is {@code stdio}
	 */
	static Bill buy(ConfigurableApplicationContext context, URI server, @Nullable String arguments,
			@Nullable String command) {
		Map<String, Object> values = (arguments != null)
				? context.getBean(JsonMapper.class).readValue(arguments, ARGUMENTS) : Map.of();
		LastEvent last = new LastEvent();
		context.addApplicationListener(last);
		try (McpSyncClient client = McpClient.sync(transport(context, server, command))
			.requestTimeout(TIMEOUT)
			.initializationTimeout(TIMEOUT)
			.build()) {
			client.initialize();
			long start = System.nanoTime();
			CallToolResult result = client.callTool(new CallToolRequest(server.getFragment(), values, null));
			long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
			return Bill.of(context.getBean(X402ClientProperties.class), last.event, answer(result, last.event, millis));
		}
	}

	private static McpClientTransport transport(ConfigurableApplicationContext context, URI server,
			@Nullable String command) {
		Payer payer = context.getBean(Payer.class);
		if (STDIO.equals(server.getScheme())) {
			return new PayingClientTransport(process(command), payer, URI.create(STDIO + "://" + server.getHost()),
					TIMEOUT);
		}
		String origin = server.getScheme() + "://" + server.getRawAuthority();
		McpClientTransport http = HttpClientStreamableHttpTransport.builder(origin)
			.endpoint(server.getRawPath())
			.customizeClient((client) -> client.followRedirects(Redirect.NEVER))
			.build();
		return new PayingClientTransport(http, payer, URI.create(origin + server.getRawPath()), TIMEOUT);
	}

	/**
	 * Start a server that talks by its standard input and output.
	 */
	private static McpClientTransport process(@Nullable String command) {
		if (!StringUtils.hasText(command)) {
			throw new IllegalArgumentException("A server with scheme stdio needs --command");
		}
		List<String> words = List.of(command.trim().split(" +"));
		ServerParameters parameters = ServerParameters.builder(words.get(0))
			.args(words.subList(1, words.size()))
			.build();
		return new StdioClientTransport(parameters, McpJsonDefaults.getMapper());
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
