/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.util.List;
import java.util.Random;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import net.jqwik.api.Example;
import net.jqwik.api.RandomGenerator;
import org.slf4j.LoggerFactory;

/**
 * Many more sequences of the model than a build takes, run by hand: as many as a system
 * property says, from a seed on. None without that property.
 */
class ManyModelSequencesProperties {

	static final String SEQUENCES = "x402.model.sequences";

	private static final String SEED = "x402.model.seed";

	@Example
	void allGoesWell() {
		((Logger) LoggerFactory.getLogger("io.x402.spring.payment")).setLevel(Level.OFF);
		long seed = Long.getLong(SEED, 1);
		RandomGenerator<List<Action>> generator = PaymentModelProperties.actions().generator(1000);
		for (long i = seed; i < seed + Long.getLong(SEQUENCES, 0); i++) {
			act(i, generator.next(new Random(i)).value());
		}
	}

	private static void act(long seed, List<Action> actions) {
		MovingClock clock = new MovingClock();
		try {
			PaymentModelProperties.act(new World(new SharedMemory(clock), clock), actions);
		}
		catch (Throwable ex) {
			throw new AssertionError("Sequence of seed " + seed + ": " + actions, ex);
		}
	}

}
