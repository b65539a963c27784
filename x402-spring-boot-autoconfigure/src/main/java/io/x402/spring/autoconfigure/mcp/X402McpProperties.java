/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.mcp;

import java.time.Duration;
import java.util.List;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentScheme;
import io.x402.spring.mcp.ToolOffer;
import io.x402.spring.pricing.OfferDefinition;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for paid tools of MCP servers.
 *
 * @param tools Prices of tools that are not annotated.
 */
@ConfigurationProperties("x402.mcp")
record X402McpProperties(@DefaultValue List<Tool> tools) {

	List<ToolOffer> offers() {
		return this.tools.stream().map(Tool::toOffer).toList();
	}

	/**
	 * Price of a tool.
	 *
	 * @param name Name of the tool.
	 * @param price Price of a call, such as "$0.05" or "0.05 USDC".
	 * @param network Networks to be paid on. Defaults to "x402.network".
	 * @param asset Token to be paid in, by ticker or address. Defaults to the default
	 * asset of the network.
	 * @param payTo Address of the recipient. Defaults to "x402.pay-to".
	 * @param description Description of the tool for buyers.
	 * @param mimeType Media type of its result.
	 * @param maxTimeout Validity that the buyer must sign for. Defaults to
	 * "x402.max-timeout".
	 * @param scheme How the charged amount follows from the price.
	 * @param flow When money moves in relation to the tool. Defaults to
	 * "x402.settlement.flow".
	 * @param required Whether a server must have the tool at startup.
	 */
	record Tool(String name, String price, @DefaultValue List<String> network, @DefaultValue("") String asset,
			@DefaultValue("") String payTo, @DefaultValue("") String description, @DefaultValue("") String mimeType,
			@Nullable Duration maxTimeout, @DefaultValue("exact") PaymentScheme scheme, @Nullable PaymentFlow flow,
			@DefaultValue("true") boolean required) {

		ToolOffer toOffer() {
			return new ToolOffer(this.name,
					OfferDefinition.price(this.price)
						.networks(this.network)
						.asset(this.asset)
						.payTo(this.payTo)
						.description(this.description)
						.mimeType(this.mimeType)
						.maxTimeout((this.maxTimeout != null) ? this.maxTimeout.toString() : "")
						.scheme(this.scheme)
						.flow(this.flow)
						.build(),
					this.required);
		}

	}

}
