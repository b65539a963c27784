/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.math.BigDecimal;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import io.x402.spring.VerifiedPayment;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.McpToolParam;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * What agents can buy: tools of the MCP server at {@code /mcp}, if it is synchronous.
 */
@Component
@ConditionalOnProperty(name = "spring.ai.mcp.server.type", havingValue = "sync", matchIfMissing = true)
final class ShopTools {

	static final String FORECAST = "The weather of tomorrow in any city.";

	static final String RECORD = "The highest temperature on record.";

	private static final BigDecimal USED = new BigDecimal("0.02");

	private final HandlerRuns runs;

	ShopTools(HandlerRuns runs) {
		this.runs = runs;
	}

	@McpTool(name = "free_hello", description = "A greeting, on the house.")
	String hello() {
		return "Hello. The other tools cost money.";
	}

	@McpTool(name = "forecast", description = FORECAST)
	@PaymentRequired(price = "$0.05", description = FORECAST)
	String forecast(@McpToolParam(description = "Name of the city") String city) {
		return "Tomorrow in %s: fair. %s".formatted(city, this.runs.served("mcp forecast"));
	}

	@McpTool(name = "record", description = RECORD, generateOutputSchema = true)
	@PaymentRequired(price = "$0.01", description = RECORD)
	TemperatureRecord highest(@McpToolParam(description = "Name of the city") String city) {
		return new TemperatureRecord(city, 44, this.runs.served("mcp record"));
	}

	@McpTool(name = "metered", description = "A tool that charges for what was used.")
	@PaymentRequired(price = "$0.05", scheme = PaymentScheme.UPTO,
			description = "A tool that charges for what was used.")
	String metered(CallToolRequest request) {
		VerifiedPayment payment = (VerifiedPayment) request.meta().get(VerifiedPayment.class.getName());
		payment.charge(USED);
		return "Used two cents. " + this.runs.served("mcp metered");
	}

	@McpTool(name = "broken", description = "A tool that throws, and costs nothing then.")
	@PaymentRequired(price = "$0.01", description = "A tool that throws, and costs nothing then.")
	String broken() {
		this.runs.served("mcp broken");
		throw new IllegalStateException("Out of order");
	}

	@McpTool(name = "refuses", description = "A tool that returns an error, and costs nothing then.")
	@PaymentRequired(price = "$0.01", description = "A tool that returns an error, and costs nothing then.")
	CallToolResult refuse() {
		this.runs.served("mcp refuses");
		return CallToolResult.builder().addTextContent("Not today").isError(true).build();
	}

	/**
	 * The goods of a tool with an output schema.
	 *
	 * @param city the city
	 * @param celsius the temperature
	 * @param source who says so
	 */
	record TemperatureRecord(String city, int celsius, String source) {

	}

}
