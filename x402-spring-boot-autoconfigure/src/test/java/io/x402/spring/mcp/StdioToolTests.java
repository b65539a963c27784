/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.mcp.X402McpAutoConfiguration;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.autoconfigure.web.reactive.X402WebFluxAutoConfiguration;
import io.x402.spring.web.settlement.Buyer;
import io.x402.spring.web.settlement.FacilitatorStub;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Payment;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.ai.mcp.annotation.McpPrompt;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.provider.tool.AsyncMcpToolProvider;
import org.springframework.ai.mcp.annotation.provider.tool.SyncMcpToolProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for servers that talk to their client by standard input and output, in
 * applications without web stack and on WebFlux. Below version 2.1 the transport of the
 * SDK ends its session when a response is sent while the one before is still being
 * written.
 */
@Timeout(60)
class StdioToolTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(X402AutoConfiguration.class,
			X402StoreAutoConfiguration.class, X402FacilitatorAutoConfiguration.class,
			X402PaymentAutoConfiguration.class, X402WebFluxAutoConfiguration.class, X402McpAutoConfiguration.class,
			WebClientAutoConfiguration.class);

	private static FacilitatorStub facilitator;

	@BeforeAll
	static void start() {
		facilitator = FacilitatorStub.start();
	}

	@AfterAll
	static void stop() {
		facilitator.close();
	}

	@ParameterizedTest
	@ValueSource(classes = { SyncServer.class, AsyncServer.class })
	void whenThereIsNoWebStackThenToolsAreSold(Class<?> server) {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withUserConfiguration(server)
			.withPropertyValues(properties())
			.run(StdioToolTests::assertSells);
	}

	@ParameterizedTest
	@ValueSource(classes = { SyncServer.class, AsyncServer.class })
	void whenTheApplicationIsReactiveThenToolsAreSold(Class<?> server) {
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withUserConfiguration(server)
			.withPropertyValues(properties())
			.run(StdioToolTests::assertSells);
	}

	@Test
	void whenDisabledThenNothingIsFree() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withUserConfiguration(SyncServer.class)
			.withPropertyValues(properties())
			.withPropertyValues("x402.enabled=false")
			.run((context) -> assertThat(context.getBean(Pipe.class).client().call(null).toString())
				.contains("payments_unavailable"));
	}

	@Test
	void whenAPromptHasAPriceThenTheStartFails() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withUserConfiguration(Prompt.class)
			.withPropertyValues(properties())
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("would be free"));
	}

	private static String[] properties() {
		return new String[] { Startup.PAY_TO, "x402.facilitator.url=" + facilitator.url(),
				"x402.facilitator.supported.check=false" };
	}

	private static void assertSells(ApplicationContext context) {
		Client client = context.getBean(Pipe.class).client();
		CallToolResult unpaid = client.call(null);
		assertThat(unpaid.isError()).isTrue();
		Payment payment = new Buyer().sign(ToolShop.challenge(unpaid).accepts().get(0));
		Script script = facilitator.script(payment, SettleBehaviour.SETTLED);
		CallToolResult paid = client.call(payment);
		assertThat(ToolShop.text(paid)).contains("sold");
		assertThat(paid.meta()).containsKey("x402/payment-response");
		assertThat(client.call(payment)).isEqualTo(paid);
		assertThat(script.settlements()).isOne();
	}

	/**
	 * What a process would have as its standard input and output.
	 */
	static class Pipe implements AutoCloseable {

		private final PipedOutputStream toServer = new PipedOutputStream();

		private final PipedInputStream fromServer = new PipedInputStream(64 * 1024);

		private final StdioServerTransportProvider transport;

		Pipe() throws IOException {
			this.transport = new StdioServerTransportProvider(McpJsonDefaults.getMapper(),
					new PipedInputStream(this.toServer, 64 * 1024), new PipedOutputStream(this.fromServer));
		}

		Client client() {
			return new Client(this.toServer,
					new BufferedReader(new InputStreamReader(this.fromServer, StandardCharsets.UTF_8)));
		}

		@Override
		public void close() throws IOException {
			this.toServer.close();
		}

	}

	/**
	 * A client without library.
	 */
	private static final class Client {

		private final PipedOutputStream out;

		private final BufferedReader in;

		private int id;

		Client(PipedOutputStream out, BufferedReader in) {
			this.out = out;
			this.in = in;
			request("initialize", Map.of("protocolVersion", "2024-11-05", "capabilities", Map.of(), "clientInfo",
					Map.of("name", "test", "version", "1")));
			send(Map.of("jsonrpc", "2.0", "method", "notifications/initialized"));
		}

		CallToolResult call(Payment payment) {
			Map<String, Object> meta = (payment != null) ? ToolShop.meta(ToolShop.object(payment)) : Map.of();
			return McpJsonDefaults.getMapper()
				.convertValue(
						request("tools/call",
								Map.of("name", "text", "arguments", Map.of("city", "bern"), "_meta", meta)),
						CallToolResult.class);
		}

		private Object request(String method, Map<String, Object> params) {
			this.id++;
			send(Map.of("jsonrpc", "2.0", "id", this.id, "method", method, "params", params));
			try {
				Map<String, Object> response;
				do {
					response = ToolShop.map(this.in.readLine().getBytes(StandardCharsets.UTF_8));
				}
				while (!Integer.valueOf(this.id).equals(response.get("id")));
				return response.get("result");
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		private void send(Map<String, Object> message) {
			try {
				this.out.write(McpJsonDefaults.getMapper().writeValueAsBytes(message));
				this.out.write('\n');
				this.out.flush();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SyncServer {

		@Bean
		Pipe pipe() throws IOException {
			return new Pipe();
		}

		@Bean
		List<SyncToolSpecification> tools() {
			return new SyncMcpToolProvider(List.of(new Tools())).getToolSpecifications();
		}

		@Bean
		McpSyncServer server(Pipe pipe, List<SyncToolSpecification> tools) {
			return McpServer.sync(pipe.transport)
				.capabilities(ServerCapabilities.builder().tools(true).build())
				.tools(tools)
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsyncServer {

		@Bean
		Pipe pipe() throws IOException {
			return new Pipe();
		}

		@Bean
		List<AsyncToolSpecification> tools() {
			return new AsyncMcpToolProvider(List.of(new ReactiveTools.Annotated())).getToolSpecifications()
				.stream()
				.filter((tool) -> tool.tool().name().equals("text"))
				.toList();
		}

		@Bean
		McpAsyncServer server(Pipe pipe, List<AsyncToolSpecification> tools) {
			return McpServer.async(pipe.transport)
				.capabilities(ServerCapabilities.builder().tools(true).build())
				.tools(tools)
				.build();
		}

	}

	static class Tools {

		@McpTool(name = "text")
		@PaymentRequired(price = "$0.01")
		String text(String city) {
			return "sold " + city;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prompt {

		@McpPrompt(name = "prompt")
		@PaymentRequired(price = "$0.01")
		String prompt() {
			return "sold";
		}

	}

}
