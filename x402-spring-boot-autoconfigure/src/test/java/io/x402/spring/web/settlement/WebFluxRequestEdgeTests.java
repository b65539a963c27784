/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.store.Claim;
import io.x402.spring.web.settlement.FacilitatorStub.Script;

/**
 * Requests at the edges of HTTP on WebFlux and Reactor Netty.
 */
class WebFluxRequestEdgeTests extends AbstractRequestEdgeTests {

	@Override
	protected Edge open() {
		return new ReactiveEdge(WebFluxShop.open(Goods.class, PROPERTIES));
	}

	private record ReactiveEdge(WebFluxShop shop) implements Edge {

		@Override
		public int port() {
			return this.shop.port();
		}

		@Override
		public Buyer buyer() {
			return this.shop.buyer();
		}

		@Override
		public Script script(Payment payment) {
			return this.shop.script(payment, SettleBehaviour.SETTLED);
		}

		@Override
		public Claim claim(Payment payment) {
			return this.shop.claim(payment);
		}

		@Override
		public int runs() {
			return this.shop.bean(AtomicInteger.class).get();
		}

		@Override
		public void close() {
			this.shop.close();
		}

	}

}
