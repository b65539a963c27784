/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import io.x402.spring.store.Claim;
import io.x402.spring.web.settlement.FacilitatorStub.Script;

/**
 * A shop on servlets.
 */
record ServletEdge(Shop shop) implements Edge {

	@Override
	public int port() {
		return this.shop.port();
	}

	@Override
	public Buyer buyer() {
		return this.shop.buyer();
	}

	@Override
	public Script script(Payment payment, SettleBehaviour behaviour) {
		return this.shop.script(payment, behaviour);
	}

	@Override
	public Claim claim(Payment payment) {
		return this.shop.claim(payment);
	}

	@Override
	public boolean isReleased(Payment payment) {
		return this.shop.isReleased(payment);
	}

	@Override
	public <T> T bean(Class<T> type) {
		return this.shop.bean(type);
	}

	@Override
	public void close() {
		this.shop.close();
	}

}
