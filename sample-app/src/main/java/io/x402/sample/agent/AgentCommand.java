/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.agent;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.x402.sample.agent.ScriptedModel.Step;
import io.x402.spring.client.Payer;
import io.x402.spring.client.PayingFetchTool;
import io.x402.spring.client.PaymentSearchTool;
import io.x402.spring.client.Purchase;
import io.x402.spring.client.PurchaseEvent;
import io.x402.spring.client.mcp.PayingClientTransport;

import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.mcp.SyncMcpToolCallbackProvider;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;

/**
 * The command {@code agent URL}: an agent goes shopping at a sample, for tools of its MCP
 * server and for a page of its HTTP API, within the limits of {@code x402.client.*}. With
 * {@code x402.client.catalogue-url} it looks for something else there, and buys what it
 * finds. Its model is scripted, its payments are not. It starts no server.
 */
@EnableAutoConfiguration
public final class AgentCommand {

	/**
	 * First argument of the command line.
	 */
	public static final String NAME = "agent";

	private static final String USAGE = "Usage: agent http://HOST:PORT, with "
			+ "--x402.client.limits.max-amount-per-request=0.10 and the key in X402_CLIENT_PRIVATE_KEY";

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private AgentCommand() {
	}

	/**
	 * Run the command.
	 * @param arguments command line arguments, the name of the command first
	 * @param out where to tell what happened
	 * @return the exit code: 0 if the agent came to its end, 1 otherwise
	 */
	public static int run(String[] arguments, PrintStream out) {
		if (arguments.length < 2 || !arguments[1].matches("https?://[^/]+/?")) {
			out.println(USAGE);
			return 1;
		}
		URI shop = URI.create(arguments[1]).resolve("/");
		try (ConfigurableApplicationContext context = application(shop)
			.run(Arrays.copyOfRange(arguments, 2, arguments.length))) {
			shop(context, shop, out);
			return 0;
		}
		catch (RuntimeException ex) {
			out.println("failed   " + ex.getMessage());
			return 1;
		}
	}

	private static SpringApplication application(URI shop) {
		SpringApplication application = new SpringApplication(AgentCommand.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setBannerMode(Banner.Mode.OFF);
		application.setLogStartupInfo(false);
		application.setDefaultProperties(Map.of("x402.enabled", "false", "x402.client.enabled", "true",
				"x402.client.sellers.allowed-hosts", shop.getRawAuthority(), "spring.ai.mcp.server.enabled", "false",
				"logging.level.root", "error"));
		return application;
	}

	private static void shop(ConfigurableApplicationContext context, URI shop, PrintStream out) {
		Bought bought = new Bought();
		context.addApplicationListener(bought);
		try (McpSyncClient mcp = McpClient.sync(transport(context, shop)).requestTimeout(TIMEOUT).build()) {
			mcp.initialize();
			List<ToolCallback> tools = new ArrayList<>(
					List.of(SyncMcpToolCallbackProvider.builder().mcpClients(mcp).build().getToolCallbacks()));
			tools.add(context.getBean(PayingFetchTool.class));
			String city = "Lisbon";
			List<Step> script = new ArrayList<>(
					List.of(new Step("forecast", Map.of("city", city)), new Step("record", Map.of("city", city)),
							new Step(PayingFetchTool.NAME, Map.of("url", shop.resolve("weather").toString()))));
			context.getBeanProvider(PaymentSearchTool.class).ifAvailable((search) -> {
				tools.add(search);
				script.add(new Step(PaymentSearchTool.NAME, Map.of("query", "weather")));
				script.add(Step.withFoundUrl(PayingFetchTool.NAME));
			});
			converse(new ScriptedModel(script), tools, out);
		}
		bought.purchases
			.forEach((purchase) -> out.println("paid     " + price(purchase) + " for " + purchase.resource()));
	}

	private static String price(Purchase purchase) {
		BigDecimal price = Objects.requireNonNull(purchase.terms().price());
		return price.stripTrailingZeros().toPlainString() + " " + purchase.terms().symbol();
	}

	private static McpClientTransport transport(ConfigurableApplicationContext context, URI shop) {
		McpClientTransport http = HttpClientStreamableHttpTransport.builder(shop.toString())
			.endpoint("/mcp")
			.customizeClient((client) -> client.followRedirects(Redirect.NEVER))
			.build();
		return new PayingClientTransport(http, context.getBean(Payer.class), shop.resolve("mcp"), TIMEOUT);
	}

	/**
	 * Ask the model, call the tools that it wants to, and ask again.
	 */
	private static void converse(ChatModel model, List<ToolCallback> tools, PrintStream out) {
		ToolCallingManager manager = ToolCallingManager.builder().build();
		ToolCallingChatOptions options = ToolCallingChatOptions.builder().toolCallbacks(tools).build();
		Prompt prompt = new Prompt(List.of(new UserMessage("What is the weather like?")), options);
		ChatResponse response = model.call(prompt);
		while (response.hasToolCalls()) {
			AssistantMessage wish = response.getResult().getOutput();
			wish.getToolCalls().forEach((call) -> out.println("calls    " + call.id() + " " + call.arguments()));
			List<Message> history = manager.executeToolCalls(prompt, response).conversationHistory();
			if (history.get(history.size() - 1) instanceof ToolResponseMessage read) {
				read.getResponses().forEach((result) -> out.println("reads    " + result.responseData()));
			}
			prompt = new Prompt(history, options);
			response = model.call(prompt);
		}
		out.println("says     " + response.getResult().getOutput().getText());
	}

	/**
	 * What was paid for and arrived.
	 */
	private static final class Bought implements ApplicationListener<PayloadApplicationEvent<?>> {

		private final List<Purchase> purchases = new CopyOnWriteArrayList<>();

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<?> published) {
			if (published.getPayload() instanceof PurchaseEvent.Delivered delivered) {
				this.purchases.add(delivered.purchase());
			}
		}

	}

}
