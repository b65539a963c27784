/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import io.x402.sample.OnWebFlux;

/**
 * What the shop shows before anybody pays, on WebFlux.
 */
@OnWebFlux
class ShopOnWebFluxTests extends ShopTests {

}
