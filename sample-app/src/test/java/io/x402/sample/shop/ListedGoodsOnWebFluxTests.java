/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import io.x402.sample.OnWebFlux;

/**
 * What a facilitator with a catalogue can list of the shop on WebFlux.
 */
@OnWebFlux
class ListedGoodsOnWebFluxTests extends ListedGoodsTests {

}
