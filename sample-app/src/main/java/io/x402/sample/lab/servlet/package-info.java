/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Routes for interoperability tests whose handlers answer in the ways of Spring MVC.
 */
@NullMarked
package io.x402.sample.lab.servlet;

import org.jspecify.annotations.NullMarked;
