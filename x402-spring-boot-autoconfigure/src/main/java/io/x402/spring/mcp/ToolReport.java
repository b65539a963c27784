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
		this.pricing.checkOthers();
		List<Tool> tools = ServerTools.in(this.beanFactory);
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

	private void check(Tool tool, Pricing price) {
		ToolSpecifications specifications = this.gate.specifications();
		if (specifications == null || !specifications.isGated(tool)) {
			throw ToolSpecifications.ungated(tool);
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
