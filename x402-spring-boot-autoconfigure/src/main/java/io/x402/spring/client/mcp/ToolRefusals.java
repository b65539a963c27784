/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client.mcp;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Results that take the place of those of a server, for a model to read.
 */
final class ToolRefusals {

	static final String NO_RESPONSE = "No response to a paid call. It is not known whether the payment was taken. "
			+ "Repeat the same call at once: until the payment has expired it is sent again, nothing is paid twice. "
			+ "After that the call may pay again.";

	static final String FAILED = "Not paid: the payment could not be made.";

	private ToolRefusals() {
	}

	/**
	 * The seller asks for another payment instead of taking the one it has.
	 */
	static String notAccepted(Optional<String> reason) {
		return "Not delivered: the seller did not accept the payment"
				+ reason.map((text) -> " and writes \"" + text.replace('"', '\'') + "\"").orElse("")
				+ ". Nothing else is paid for this call. The same call sends the same payment again, and may pay "
				+ "another one only after that has expired.";
	}

	static Map<String, Object> result(String text) {
		return Map.of("isError", true, "content", List.of(Map.of("type", "text", "text", text)));
	}

}
