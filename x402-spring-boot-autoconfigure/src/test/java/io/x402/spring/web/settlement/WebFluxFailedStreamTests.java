/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

/**
 * Streams that the seller cuts off, on WebFlux and Reactor Netty.
 */
class WebFluxFailedStreamTests extends AbstractFailedStreamTests {

	@Override
	protected Edge open() {
		return new ReactiveEdge(WebFluxShop.open(FluxConfiguration.class, PROPERTY));
	}

}
