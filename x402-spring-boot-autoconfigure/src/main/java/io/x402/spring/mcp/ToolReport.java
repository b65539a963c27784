/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpStatelessAsyncServer;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.pricing.PricingCheck;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Checks at startup that the calls of all priced tools pass the gate, and logs which
 * tools are paid and which are free.
 */
final class ToolReport implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(ToolReport.class);

	private final ToolPricing pricing;

	private final ToolGateProcessor gate;

	private final PricingCheck check;

	private final ListableBeanFactory beanFactory;

	/**
	 * Create a report.
	 * @param pricing finds prices
	 * @param gate has put the gate before tools
	 * @param check checks every price
	 * @param beanFactory where the servers are looked up
	 */
	ToolReport(ToolPricing pricing, ToolGateProcessor gate, PricingCheck check, ListableBeanFactory beanFactory) {
		this.pricing = pricing;
		this.gate = gate;
		this.check = check;
		this.beanFactory = beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<Tool> tools = tools();
		Map<String, Pricing> prices = new LinkedHashMap<>();
		List<String> free = new ArrayList<>();
		for (Tool tool : tools) {
			Pricing price = this.pricing.find(tool.name());
			if (price == null || price.isFree()) {
				free.add(tool.name());
			}
			else {
				check(tool, price);
				prices.put(tool.name(), price);
			}
		}
		checkPresent(this.pricing.required(), prices.keySet(), free);
		log(prices, free);
	}

	private List<Tool> tools() {
		List<Tool> tools = new ArrayList<>();
		this.beanFactory.getBeansOfType(McpSyncServer.class, false, false)
			.values()
			.forEach((server) -> tools.addAll(server.listTools()));
		this.beanFactory.getBeansOfType(McpAsyncServer.class, false, false)
			.values()
			.forEach((server) -> server.listTools().toStream().forEach(tools::add));
		this.beanFactory.getBeansOfType(McpStatelessSyncServer.class, false, false)
			.values()
			.forEach((server) -> tools.addAll(server.listTools()));
		this.beanFactory.getBeansOfType(McpStatelessAsyncServer.class, false, false)
			.values()
			.forEach((server) -> server.listTools().toStream().forEach(tools::add));
		return tools;
	}

	private void check(Tool tool, Pricing price) {
		ToolSpecifications specifications = this.gate.specifications();
		if (specifications == null || !specifications.isGated(tool)) {
			throw new InvalidPricingException("name", tool.name(),
					"the tool has a price, but its server was given it in a way that calls do not pass the payment gate",
					"Declare its specification, or a list of them, as a bean, or add it with addTool of the server bean.")
				.of("tool " + tool.name());
		}
		try {
			this.check.check(price);
		}
		catch (InvalidPricingException ex) {
			throw ex.of("tool " + tool.name());
		}
	}

	private static void checkPresent(Set<String> required, Set<String> paid, List<String> free) {
		for (String name : required) {
			if (!paid.contains(name) && !free.contains(name)) {
				throw new InvalidPricingException("name", name,
						"the tool has a price, but no MCP server of the application has the tool",
						"Correct the name, declare the server as a bean, or set required to false under "
								+ "x402.mcp.tools for a tool that is added later.")
					.of("tool " + name);
			}
		}
	}

	private static void log(Map<String, Pricing> prices, List<String> free) {
		if (!logger.isInfoEnabled() || (prices.isEmpty() && free.isEmpty())) {
			return;
		}
		logger.info(prices.size() + " paid and " + free.size() + " free tools");
		prices.forEach((name, price) -> logger.info("  paid tool " + name + " — " + price));
		free.forEach((name) -> logger.info("  free tool " + name));
	}

}
