/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Sells the handlers of a Spring application per call. This package is what the author of
 * a paid handler imports; it may use {@code protocol} and {@code money}.
 * <p>
 * One paid request: the filter of {@code web.servlet} wraps the response, and Spring
 * resolves the handler. {@code pricing} knows its price and what is offered for it.
 * {@code protocol} decodes the payment. {@code payment}, the engine, matches it with our
 * own offers, has {@code evm} check the signature, claims the authorization in
 * {@code store} and asks a {@code facilitator} to verify it. The handler runs and writes
 * into the held response. At the commit point {@code payment} decides whether the
 * response is billable, has the facilitator settle, and records the outcome. Only then
 * {@code web.servlet} releases the response; otherwise the buyer gets a refusal.
 * <p>
 * {@code docs/architecture.md} has the whole walk and the map of the packages.
 */
@NullMarked
package io.x402.spring;

import org.jspecify.annotations.NullMarked;
