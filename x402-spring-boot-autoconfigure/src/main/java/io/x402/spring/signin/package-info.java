/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Proof of who has paid: challenges, messages and nonces of the protocol extension
 * {@code sign-in-with-x}. May use signatures and the store of claims; knows neither
 * passes nor a transport.
 */
@NullMarked
package io.x402.spring.signin;

import org.jspecify.annotations.NullMarked;
