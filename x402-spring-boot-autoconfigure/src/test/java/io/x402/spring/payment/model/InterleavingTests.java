/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.x402.spring.payment.model.Conduct.Verifying;
import io.x402.spring.store.LedgerEvent;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All interleavings of few threads, where the model takes some of many.
 */
@Tag("long")
class InterleavingTests {

	private static final Logger ENGINE = (Logger) LoggerFactory.getLogger("io.x402.spring.payment");

	private static final JdbcConnectionPool DATABASE = JdbcConnectionPool
		.create("jdbc:h2:mem:interleaving;DB_CLOSE_DELAY=-1", "", "");

	/** Number of pauses of a request, or more. */
	private static final int STEPS = 9;

	@BeforeAll
	static void prepare() {
		ENGINE.setLevel(Level.OFF);
		SharedDatabase.createTables(DATABASE);
	}

	@AfterAll
	static void tidyUp() {
		ENGINE.setLevel(null);
		DATABASE.dispose();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenRepetitionsOfAnExecutedPaymentOverlapThenOneOfThemSettlesIt(boolean database) {
		for (int first = 0; first < STEPS; first++) {
			for (int second = 0; second < STEPS; second++) {
				act(database, pay(0, Answering.NOT_EXECUTED, Handling.KEPT),
						new Action.Begin(pay(0, Answering.TRUTHFULLY, Handling.KEPT)),
						new Action.Begin(pay(1, Answering.TRUTHFULLY, Handling.KEPT)), new Action.GoOn(0, first),
						new Action.GoOn(1, second), pay(1, Answering.FUNDS_ARE_INSUFFICIENT, Handling.KEPT),
						new Action.GoOn(0, 1), pay(1, Answering.FUNDS_ARE_INSUFFICIENT, Handling.KEPT));
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenAPaymentIsInvalidForOneInstanceThenNoneChargesItAfterItsBuyerIsTold(boolean database) {
		Conduct invalid = new Conduct(Verifying.INVALID, Answering.TRUTHFULLY, Word.UNKNOWN_WORD);
		for (int first = 0; first < STEPS; first++) {
			for (int second = 0; second < STEPS; second++) {
				act(database, new Action.Begin(new Action.Pay(0, 1, "request", invalid, Handling.KEPT, null)),
						new Action.GoOn(0, first),
						new Action.Begin(new Action.Pay(1, 1, "request", Conduct.TRUTHFUL, Handling.KEPT, null)),
						new Action.GoOn(1, 2 * second), new Action.GoOn(0, STEPS), new Action.GoOn(0, STEPS));
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Handling.class)
	void whenTheContainerEndsTheRequestAtAnyStepThenNothingIsLost(Handling handling) {
		for (boolean database : new boolean[] { false, true }) {
			for (int before = 0; before < STEPS; before++) {
				for (int after = 0; after < 3; after++) {
					act(database, new Action.Begin(pay(0, Answering.TRUTHFULLY, handling)), new Action.GoOn(0, before),
							new Action.TimeOut(0, true, null), new Action.GoOn(0, after));
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Handling.class)
	void whenTheStoreIsOutOfReachFromAnyStepOnThenNothingIsLost(Handling handling) {
		for (Fault.Kind kind : Fault.Kind.values()) {
			for (int step = 0; step < STEPS; step++) {
				for (int payment : new int[] { 0, 1, 2, 4 }) {
					Action fails = new Action.Pay(0, payment, "request", conduct(Answering.TRUTHFULLY), handling,
							new Fault(kind, step));
					act(false, fails);
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Answering.class)
	void whenALeaseEndsAtAnyStepThenNothingIsLost(Answering answering) {
		for (int step = 0; step < STEPS; step++) {
			act(false, new Action.Begin(pay(0, answering, Handling.KEPT)), new Action.GoOn(0, step),
					new Action.Stall(0), pay(1, Answering.TRUTHFULLY, Handling.KEPT), new Action.GoOn(0, 1),
					new Action.Reconcile(1, Conduct.TRUTHFUL, false, null));
		}
	}

	@ParameterizedTest
	@EnumSource(Answering.class)
	void whenAReconcilerSettlesWhileARequestStandsStillThenNothingIsDeclined(Answering late) {
		for (int step = 0; step < STEPS; step++) {
			for (Handling handling : new Handling[] { Handling.KEPT, Handling.AHEAD_KEPT }) {
				act(false, new Action.Begin(pay(0, late, handling)), new Action.GoOn(0, step), new Action.Stall(0),
						new Action.Reconcile(1, conduct(Answering.AFTER_THE_FACT), false, null));
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Answering.class)
	void whenAReconcilerStandsStillWhileAnotherSettlesThenNothingIsDeclined(Answering late) {
		for (int step = 0; step < STEPS; step++) {
			act(false, pay(0, Answering.NEVER, Handling.KEPT), new Action.Wait(Duration.ofSeconds(3)),
					new Action.Reconcile(0, conduct(late), true, null), new Action.GoOn(0, step),
					new Action.Wait(Instance.SETTLE_TIMEOUT.plusSeconds(61)),
					new Action.Reconcile(1, Conduct.TRUTHFUL, false, null));
		}
	}

	@ParameterizedTest
	@EnumSource(Handling.class)
	void whenARequestIsRepeatedAgainAndAgainThenItsRunsAreLimited(Handling handling) {
		for (boolean database : new boolean[] { false, true }) {
			for (String request : new String[] { "request", World.UNSAFE }) {
				for (int payment : new int[] { 0, 2, 4 }) {
					Action pay = new Action.Pay(0, payment, request, Conduct.TRUTHFUL, handling, null);
					act(database, pay, pay, pay, pay, pay, pay);
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4 })
	void whenAnyPaymentIsNotExecutedAtFirstThenItIsDeliveredLater(int payment) {
		Action refused = new Action.Pay(0, payment, "request", conduct(Answering.NOT_EXECUTED), Handling.KEPT, null);
		Action settled = new Action.Pay(1, payment, "request", Conduct.TRUTHFUL, Handling.KEPT, null);
		World world = World.inMemory();
		PaymentModelProperties.act(world, List.of(refused, settled));
		assertThat(world.deliveries(payment)).isGreaterThanOrEqualTo(2);
	}

	@Test
	void whenAnAuthorizationIsOverBeforeItsOutcomeIsKnownThenItIsNotTakenForDeclined() {
		World world = World.inMemory();
		world.pay(pay(0, Answering.AFTER_THE_FACT, Handling.KEPT), true);
		world.pass(World.VALIDITY.plusMinutes(3));
		world.reconcile(new Action.Reconcile(1, Conduct.SILENT, false, null));
		world.audit();
		assertThat(world.events()).contains(LedgerEvent.UNRESOLVED).doesNotContain(LedgerEvent.DECLINED);
	}

	private static void act(boolean database, Action... actions) {
		List<Action> all = new ArrayList<>(List.of(actions));
		try {
			PaymentModelProperties.act(database ? World.in(DATABASE) : World.inMemory(), all);
		}
		catch (Throwable ex) {
			throw new AssertionError("After " + all, ex);
		}
	}

	private static Action.Pay pay(int instance, Answering answering, Handling handling) {
		return new Action.Pay(instance, 0, "request", conduct(answering), handling, null);
	}

	private static Conduct conduct(Answering answering) {
		return new Conduct(Verifying.VALID, answering, Word.UNKNOWN_WORD);
	}

}
