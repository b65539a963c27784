/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * An agent that buys: the model is scripted, the payments are real.
 */
@NullMarked
package io.x402.sample.agent;

import org.jspecify.annotations.NullMarked;
