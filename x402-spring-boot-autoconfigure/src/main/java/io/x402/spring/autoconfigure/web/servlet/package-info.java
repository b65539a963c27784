/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for payments in Spring MVC.
 */
@NullMarked
package io.x402.spring.autoconfigure.web.servlet;

import org.jspecify.annotations.NullMarked;
