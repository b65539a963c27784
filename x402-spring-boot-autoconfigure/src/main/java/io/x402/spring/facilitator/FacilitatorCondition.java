/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

/**
 * What recent calls tell about a facilitator.
 *
 * @param name which one it is, for example its address; without secrets
 * @param usable {@code false} if it certainly cannot be used right now
 * @param problem what went wrong last, empty if nothing did; without secrets
 * @since 0.1.0
 */
public record FacilitatorCondition(String name, boolean usable, String problem) {

}
