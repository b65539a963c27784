/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.x402.spring.client.BuyerWorld.Caller;
import io.x402.spring.client.BuyerWorld.Conduct;
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
import org.slf4j.LoggerFactory;

/**
 * Whatever sellers, connections, callers, clocks and stores do in whatever order: sellers
 * settle no more than the budget, a request has one payment as long as that is alive or
 * its seller may still deliver for it, and the budget counts what was signed unless it
 * never left.
 */
@Tag("long")
class BuyerModelProperties {

	private static final Logger BUYER = (Logger) LoggerFactory.getLogger("io.x402.spring.client");

	@BeforeContainer
	static void silence() {
		BUYER.setLevel(Level.OFF);
	}

	@AfterContainer
	static void speak() {
		BUYER.setLevel(null);
	}

	@Property(tries = 3000, seed = "1")
	void whenAnythingHappensToABlockingBuyerThenItPaysOnceWithinItsBudget(@ForAll("actions") List<Action> actions) {
		act(new BuyerWorld(false), actions);
	}

	@Property(tries = 500, seed = "1")
	void whenAnythingHappensToAReactiveBuyerThenItPaysOnceWithinItsBudget(@ForAll("actions") List<Action> actions) {
		act(new BuyerWorld(true), actions);
	}

	private static void act(BuyerWorld world, List<Action> actions) {
		for (Action action : actions) {
			action.in(world);
			world.audit();
		}
		world.end();
		world.audit();
	}

	@Provide
	Arbitrary<List<Action>> actions() {
		return Arbitraries
			.frequencyOf(Tuple.of(12, calls()),
					Tuple.of(3,
							Arbitraries.integers().between(1, 100).map((seconds) -> (world) -> world.pass(seconds))),
					Tuple.of(1,
							Arbitraries.integers().between(300, 1000).map((seconds) -> (world) -> world.pass(seconds))),
					Tuple.of(1,
							Arbitraries.integers()
								.between(-100_000, 100_000)
								.map((seconds) -> (world) -> world.set(seconds))),
					Tuple.of(1, Arbitraries.of(true, false).map((down) -> (world) -> world.storeDown(down))),
					Tuple.of(2, Arbitraries.just((world) -> world.settleHeld())))
			.list()
			.ofMinSize(1)
			.ofMaxSize(16);
	}

	private static Arbitrary<Action> calls() {
		return Combinators
			.combine(Arbitraries.integers().between(0, 2), Arbitraries.of(Conduct.class).list().ofSize(4),
					Arbitraries.frequency(Tuple.of(5, Caller.READS), Tuple.of(1, Caller.LEAVES_EARLY),
							Tuple.of(1, Caller.FAILS), Tuple.of(1, Caller.GIVES_UP)))
			.as((request, conducts, caller) -> (world) -> world.call(request, conducts, caller));
	}

	/**
	 * Something that happens.
	 */
	@FunctionalInterface
	interface Action {

		void in(BuyerWorld world);

	}

}
