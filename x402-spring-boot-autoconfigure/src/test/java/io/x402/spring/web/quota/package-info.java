/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Free calls over HTTP.
 */
@NullMarked
package io.x402.spring.web.quota;

import org.jspecify.annotations.NullMarked;
