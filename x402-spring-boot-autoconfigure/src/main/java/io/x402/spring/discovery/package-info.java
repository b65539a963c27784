/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Descriptions of paid mappings for catalogues of paid resources, derived from Spring's
 * own mappings. May use {@code pricing} and the packages below it; knows neither servlets
 * nor reactive types.
 */
@NullMarked
package io.x402.spring.discovery;

import org.jspecify.annotations.NullMarked;
