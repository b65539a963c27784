/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Base of the Spring Boot auto-configuration: shared properties, checks of properties and
 * failure analyzers. The packages below hold one subject each and may use all packages of
 * the library; only they may use Spring Boot.
 */
@NullMarked
package io.x402.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
