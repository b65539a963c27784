/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Tests of passes over HTTP.
 */
@NullMarked
package io.x402.spring.web.pass;

import org.jspecify.annotations.NullMarked;
