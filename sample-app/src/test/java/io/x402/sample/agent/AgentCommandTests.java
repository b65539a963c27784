/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.agent;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The command {@code agent}, which goes shopping here.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class AgentCommandTests {

	@LocalServerPort
	private int port;

	@Test
	void agentBuysToolsAndAPage() {
		String out = run("0.10", 0);
		assertThat(out).contains("calls    forecast {\"city\":\"Lisbon\"}", "Tomorrow in Lisbon: fair.",
				"\\\"celsius\\\":44", "\"status\":200",
				"paid     0.05 USDC for http://127.0.0.1:" + this.port + "/mcp#forecast",
				"paid     0.01 USDC for http://127.0.0.1:" + this.port + "/mcp#record",
				"paid     0.05 USDC for http://127.0.0.1:" + this.port + "/weather", "says     Everything");
	}

	@Test
	void whenThePriceIsAboveTheLimitThenTheModelReadsIt() {
		String out = run("0.04", 0);
		assertThat(out).contains("amount_above_limit", "0.04 per request", "paid     0.01 USDC")
			.doesNotContain("Tomorrow in Lisbon", "paid     0.05");
	}

	@Test
	void whenThereIsNoShopThenUsageIsPrinted() {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		assertThat(AgentCommand.run(new String[] { "agent", "nowhere" }, new PrintStream(out))).isOne();
		assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Usage: agent");
	}

	private String run(String limit, int code) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		assertThat(AgentCommand.run(
				new String[] { "agent", "http://127.0.0.1:" + this.port,
						"--x402.client.private-key=0x" + "07".repeat(32),
						"--x402.client.limits.max-amount-per-request=" + limit },
				new PrintStream(out, true, StandardCharsets.UTF_8)))
			.isEqualTo(code);
		return out.toString(StandardCharsets.UTF_8);
	}

}
