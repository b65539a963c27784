/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

/**
 * Buyers who leave WebFlux and Reactor Netty.
 */
class WebFluxBuyerLeavesTests extends AbstractBuyerLeavesTests {

	@Override
	protected Edge open() {
		return new ReactiveEdge(WebFluxShop.open(GoodsConfiguration.class, PROPERTIES));
	}

}
