/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Who gets in without a payment, and who does not with one: passes, free quotas, refused
 * payers. May use pricing, the engine and its stores, and {@code signin}; knows no
 * transport.
 */
@NullMarked
package io.x402.spring.access;

import org.jspecify.annotations.NullMarked;
