/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What every {@link io.x402.spring.store.PaymentStore} has to do, as tests to extend.
 */
@NullMarked
package io.x402.spring.store.tck;

import org.jspecify.annotations.NullMarked;
