/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.check;

import io.x402.sample.OnWebFlux;

/**
 * The command {@code check} and a shop on WebFlux.
 */
@OnWebFlux
class CheckCommandOnWebFluxTests extends CheckCommandTests {

}
