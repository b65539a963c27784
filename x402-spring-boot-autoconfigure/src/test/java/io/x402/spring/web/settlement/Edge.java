/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.store.Claim;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;

/**
 * A shop, whatever it runs on.
 */
interface Edge extends AutoCloseable {

	int port();

	Buyer buyer();

	Script script(Payment payment, SettleBehaviour behaviour);

	default Script script(Payment payment) {
		return script(payment, SettleBehaviour.SETTLED);
	}

	Claim claim(Payment payment);

	<T> T bean(Class<T> type);

	default int runs() {
		return bean(AtomicInteger.class).get();
	}

	default WireResponse send(String method, String target, String... headerLines) throws IOException {
		try (WireExchange exchange = new WireExchange(port())) {
			return exchange.send(method, target, headerLines).receive();
		}
	}

	default WireResponse get(String target, String... headerLines) throws IOException {
		return send("GET", target, headerLines);
	}

	default WireResponse pay(String target, Payment payment) throws IOException {
		return get(target, payment.headerLine());
	}

	default Payment payment(String target) throws IOException {
		return buyer().sign(offer(target));
	}

	/**
	 * Buy a resource.
	 */
	default Purchase buy(String target, SettleBehaviour behaviour) throws IOException {
		Payment payment = payment(target);
		Script script = script(payment, behaviour);
		return new Purchase(payment, script, pay(target, payment));
	}

	default PaymentRequirements offer(String target) throws IOException {
		return buyer().offer(port(), target);
	}

	boolean isReleased(Payment payment);

	@Override
	void close();

}
