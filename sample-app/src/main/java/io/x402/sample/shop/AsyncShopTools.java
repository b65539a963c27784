/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import io.x402.sample.shop.ShopTools.TemperatureRecord;
import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Mono;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.McpToolParam;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * What agents can buy from an asynchronous server, which takes methods without blocking
 * only.
 */
@Component
@ConditionalOnProperty(name = "spring.ai.mcp.server.type", havingValue = "async")
final class AsyncShopTools {

	private final ShopTools tools;

	AsyncShopTools(HandlerRuns runs) {
		this.tools = new ShopTools(runs);
	}

	@McpTool(name = "free_hello", description = "A greeting, on the house.")
	Mono<String> hello() {
		return Mono.fromSupplier(this.tools::hello);
	}

	@McpTool(name = "forecast", description = ShopTools.FORECAST)
	@PaymentRequired(price = "$0.05", description = ShopTools.FORECAST)
	Mono<String> forecast(@McpToolParam(description = "Name of the city") String city) {
		return Mono.fromSupplier(() -> this.tools.forecast(city));
	}

	@McpTool(name = "record", description = ShopTools.RECORD, generateOutputSchema = true)
	@PaymentRequired(price = "$0.01", description = ShopTools.RECORD)
	Mono<TemperatureRecord> highest(@McpToolParam(description = "Name of the city") String city) {
		return Mono.fromSupplier(() -> this.tools.highest(city));
	}

}
