/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What the auto-configurations of both web stacks share, and environment post-processors
 * for the embedded web servers.
 */
@NullMarked
package io.x402.spring.autoconfigure.web;

import org.jspecify.annotations.NullMarked;
