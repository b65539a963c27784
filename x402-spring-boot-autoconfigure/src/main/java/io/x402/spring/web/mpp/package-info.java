/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The Machine Payments Protocol: its challenges, credentials, receipts and problems, as
 * another framing of the payments that the engine takes. Holds no state.
 */
@NullMarked
package io.x402.spring.web.mpp;

import org.jspecify.annotations.NullMarked;
