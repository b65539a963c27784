/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client.mcp;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import org.jspecify.annotations.Nullable;

/**
 * Adds the prices of tools to their descriptions, the one text of a list that a model
 * reads. The price is what the server announces, not what is paid.
 */
final class ToolPrices {

	private static final String TOOLS = "tools";

	private static final String DESCRIPTION = "description";

	private static final BigDecimal MAX = BigDecimal.valueOf(1_000_000_000);

	private ToolPrices() {
	}

	static JSONRPCMessage show(JSONRPCResponse response) {
		if (!(response.result() instanceof Map<?, ?> result) || !(result.get(TOOLS) instanceof List<?> tools)) {
			return response;
		}
		List<@Nullable Object> priced = new ArrayList<>();
		tools.forEach((tool) -> priced.add((tool instanceof Map<?, ?> members) ? priced(members) : tool));
		Map<Object, Object> shown = new LinkedHashMap<>(result);
		shown.put(TOOLS, priced);
		return JSONRPCResponse.result(response.id(), shown);
	}

	private static Map<?, ?> priced(Map<?, ?> tool) {
		String price = price(tool);
		if (price.isEmpty()) {
			return tool;
		}
		Map<Object, Object> priced = new LinkedHashMap<>(tool);
		Object description = tool.get(DESCRIPTION);
		priced.put(DESCRIPTION, (description instanceof String text) ? text + " " + price : price);
		return priced;
	}

	private static String price(Map<?, ?> tool) {
		Map<?, ?> meta = (tool.get("_meta") instanceof Map<?, ?> map) ? map : Map.of();
		if (meta.get("agents-x402/priceUSD") instanceof Number number && Double.isFinite(number.doubleValue())) {
			BigDecimal price = new BigDecimal(number.toString());
			if (price.signum() > 0 && price.compareTo(MAX) < 0) {
				return "(Costs " + price.stripTrailingZeros().toPlainString() + " USD per call.)";
			}
		}
		Map<?, ?> annotations = (tool.get("annotations") instanceof Map<?, ?> map) ? map : Map.of();
		boolean paid = Boolean.TRUE.equals(meta.get("agents-x402/paymentRequired"))
				|| Boolean.TRUE.equals(annotations.get("paymentHint"));
		return paid ? "(Costs money per call.)" : "";
	}

}
