/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.x402.spring.payment.model.Conduct.Verifying;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.h2.jdbcx.JdbcConnectionPool;
import org.slf4j.LoggerFactory;

/**
 * Whatever happens in whatever order: nothing is delivered unpaid, no payment is told to
 * have failed that has not, no handler runs twice for what it could have earned, no claim
 * stays active without a request that works on it, the ledger is right, an honest buyer
 * spends what is bought, and whoever has paid can collect in the end.
 */
@Tag("long")
class PaymentModelProperties {

	private static final Logger ENGINE = (Logger) LoggerFactory.getLogger("io.x402.spring.payment");

	private static final DataSource DATABASE = JdbcConnectionPool.create("jdbc:h2:mem:model;DB_CLOSE_DELAY=-1", "", "");

	@BeforeContainer
	static void prepare() {
		ENGINE.setLevel(Level.OFF);
		SharedDatabase.createTables(DATABASE);
	}

	@AfterContainer
	static void tidyUp() {
		ENGINE.setLevel(null);
	}

	@Property(tries = 10_000, seed = "1")
	void allGoesWellInMemory(@ForAll("actions") List<Action> actions) {
		act(World.inMemory(), actions);
	}

	@Property(tries = 500, seed = "1")
	void allGoesWellInADatabase(@ForAll("actions") List<Action> actions) {
		act(World.in(DATABASE), actions);
	}

	static void act(World world, List<Action> actions) {
		try {
			actions.forEach((action) -> action.in(world));
			world.audit();
			world.finishAll();
			world.settleDown();
			world.audit();
			world.collect();
			world.audit();
			world.dismiss();
			world.audit();
			world.close();
		}
		finally {
			world.abandon();
		}
	}

	@Provide
	static Arbitrary<List<Action>> actions() {
		return Arbitraries
			.frequencyOf(Tuple.of(10, pay()), Tuple.of(8, pay().map(Action.Begin::new)), Tuple.of(16, goOn()),
					Tuple.of(4, timeOut()), Tuple.of(1, instances().map(Action.Kill::new)),
					Tuple.of(2, instances().map(Action.Stall::new)), Tuple.of(2, outage()),
					Tuple.of(1, Arbitraries.just(new Action.Mine())), Tuple.of(4, reconcile()), Tuple.of(2, decide()),
					Tuple.of(3, Arbitraries.integers().between(1, 150).map((seconds) -> wait(seconds))))
			.list()
			.ofMinSize(1)
			.ofMaxSize(20);
	}

	private static Action wait(int seconds) {
		return new Action.Wait(Duration.ofSeconds(seconds));
	}

	private static Arbitrary<Action.Pay> pay() {
		return Combinators
			.combine(instances(), payments(), requests(), conducts(), Arbitraries.of(Handling.class), faults())
			.as(Action.Pay::new);
	}

	private static Arbitrary<Action> goOn() {
		return Combinators.combine(Arbitraries.integers().between(0, 3), Arbitraries.integers().between(1, 5))
			.as(Action.GoOn::new);
	}

	private static Arbitrary<Action> timeOut() {
		return Combinators.combine(Arbitraries.integers().between(0, 3), Arbitraries.of(false, true), faults())
			.as(Action.TimeOut::new);
	}

	private static Arbitrary<Action> outage() {
		return Combinators.combine(instances(), Arbitraries.of(false, true)).as(Action.Outage::new);
	}

	private static Arbitrary<Action> reconcile() {
		return Combinators
			.combine(instances(), conducts(), Arbitraries.frequency(Tuple.of(3, false), Tuple.of(1, true)), faults())
			.as(Action.Reconcile::new);
	}

	private static Arbitrary<Action> decide() {
		return Combinators
			.combine(instances(), payments(), Arbitraries.of(Action.ByHand.class), conducts(),
					Arbitraries.of(false, true), faults())
			.as(Action.Decide::new);
	}

	private static Arbitrary<Conduct> conducts() {
		return Combinators.combine(
				Arbitraries.frequency(Tuple.of(12, Verifying.VALID), Tuple.of(1, Verifying.INVALID),
						Tuple.of(1, Verifying.OUT_OF_USE), Tuple.of(1, Verifying.UNAVAILABLE),
						Tuple.of(1, Verifying.WITH_AN_EXCEPTION)),
				Arbitraries.of(Answering.class), Arbitraries.of(Word.class))
			.as(Conduct::new);
	}

	private static Arbitrary<Integer> instances() {
		return Arbitraries.integers().between(0, World.INSTANCES - 1);
	}

	private static Arbitrary<Integer> payments() {
		return Arbitraries.frequency(Tuple.of(5, 0), Tuple.of(1, 1), Tuple.of(3, 2), Tuple.of(1, 3), Tuple.of(2, 4),
				Tuple.of(4, World.HONEST));
	}

	private static Arbitrary<String> requests() {
		return Arbitraries.frequency(Tuple.of(5, "request"), Tuple.of(1, "another"), Tuple.of(2, World.UNSAFE));
	}

	private static Arbitrary<Fault> faults() {
		return Combinators.combine(Arbitraries.of(Fault.Kind.class), Arbitraries.integers().between(0, 8))
			.as(Fault::new)
			.injectNull(0.7);
	}

}
