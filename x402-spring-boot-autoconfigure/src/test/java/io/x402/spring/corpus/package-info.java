/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The corpus of messages that were run through the official packages, and what this
 * library makes of them. {@code sample-app/interop/corpus} makes the fixtures.
 */
package io.x402.spring.corpus;
