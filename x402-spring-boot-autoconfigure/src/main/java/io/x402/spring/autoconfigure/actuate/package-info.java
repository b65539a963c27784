/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for the actuator: the endpoints of what is sold, of the ledger and
 * of passes, the console, and the sanitizing of credentials.
 */
@NullMarked
package io.x402.spring.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
