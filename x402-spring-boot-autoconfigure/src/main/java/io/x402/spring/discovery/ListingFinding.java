/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

/**
 * Something that keeps a mapping from being listed or paid.
 *
 * @param code stable identifier
 * @param problem the problem
 * @param remedy what to do
 * @since 0.2.0
 */
public record ListingFinding(String code, String problem, String remedy) {

}
