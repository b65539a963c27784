/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A buyer who follows the protocol: sends the same payment for the same request until it
 * is answered, and signs another one only if it was told that nothing was charged and
 * nothing will be.
 */
final class HonestBuyer {

	static final String REQUEST = "order";

	private final Supplier<Truth> signer;

	private final List<List<Truth>> purchases = new ArrayList<>();

	private @Nullable Truth current;

	HonestBuyer(Supplier<Truth> signer) {
		this.signer = signer;
	}

	/**
	 * Return the payment to send next.
	 */
	Truth next() {
		Truth payment = this.current;
		if (payment == null) {
			payment = this.signer.get();
			if (this.purchases.isEmpty() || isOver(this.purchases.get(this.purchases.size() - 1))) {
				this.purchases.add(new ArrayList<>());
			}
			this.purchases.get(this.purchases.size() - 1).add(payment);
			this.current = payment;
		}
		return payment;
	}

	private static boolean isOver(List<Truth> purchase) {
		return !purchase.get(purchase.size() - 1).finallyRefused;
	}

	@Nullable Truth current() {
		return this.current;
	}

	void learn(Work.Reply reply) {
		if (reply == Work.Reply.DELIVERED || reply == Work.Reply.USED) {
			this.current = null;
		}
		else if (reply == Work.Reply.FINALLY_REFUSED && this.current != null) {
			this.current.finallyRefused = true;
			this.current = null;
		}
	}

	/**
	 * Nothing was spent without a purchase, and nothing twice for the same one.
	 * @param chain knows what was charged
	 * @param runs how often a handler was to run again for a payment: a run counts once
	 * its beginning is recorded, even if the store could not say so and it did not begin
	 */
	void check(Chain chain, ToIntFunction<Truth> runs) {
		for (List<Truth> purchase : this.purchases) {
			List<Truth> charged = purchase.stream().filter((payment) -> chain.isSettled(payment.nonce)).toList();
			assertThat(charged).as("payments that were charged for one purchase").hasSizeLessThanOrEqualTo(1);
			assertThat(charged).as("charged although the buyer was told that it is not")
				.noneMatch((payment) -> payment.finallyRefused);
			assertThat(charged).as("charged and delivered")
				.allMatch((payment) -> payment.deliveries > 0 || runs.applyAsInt(payment) >= Instance.RERUNS);
		}
	}

}
