/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import io.x402.spring.pricing.OfferDefinition;

/**
 * Offer for a tool that is not annotated.
 *
 * @param tool name of the tool
 * @param offer the offer
 * @param required whether a server must have the tool at startup
 * @since 0.1.0
 */
public record ToolOffer(String tool, OfferDefinition offer, boolean required) {

}
