/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.Comparator;
import java.util.List;

import io.x402.spring.pricing.PricedTool;
import io.x402.spring.pricing.ToolCatalog;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Lists the tools of all servers that are beans.
 */
final class ServedTools implements ToolCatalog {

	private final ToolPricing pricing;

	private final ListableBeanFactory beanFactory;

	ServedTools(ToolPricing pricing, ListableBeanFactory beanFactory) {
		this.pricing = pricing;
		this.beanFactory = beanFactory;
	}

	@Override
	public List<PricedTool> tools() {
		return ServerTools.in(this.beanFactory)
			.stream()
			.map((tool) -> new PricedTool(tool.name(), tool.description(), this.pricing.find(tool.name())))
			.distinct()
			.sorted(Comparator.comparing(PricedTool::name))
			.toList();
	}

}
