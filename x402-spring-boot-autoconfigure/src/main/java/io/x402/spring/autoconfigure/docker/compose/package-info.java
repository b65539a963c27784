/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Service connections from Docker Compose.
 */
@NullMarked
package io.x402.spring.autoconfigure.docker.compose;

import org.jspecify.annotations.NullMarked;
