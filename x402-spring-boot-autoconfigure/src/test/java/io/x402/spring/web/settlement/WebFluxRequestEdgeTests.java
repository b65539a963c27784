/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

/**
 * Requests at the edges of HTTP on WebFlux and Reactor Netty.
 */
class WebFluxRequestEdgeTests extends AbstractRequestEdgeTests {

	@Override
	protected Edge open() {
		return new ReactiveEdge(WebFluxShop.open(Goods.class, PROPERTIES));
	}

}
