/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.store.Claim;
import io.x402.spring.web.settlement.FacilitatorStub.Script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A paid request to a handler that does something to its response, and serves a
 * repetition plainly.
 *
 * @param edge the shop
 * @param offer the offer that is paid
 * @param method HTTP method
 * @param name tells the handler what to do
 * @param settle what the facilitator does
 */
record PaidRun(Edge edge, PaymentRequirements offer, String method, String name, SettleBehaviour settle) {

	/**
	 * Pay, and check that nothing leaves before the payment is settled, and that what is
	 * charged is delivered or can be collected.
	 * @param ended whether the handler has ended well
	 * @param cutOff whether the handler may have cut off a response that had begun
	 */
	void check(BooleanSupplier ended, boolean cutOff) {
		Payment payment = this.edge.buyer().sign(this.offer);
		Script script = this.edge.script(payment, this.settle);
		Exchange first = exchange(payment, script);
		assertThat(first.before()).as("a byte left before the settlement").isFalse();
		await().atMost(Duration.ofSeconds(10)).until(() -> isAtRest(this.edge.claim(payment)));
		assertThat(script.settlements()).isLessThanOrEqualTo(1);
		if (this.settle == SettleBehaviour.SETTLED && script.settlements() == 1) {
			assertDelivered(payment, script, first, first.isComplete() && ended.getAsBoolean(), cutOff);
		}
		else {
			assertUncharged(first);
		}
	}

	private static void assertUncharged(Exchange exchange) {
		if (exchange.response() != null) {
			WireResponse response = exchange.response();
			assertThat(response.status() >= 400 || response.status() == 304).as(response.toString()).isTrue();
			assertThat(response.headers("X-Goods")).isEmpty();
		}
	}

	private void assertDelivered(Payment payment, Script script, Exchange first, boolean complete, boolean cutOff) {
		if (first.response() != null && first.response().status() < 400) {
			assertThat(first.response().header("PAYMENT-RESPONSE")).as("receipt").isNotEmpty();
		}
		boolean post = this.method.equals("POST");
		Exchange again = exchange(payment, script);
		assertThat(script.settlements()).as("charged once").isOne();
		assertThat(again.response()).isNotNull();
		if (again.response().status() == 409) {
			assertThat(complete || (post && first.response() != null)).as("nothing delivered: " + first).isTrue();
			return;
		}
		assertThat(again.response().header("PAYMENT-RESPONSE")).as(again.toString()).isNotEmpty();
		if (again.response().header("Idempotent-Replayed").isEmpty()) {
			assertThat(again.response().bodyText()).isEqualTo("again");
			assertThat(post && complete && !cutOff).as("an unsafe handler ran again").isFalse();
		}
		else if (complete) {
			assertThat(again.response().status()).isEqualTo(first.response().status());
			assertThat(again.response().body()).isEqualTo(first.response().body());
		}
	}

	private Exchange exchange(Payment payment, Script script) {
		boolean[] before = new boolean[1];
		try (WireExchange exchange = new WireExchange(this.edge.port())) {
			script.atSettle(() -> before[0] |= exchange.hasReceived());
			WireResponse response = exchange.send(this.method, "/calls", payment.headerLine(), "X-Run: " + this.name)
				.receive();
			return new Exchange(before[0], response);
		}
		catch (IOException | IllegalStateException ex) {
			return new Exchange(before[0], null);
		}
	}

	private static boolean isAtRest(Claim claim) {
		return claim == null || !claim.active();
	}

	/**
	 * What a buyer saw.
	 *
	 * @param before whether a byte came before the settlement
	 * @param response the response, {@code null} if it was none
	 */
	private record Exchange(boolean before, WireResponse response) {

		boolean isComplete() {
			if (this.response == null) {
				return false;
			}
			String length = this.response.header("Content-Length");
			try {
				return length.isEmpty() ? this.response.body() != null
						: this.response.body().length == Integer.parseInt(length);
			}
			catch (IllegalStateException ex) {
				return false;
			}
		}

	}

}
