/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import io.x402.sample.OnWebFlux;

/**
 * What the embedded buyer buys on WebFlux.
 */
@OnWebFlux
class BuyOnWebFluxTests extends BuyTests {

}
