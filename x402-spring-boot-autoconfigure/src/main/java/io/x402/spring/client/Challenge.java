/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * What a 402 response asks for. Its parts are kept as they were sent, because the payment
 * must repeat them.
 *
 * @param version protocol version it is written in
 * @param resource what is sold, or {@code null}
 * @param accepts the offers, in the seller's order
 * @param extensions extension declarations, or {@code null}
 * @param machine whether it is of the Machine Payments Protocol
 */
record Challenge(ProtocolVersion version, @Nullable Map<String, Object> resource, List<Map<String, Object>> accepts,
		@Nullable Map<String, Object> extensions, boolean machine) {

	@Nullable String description() {
		Object description = (this.resource != null) ? this.resource.get("description")
				: this.accepts.isEmpty() ? null : this.accepts.get(0).get("description");
		return SellerText.text(description);
	}

}
