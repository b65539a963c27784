/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.check;

import java.io.PrintStream;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * The command {@code check [URL] [--through-base-url] [--validate[=URL]] [--json]}: lets
 * a running shop request its own paid mappings as indexes do, through its actuator
 * endpoint {@code x402check}, and prints what should be changed. With {@code --validate}
 * a facilitator is asked, too, which requests each public URL itself.
 */
public final class CheckCommand {

	/**
	 * First argument of the command line.
	 */
	public static final String NAME = "check";

	private static final String SHOP = "http://localhost:8080";

	private static final String VALIDATOR = "https://api.cdp.coinbase.com/platform/v2/x402/validate";

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private final RestClient client;

	private final PrintStream out;

	private boolean complete = true;

	private CheckCommand(PrintStream out) {
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(
				HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
		requests.setReadTimeout(TIMEOUT);
		this.client = RestClient.builder().requestFactory(requests).build();
		this.out = out;
	}

	/**
	 * Run the command.
	 * @param arguments command line arguments, the name of the command first
	 * @param out where to print the report
	 * @return the exit code: 0 nothing to change, 1 failed, 2 something to change
	 */
	public static int run(String[] arguments, PrintStream out) {
		DefaultApplicationArguments options = new DefaultApplicationArguments(arguments);
		List<String> words = options.getNonOptionArgs();
		String url = (words.size() > 1) ? words.get(1) : SHOP;
		if (words.size() > 2 || !url.matches("https?://.+")) {
			out.println("Usage: check [URL] [--through-base-url] [--validate[=URL]] [--json]");
			return 1;
		}
		try {
			return new CheckCommand(out).check(url, options);
		}
		catch (RestClientException ex) {
			out.println("Failed: " + ex.getMessage());
			out.println("The shop must run, and its endpoint x402check must be exposed.");
			return 1;
		}
	}

	private int check(String url, DefaultApplicationArguments options) {
		JsonNode report = post(url + "/actuator/x402check",
				Map.of("throughBaseUrl", options.containsOption("through-base-url")));
		if (options.containsOption("json")) {
			this.out.println(report);
			return all(report).allMatch(JsonNode::isEmpty) ? 0 : 2;
		}
		this.out.println("Requested " + report.path("url").asString("nothing"));
		findings(report, "");
		report.path("mappings").forEach((mapping) -> print(mapping, validator(options)));
		this.out.println();
		this.out.println(this.complete ? "Nothing to change." : "What should be changed is marked with !");
		return this.complete ? 0 : 2;
	}

	private static Stream<JsonNode> all(JsonNode report) {
		return Stream.concat(Stream.of(report), report.path("mappings").valueStream())
			.map((part) -> part.path("findings"));
	}

	private static @Nullable String validator(DefaultApplicationArguments options) {
		List<String> values = options.getOptionValues("validate");
		return (values == null) ? null : values.isEmpty() ? VALIDATOR : values.get(0);
	}

	private void print(JsonNode mapping, @Nullable String validator) {
		this.out.println();
		this.out.println(mapping.path("method").asString() + " " + mapping.path("path").asString() + "  "
				+ mapping.path("handler").asString());
		JsonNode seen = mapping.path("seen");
		line("index   ", seen.path("index"));
		line("v2 buyer", seen.path("version2"));
		line("v1 buyer", seen.path("version1"));
		line("browser ", seen.path("browser"));
		findings(mapping, "  ");
		if (validator != null && seen.path("url").asString("").startsWith("https://")) {
			validate(validator, seen.path("url").asString(), mapping.path("method").asString());
		}
	}

	private void line(String name, JsonNode value) {
		if (value.isString()) {
			this.out.println("  " + name + "  " + value.asString());
		}
	}

	private void findings(JsonNode checked, String indent) {
		checked.path("findings")
			.forEach((finding) -> change(indent, finding.path("problem").asString() + " "
					+ finding.path("remedy").asString() + " (" + finding.path("code").asString() + ")"));
	}

	private void change(String indent, String text) {
		this.complete = false;
		this.out.println(indent + "! " + text);
	}

	private void validate(String validator, String url, String method) {
		JsonNode verdict = post(validator, Map.of("resource", url, "method", method));
		this.out.println("  facilitator  " + (verdict.path("valid").asBoolean(false) ? "valid" : "not valid"));
		verdict.path("preflight")
			.valueStream()
			.filter((test) -> !test.path("passed").asBoolean(false))
			.forEach((test) -> change("  ", test.path("check").asString() + ": " + test.path("detail").asString("")
					+ " (" + test.path("severity").asString("") + ")"));
		JsonNode reason = verdict.at("/simulation/rejectionReason");
		if (reason.isString()) {
			change("  ", "The catalogue would reject it: " + reason.asString());
		}
	}

	private JsonNode post(String url, Map<String, Object> body) {
		byte[] response = this.client.post()
			.uri(url)
			.contentType(MediaType.APPLICATION_JSON)
			.body(JsonMapper.shared().writeValueAsBytes(body))
			.retrieve()
			.body(byte[].class);
		return JsonMapper.shared().readTree((response != null) ? response : new byte[0]);
	}

}
