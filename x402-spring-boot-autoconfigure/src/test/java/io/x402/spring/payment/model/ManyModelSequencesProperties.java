/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import net.jqwik.api.Example;
import net.jqwik.api.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Many more sequences of the model than a build takes, run by hand: as many as a system
 * property says, from a seed on. None without that property.
 */
class ManyModelSequencesProperties {

	static final String SEQUENCES = "x402.model.sequences";

	private static final String SEED = "x402.model.seed";

	/** Number of sequences between two lines that report the progress. */
	private static final int REPORTED = 10_000;

	@Example
	void allGoesWell() {
		((Logger) LoggerFactory.getLogger("io.x402.spring.payment")).setLevel(Level.OFF);
		long seed = Long.getLong(SEED, 1);
		long sequences = Long.getLong(SEQUENCES, 0);
		RandomGenerator<List<Action>> generator = PaymentModelProperties.actions().generator(1000);
		long begun = System.nanoTime();
		for (long done = 0; done < sequences; done++) {
			check(seed + done, generator.next(new Random(seed + done)).value());
			if ((done + 1) % REPORTED == 0) {
				System.out.printf("%,d sequences from seed %d on, %.0f per second%n", done + 1, seed,
						(done + 1) * 1e9 / (System.nanoTime() - begun));
			}
		}
	}

	private static void check(long seed, List<Action> actions) {
		Throwable failure = failure(actions);
		if (failure != null) {
			throw new AssertionError("Sequence of seed " + seed + ": " + shrunk(actions), failure);
		}
	}

	/**
	 * Leave out what does not change that a sequence fails.
	 */
	private static List<Action> shrunk(List<Action> actions) {
		List<Action> failing = actions;
		for (int i = actions.size() - 1; i >= 0; i--) {
			List<Action> shorter = new ArrayList<>(failing);
			shorter.remove(i);
			failing = (failure(shorter) != null) ? shorter : failing;
		}
		return failing;
	}

	private static @Nullable Throwable failure(List<Action> actions) {
		try {
			PaymentModelProperties.act(World.inMemory(), actions);
			return null;
		}
		catch (Throwable ex) {
			return ex;
		}
	}

}
