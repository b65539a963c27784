/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.Set;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * How calls of paid tools are read and responded to.
 *
 * @param codec reads and writes messages of the protocol
 * @param versions the protocol versions of payments
 * @param storeLimit maximum number of bytes of a result that is stored for redelivery,
 * negative to store none
 * @param transport how servers are reached as catalogues are told, {@code sse} or
 * {@code streamable-http}, or {@code null} if they are told of no tool
 * @since 0.1.0
 */
public record ToolSettings(PaymentCodec codec, Set<ProtocolVersion> versions, int storeLimit,
		@Nullable String transport) {

	public ToolSettings {
		versions = Set.copyOf(versions);
	}

}
