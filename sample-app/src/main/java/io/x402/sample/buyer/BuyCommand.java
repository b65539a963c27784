/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.x402.spring.autoconfigure.client.X402ClientProperties;
import io.x402.spring.client.PaymentRefusedException;
import io.x402.spring.client.Purchase;
import io.x402.spring.client.PurchaseEvent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.Banner;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * The command {@code buy URL [--method=POST --data=TEXT] [--json]}: buys once, within the
 * limits of {@code x402.client.*}, and tells what happened. A tool of an MCP server is
 * bought by {@code buy mcp+URL#tool [--arguments=JSON]}. Only the host of the URL may be
 * paid. It starts no server.
 */
@EnableAutoConfiguration
public final class BuyCommand {

	/**
	 * First argument of the command line.
	 */
	public static final String NAME = "buy";

	private static final String USAGE = "Usage: buy URL [--method=POST --data=TEXT] [--json] or "
			+ "buy mcp+URL#TOOL [--arguments=JSON] [--json] or "
			+ "buy mcp+stdio://NAME#TOOL --command=COMMAND [--arguments=JSON] [--json], with "
			+ "--x402.client.limits.max-amount-per-request=0.10 and the key in X402_CLIENT_PRIVATE_KEY";

	private BuyCommand() {
	}

	/**
	 * Run the command.
	 * @param arguments command line arguments, the name of the command first
	 * @param out where to tell what happened
	 * @return the exit code: 0 paid and served, 1 failed, 3 nothing to pay, 4 refused by
	 * policy
	 */
	public static int run(String[] arguments, PrintStream out) {
		DefaultApplicationArguments options = new DefaultApplicationArguments(arguments);
		List<String> words = options.getNonOptionArgs();
		boolean json = options.containsOption("json");
		if (words.size() != 2 || !words.get(1).matches("https?://.+|mcp\\+(https?|stdio)://[^#]+#.+")) {
			return new Bill("failed", null, null, null, null, USAGE).print(out, json, new JsonMapper());
		}
		boolean tool = words.get(1).startsWith(ToolPurchase.PREFIX);
		String url = tool ? words.get(1).substring(ToolPurchase.PREFIX.length()) : words.get(1);
		try (ConfigurableApplicationContext context = application(url, json).run(arguments)) {
			Bill bill = tool
					? ToolPurchase.buy(context, URI.create(url), option(options, "arguments"),
							option(options, "command"))
					: buy(context, url, option(options, "method"), option(options, "data"));
			return bill.print(out, json, context.getBean(JsonMapper.class));
		}
		catch (RuntimeException ex) {
			return new Bill("failed", null, null, null, null, problem(ex)).print(out, json, new JsonMapper());
		}
	}

	private static SpringApplication application(String url, boolean json) {
		SpringApplication application = new SpringApplication(BuyCommand.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setBannerMode(Banner.Mode.OFF);
		application.setLogStartupInfo(false);
		String authority = URI.create(url).getRawAuthority();
		application.setDefaultProperties(Map.of("x402.enabled", "false", "x402.client.enabled", "true",
				"x402.client.sellers.allowed-hosts", String.valueOf(authority), "spring.ai.mcp.server.enabled", "false",
				"spring.http.clients.read-timeout", "2m", "logging.level.root", json ? "off" : "error"));
		return application;
	}

	private static Bill buy(ConfigurableApplicationContext context, String url, @Nullable String method,
			@Nullable String data) {
		X402ClientProperties limits = context.getBean(X402ClientProperties.class);
		Recorder recorder = new Recorder();
		context.addApplicationListener(new Signatures(recorder));
		RestClient.RequestBodySpec request = context.getBean("x402RestClientBuilder", RestClient.Builder.class)
			.bufferContent((uri, any) -> true)
			.requestInterceptor(recorder)
			.build()
			.method((method != null) ? HttpMethod.valueOf(method) : (data != null) ? HttpMethod.POST : HttpMethod.GET)
			.uri(URI.create(url));
		if (data != null) {
			request.body(data.getBytes(StandardCharsets.UTF_8));
		}
		try {
			Purchase purchase = request.exchange((sent, answer) -> {
				answer.getBody().readAllBytes();
				return Purchase.of(sent);
			});
			return Bill.of(limits, purchase, recorder);
		}
		catch (PaymentRefusedException ex) {
			return Bill.refused(limits, ex, recorder);
		}
		catch (RestClientException ex) {
			return Bill.failed(limits, problem(ex), recorder);
		}
	}

	private static @Nullable String option(DefaultApplicationArguments options, String name) {
		List<String> values = options.getOptionValues(name);
		return (values != null && !values.isEmpty()) ? values.get(0) : null;
	}

	/**
	 * The last cause tells most, but not which property it is about.
	 */
	private static String problem(Throwable failure) {
		String property = "";
		Throwable root = failure;
		while (root.getCause() != null && root.getCause() != root) {
			root = root.getCause();
			property = (root instanceof BindException bind) ? bind.getName() + ": " : property;
		}
		return property + root.getClass().getSimpleName() + ": " + root.getMessage();
	}

	/**
	 * A call that fails does not tell any more what was signed for it.
	 */
	private record Signatures(
			Recorder recorder) implements ApplicationListener<PayloadApplicationEvent<PurchaseEvent.Signed>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<PurchaseEvent.Signed> event) {
			this.recorder.bought(event.getPayload().purchase());
		}

	}

}
