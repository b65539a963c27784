/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.util.List;
import java.util.Map;

import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.Tool;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The tools and their prices, as the page shows them.
 */
@RestController
final class ToolsController {

	private final ObjectProvider<McpSyncServer> server;

	private final ObjectProvider<McpStatelessSyncServer> stateless;

	ToolsController(ObjectProvider<McpSyncServer> server, ObjectProvider<McpStatelessSyncServer> stateless) {
		this.server = server;
		this.stateless = stateless;
	}

	@GetMapping("/tools")
	List<Item> tools() {
		McpSyncServer sessions = this.server.getIfAvailable();
		List<Tool> tools = (sessions != null) ? sessions.listTools() : this.stateless.getObject().listTools();
		return tools.stream().map(ToolsController::item).toList();
	}

	private static Item item(Tool tool) {
		Map<String, Object> meta = (tool.meta() != null) ? tool.meta() : Map.of();
		Object price = meta.get("agents-x402/priceUSD");
		boolean upto = meta.get("x402") instanceof Map<?, ?> offer && "upto".equals(offer.get("scheme"));
		return new Item(tool.name(), (price != null) ? (upto ? "up to $" : "$") + price : "free", tool.description());
	}

	/**
	 * A tool.
	 *
	 * @param name its name
	 * @param price its price, as people read it
	 * @param description what it does
	 */
	record Item(String name, String price, String description) {

	}

}
