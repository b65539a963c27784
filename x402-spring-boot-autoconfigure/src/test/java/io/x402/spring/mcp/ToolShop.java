/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.Claim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.web.settlement.Buyer;
import io.x402.spring.web.settlement.FacilitatorStub;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Payment;
import io.x402.spring.web.settlement.SettleBehaviour;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/**
 * A running MCP server, a facilitator that does as told, and a client.
 */
final class ToolShop implements AutoCloseable {

	/** Asks for user and password. */
	static final String AUTHENTICATED = "shop.authenticated=true";

	private static final String USER = "Basic " + Base64.getEncoder().encodeToString("ada:secret".getBytes());

	private static final PaymentCodec CODEC = new PaymentCodec();

	private final ConfigurableApplicationContext context;

	private final FacilitatorStub facilitator;

	private final boolean sse;

	private final Buyer buyer = new Buyer();

	private final List<McpSyncClient> clients = new ArrayList<>();

	private final List<String> heard = new CopyOnWriteArrayList<>();

	private final McpSyncClient client;

	private ToolShop(ConfigurableApplicationContext context, FacilitatorStub facilitator, boolean sse) {
		this.context = context;
		this.facilitator = facilitator;
		this.sse = sse;
		this.client = connect(Duration.ofSeconds(60));
	}

	/**
	 * Open a shop.
	 * @param protocol protocol of the server
	 * @param configuration its tools
	 * @param properties properties as {@code key=value}
	 */
	static ToolShop open(String protocol, Class<?> configuration, String... properties) {
		FacilitatorStub facilitator = FacilitatorStub.start();
		try {
			return new ToolShop(run(protocol, configuration, facilitator.url(), properties), facilitator,
					protocol.equals("SSE"));
		}
		catch (RuntimeException ex) {
			facilitator.close();
			throw ex;
		}
	}

	static ConfigurableApplicationContext run(String protocol, Class<?> configuration, String facilitator,
			String... properties) {
		List<String> arguments = new ArrayList<>();
		arguments.add("--server.port=0");
		arguments.add("--server.shutdown=immediate");
		arguments.add("--spring.security.user.name=ada");
		arguments.add("--spring.security.user.password=secret");
		arguments.add("--logging.level.root=OFF");
		arguments.add("--spring.autoconfigure.exclude="
				+ "org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration");
		arguments.add("--spring.ai.mcp.server.protocol=" + protocol);
		arguments.add("--x402.pay-to=" + Buyer.SELLER);
		arguments.add("--x402.facilitator.url=" + facilitator);
		arguments.add("--x402.facilitator.supported.check=false");
		arguments.add("--x402.facilitator.circuit-breaker.failure-threshold=1000000");
		arguments.add("--x402.reconciliation.enabled=false");
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new SpringApplicationBuilder(Base.class, configuration).web(WebApplicationType.SERVLET)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.run(arguments.toArray(String[]::new));
	}

	String url() {
		return "http://127.0.0.1:" + ((ServletWebServerApplicationContext) this.context).getWebServer().getPort();
	}

	McpSyncClient client() {
		return this.client;
	}

	/**
	 * Return what the clients heard beside results, in log messages and as progress.
	 */
	List<String> heard() {
		return this.heard;
	}

	/**
	 * Connect another client.
	 * @param timeout time that it waits for a response
	 */
	McpSyncClient connect(Duration timeout) {
		McpSyncClient connected = McpClient.sync(transport())
			.requestTimeout(timeout)
			.initializationTimeout(Duration.ofSeconds(60))
			.loggingConsumer((message) -> this.heard.add(message.data()))
			.progressConsumer((progress) -> this.heard.add(progress.message()))
			.build();
		connected.initialize();
		this.clients.add(connected);
		return connected;
	}

	@SuppressWarnings("deprecation")
	McpClientTransport transport() {
		return this.sse
				? HttpClientSseClientTransport.builder(url())
					.httpRequestCustomizer(
							(request, method, uri, body, context) -> request.header("Authorization", USER))
					.build()
				: HttpClientStreamableHttpTransport.builder(url())
					.httpRequestCustomizer(
							(request, method, uri, body, context) -> request.header("Authorization", USER))
					.build();
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	<T> T bean(String name, Class<T> type) {
		return this.context.getBean(name, type);
	}

	CallToolResult call(String tool, Map<String, Object> arguments) {
		return this.client.callTool(new CallToolRequest(tool, arguments, null));
	}

	CallToolResult call(String tool, Map<String, Object> arguments, Payment payment) {
		return this.client.callTool(request(tool, arguments, payment));
	}

	/**
	 * A call with its payment as an object, as official clients send it.
	 */
	static CallToolRequest request(String tool, Map<String, Object> arguments, Payment payment) {
		return new CallToolRequest(tool, arguments, meta(object(payment)));
	}

	static Map<String, Object> object(Payment payment) {
		return map(Base64.getDecoder().decode(payment.value()));
	}

	static Map<String, Object> meta(Object payment) {
		return new HashMap<>(Map.of("x402/payment", payment));
	}

	@SuppressWarnings("unchecked")
	static Map<String, Object> map(byte[] json) {
		return CODEC.read(json, Map.class);
	}

	/**
	 * Return the offers of an unpaid call as official clients read them.
	 */
	static PaymentRequiredDocument challenge(CallToolResult result) {
		return CODEC.read(text(result).getBytes(StandardCharsets.UTF_8), PaymentRequiredDocument.class);
	}

	static String text(CallToolResult result) {
		return ((TextContent) result.content().get(0)).text();
	}

	Payment sign(PaymentRequirements offer, ProtocolVersion version) {
		return this.buyer.sign(offer, version);
	}

	/**
	 * Sign a payment for a call.
	 */
	Payment payment(String tool, Map<String, Object> arguments) {
		return this.buyer.sign(challenge(call(tool, arguments)).accepts().get(0));
	}

	void takeFacilitatorDown() {
		this.facilitator.close();
	}

	Script script(Payment payment, SettleBehaviour behaviour) {
		return this.facilitator.script(payment, behaviour);
	}

	Script scriptOthers(SettleBehaviour behaviour) {
		return this.facilitator.scriptOthers(behaviour);
	}

	/**
	 * Return the claim for a payment, {@code null} if there is none.
	 */
	Claim claim(Payment payment) {
		return bean(PaymentStore.class).find(payment.key());
	}

	@Override
	public void close() {
		this.clients.forEach(McpSyncClient::close);
		this.context.close();
		this.facilitator.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Base {

		@Bean
		@ConditionalOnBooleanProperty("shop.authenticated")
		SecurityFilterChain openToUsers(HttpSecurity security) {
			return security.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

		@Bean
		@ConditionalOnBooleanProperty(name = "shop.authenticated", havingValue = false, matchIfMissing = true)
		SecurityFilterChain openToAll(HttpSecurity security) {
			return security.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

	}

}
