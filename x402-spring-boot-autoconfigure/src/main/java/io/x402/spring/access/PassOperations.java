/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.LinkedBlockingQueue;

import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Operations of this instance on passes. What may have been taken for a call that was not
 * served is given back, as often as it takes until the store responds: an operation is
 * given back once, however often the step is executed. Nothing more is taken while too
 * much waits to be given back.
 */
final class PassOperations {

	private static final Log logger = LogFactory.getLog(PassOperations.class);

	private static final int MAX_WAITING = 10_000;

	/** After as many failures in a row each further step would only wait in vain. */
	private static final int MAX_FAILURES = 3;

	private static final Duration KEEP_AFTER = PassStore.OPERATION_KEPT.dividedBy(3);

	private final PassStore store;

	private final PassStatement statement;

	private final MonotonicClock clock;

	private final Queue<GiveBack> waiting = new LinkedBlockingQueue<>();

	/** Those whose calls are gone disappear by themselves. */
	private final Set<Taken> running = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	/**
	 * Create operations.
	 * @param store keeps passes
	 * @param statement has an entry for what is taken and given back
	 * @param clock measures how long the store remembers an operation
	 */
	PassOperations(PassStore store, PassStatement statement, MonotonicClock clock) {
		this.store = store;
		this.statement = statement;
		this.clock = clock;
	}

	/**
	 * Take uses in one step of the store. If it ends without a response, they are given
	 * back later.
	 * @param pass identity of the pass
	 * @param tokenHash hash of the token that must open the pass, or {@code null}
	 * @param uses number of uses
	 * @param route the route of the call
	 * @return what was taken, or {@code null} if the store does not grant it
	 * @throws PaymentStoreException if the store does not respond, or too much waits to
	 * be given back
	 */
	@Nullable Taken take(String pass, @Nullable String tokenHash, long uses, String route) {
		if (this.waiting.size() >= MAX_WAITING) {
			throw new PaymentStoreException("Too many uses wait to be given back");
		}
		PassOperation operation = PassOperation.of(pass, uses);
		long start = this.clock.nanos();
		PassRecord used = use(operation, tokenHash, start);
		if (used == null) {
			return null;
		}
		this.statement.used(used.pass(), route, uses);
		Taken taken = new Taken(used, operation, route, start);
		this.running.add(taken);
		return taken;
	}

	private @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash, long start) {
		boolean responded = false;
		try {
			PassRecord used = this.store.use(operation, tokenHash);
			responded = true;
			return used;
		}
		finally {
			if (!responded) {
				this.waiting.add(new GiveBack(operation, operation.uses(), start, null));
			}
		}
	}

	/**
	 * A call has ended.
	 * @param taken what it has taken
	 * @param unused number of uses that it gives back, may be zero
	 */
	void end(Taken taken, long unused) {
		this.running.remove(taken);
		if (unused == 0) {
			this.store.complete(taken.operation);
			return;
		}
		try {
			giveBack(new GiveBack(taken.operation, unused, taken.kept, taken));
		}
		catch (PaymentStoreException ex) {
			logger.warn("A use of pass " + taken.operation.pass() + " could not be given back yet: " + ex.getMessage());
		}
	}

	private void giveBack(GiveBack one) {
		boolean responded = false;
		try {
			this.store.giveBack(one.operation(), one.uses());
			responded = true;
		}
		finally {
			if (!responded) {
				this.waiting.add(one);
			}
		}
		Taken taken = one.taken();
		if (taken != null) {
			this.statement.givenBack(taken.pass.pass(), taken.route, one.uses());
		}
	}

	/**
	 * Give back what waits for it, and keep the operations of calls that run for long. To
	 * be called regularly. A step that fails does not keep others from being done, but a
	 * store that fails several in a row is out of reach.
	 * @throws RuntimeException the first failure, once the rest was tried; what has
	 * failed is tried the next time
	 */
	void maintain() {
		Round round = new Round();
		for (int count = this.waiting.size(); count > 0 && !round.isOver(); count--) {
			GiveBack next = this.waiting.poll();
			if (next != null && isRemembered(next)) {
				round.run(() -> giveBack(next));
			}
		}
		round.begin();
		for (Taken taken : toKeep()) {
			if (round.isOver()) {
				break;
			}
			round.run(() -> keep(taken));
		}
		round.end();
	}

	private void keep(Taken taken) {
		this.store.keep(taken.operation);
		taken.kept = this.clock.nanos();
	}

	/**
	 * What the store may have forgotten is not given back, because it may have been given
	 * back before.
	 */
	private boolean isRemembered(GiveBack next) {
		if (this.clock.nanos() - next.keptAt() < PassStore.OPERATION_KEPT.toNanos()) {
			return true;
		}
		logger.error(next.uses() + " uses of pass " + next.operation().pass()
				+ " that a call may have taken could not be given back: the store did not respond for "
				+ PassStore.OPERATION_KEPT.toMinutes() + " minutes");
		return false;
	}

	/**
	 * In another order each time, so that those that fail are not always before others.
	 */
	private List<Taken> toKeep() {
		long now = this.clock.nanos();
		List<Taken> due;
		synchronized (this.running) {
			due = new ArrayList<>(this.running);
		}
		due.removeIf((taken) -> now - taken.kept <= KEEP_AFTER.toNanos());
		Collections.shuffle(due);
		return due;
	}

	/**
	 * What a call has taken.
	 */
	static final class Taken {

		private final PassRecord pass;

		private final PassOperation operation;

		private final String route;

		private volatile long kept;

		private Taken(PassRecord pass, PassOperation operation, String route, long kept) {
			this.pass = pass;
			this.operation = operation;
			this.route = route;
			this.kept = kept;
		}

		PassRecord pass() {
			return this.pass;
		}

	}

	/**
	 * Uses that are given back.
	 *
	 * @param operation the operation that has taken them, or may have
	 * @param uses number of uses
	 * @param keptAt when the store has begun to remember the operation, at the earliest
	 * @param taken what the call has taken, or {@code null} if that is not known
	 */
	private record GiveBack(PassOperation operation, long uses, long keptAt, @Nullable Taken taken) {

	}

	/**
	 * A round of steps, each of which may fail.
	 */
	private static final class Round {

		private @Nullable RuntimeException first;

		private int failures;

		/**
		 * Begin with steps of another kind, which may succeed nevertheless.
		 */
		void begin() {
			this.failures = 0;
		}

		boolean isOver() {
			return this.failures >= MAX_FAILURES;
		}

		void run(Runnable step) {
			try {
				step.run();
				this.failures = 0;
			}
			catch (RuntimeException ex) {
				this.failures++;
				this.first = (this.first != null) ? this.first : ex;
			}
		}

		void end() {
			if (this.first != null) {
				throw this.first;
			}
		}

	}

}
