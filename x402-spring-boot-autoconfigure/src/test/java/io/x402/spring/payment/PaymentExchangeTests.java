/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.Arrays;
import java.util.Map;

import io.x402.spring.payment.PaymentExchange.Action;
import io.x402.spring.payment.PaymentExchange.Event;
import io.x402.spring.payment.PaymentExchange.State;
import io.x402.spring.payment.PaymentExchange.Transition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every event in every state of an exchange.
 */
class PaymentExchangeTests {

	@ParameterizedTest
	@CsvSource({ "VERIFIED, SETTLE, SETTLE, SETTLING", "VERIFIED, SETTLE_AHEAD, SETTLE, SETTLING_AHEAD",
			"VERIFIED, DELIVER, FORBIDDEN, VERIFIED", "VERIFIED, ABANDON, GIVE_BACK, ENDED",
			"VERIFIED, SETTLED, FORBIDDEN, VERIFIED", "VERIFIED, REFUSED, FORBIDDEN, VERIFIED",
			"SETTLING, SETTLE, FORBIDDEN, SETTLING", "SETTLING, SETTLE_AHEAD, FORBIDDEN, SETTLING",
			"SETTLING, DELIVER, FORBIDDEN, SETTLING", "SETTLING, ABANDON, NONE, SETTLING",
			"SETTLING, SETTLED, NONE, DELIVERED", "SETTLING, REFUSED, NONE, ENDED",
			"SETTLING_AHEAD, SETTLE, FORBIDDEN, SETTLING_AHEAD",
			"SETTLING_AHEAD, SETTLE_AHEAD, FORBIDDEN, SETTLING_AHEAD",
			"SETTLING_AHEAD, DELIVER, FORBIDDEN, SETTLING_AHEAD", "SETTLING_AHEAD, ABANDON, NONE, SETTLING_ABANDONED",
			"SETTLING_AHEAD, SETTLED, NONE, PAID", "SETTLING_AHEAD, REFUSED, NONE, ENDED",
			"SETTLING_ABANDONED, SETTLE, FORBIDDEN, SETTLING_ABANDONED",
			"SETTLING_ABANDONED, SETTLE_AHEAD, FORBIDDEN, SETTLING_ABANDONED",
			"SETTLING_ABANDONED, DELIVER, FORBIDDEN, SETTLING_ABANDONED",
			"SETTLING_ABANDONED, ABANDON, NONE, SETTLING_ABANDONED",
			"SETTLING_ABANDONED, SETTLED, OFFER_AGAIN, DELIVERED", "SETTLING_ABANDONED, REFUSED, NONE, ENDED",
			"PAID, SETTLE, STORE, DELIVERED", "PAID, SETTLE_AHEAD, NONE, PAID", "PAID, DELIVER, NONE, DELIVERING",
			"PAID, ABANDON, OFFER_AGAIN, DELIVERED", "PAID, SETTLED, FORBIDDEN, PAID", "PAID, REFUSED, FORBIDDEN, PAID",
			"DELIVERING, SETTLE, STORE, DELIVERED", "DELIVERING, SETTLE_AHEAD, NONE, DELIVERING",
			"DELIVERING, DELIVER, NONE, DELIVERING", "DELIVERING, ABANDON, OFFER_AGAIN, DELIVERED",
			"DELIVERING, SETTLED, FORBIDDEN, DELIVERING", "DELIVERING, REFUSED, FORBIDDEN, DELIVERING",
			"DELIVERED, SETTLE, NONE, DELIVERED", "DELIVERED, SETTLE_AHEAD, NONE, DELIVERED",
			"DELIVERED, DELIVER, NONE, DELIVERED", "DELIVERED, ABANDON, NONE, DELIVERED",
			"DELIVERED, SETTLED, FORBIDDEN, DELIVERED", "DELIVERED, REFUSED, FORBIDDEN, DELIVERED",
			"ENDED, SETTLE, FORBIDDEN, ENDED", "ENDED, SETTLE_AHEAD, FORBIDDEN, ENDED",
			"ENDED, DELIVER, FORBIDDEN, ENDED", "ENDED, ABANDON, NONE, ENDED", "ENDED, SETTLED, FORBIDDEN, ENDED",
			"ENDED, REFUSED, FORBIDDEN, ENDED", "VERIFIED, LEAVE, GIVE_BACK, ENDED", "SETTLING, LEAVE, NONE, SETTLING",
			"SETTLING_AHEAD, LEAVE, NONE, SETTLING_ABANDONED", "SETTLING_ABANDONED, LEAVE, NONE, SETTLING_ABANDONED",
			"PAID, LEAVE, OFFER_AGAIN, DELIVERED", "DELIVERING, LEAVE, FORGET, DELIVERED",
			"DELIVERED, LEAVE, NONE, DELIVERED", "ENDED, LEAVE, NONE, ENDED" })
	void whenAnEventComesThenTheTableSaysWhatFollows(State state, Event event, Action action, State next) {
		assertThat(PaymentExchange.transitionOf(state, event)).isEqualTo(new Transition(action, next));
	}

	@ParameterizedTest
	@EnumSource
	void whenTheRequestEndsThenEveryStateAllowsIt(State state) {
		assertThat(PaymentExchange.transitionOf(state, Event.ABANDON).action()).isNotEqualTo(Action.FORBIDDEN);
		assertThat(PaymentExchange.transitionOf(state, Event.LEAVE).action()).isNotEqualTo(Action.FORBIDDEN);
	}

	@Test
	void whenAStateIsReachedThenItIsSettledAtMostOnce() {
		Map<State, Boolean> settles = new java.util.EnumMap<>(State.class);
		for (State state : State.values()) {
			settles.put(state, Arrays.stream(Event.values())
				.anyMatch((event) -> PaymentExchange.transitionOf(state, event).action() == Action.SETTLE));
		}
		assertThat(settles).containsEntry(State.VERIFIED, true);
		settles.remove(State.VERIFIED);
		assertThat(settles).doesNotContainValue(true);
		for (State state : State.values()) {
			for (Event event : Event.values()) {
				Transition transition = PaymentExchange.transitionOf(state, event);
				assertThat(transition.next() == State.VERIFIED)
					.isEqualTo(state == State.VERIFIED && transition.action() == Action.FORBIDDEN);
			}
		}
	}

}
