/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A shop that sells API calls. {@code shop} holds what is sold, one controller per
 * feature, {@code buyer} a customer built in to watch a purchase, {@code lab} the odd
 * routes that interoperability tests need.
 */
@NullMarked
package io.x402.sample;

import org.jspecify.annotations.NullMarked;
