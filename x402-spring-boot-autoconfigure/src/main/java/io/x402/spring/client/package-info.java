/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The buyer: reads what a seller asks for, decides by a policy that denies by default,
 * signs, and sends with the HTTP clients of Spring. May use {@code protocol},
 * {@code money}, {@code evm} and {@code store}, for what was spent.
 */
@NullMarked
package io.x402.spring.client;

import org.jspecify.annotations.NullMarked;
