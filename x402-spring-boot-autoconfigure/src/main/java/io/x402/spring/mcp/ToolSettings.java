/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.Set;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;

/**
 * How calls of paid tools are read and responded to.
 *
 * @param codec reads and writes messages of the protocol
 * @param versions the protocol versions of payments
 * @param storeLimit maximum number of bytes of a result that is stored for redelivery,
 * negative to store none
 * @since 0.1.0
 */
public record ToolSettings(PaymentCodec codec, Set<ProtocolVersion> versions, int storeLimit) {

	public ToolSettings {
		versions = Set.copyOf(versions);
	}

}
