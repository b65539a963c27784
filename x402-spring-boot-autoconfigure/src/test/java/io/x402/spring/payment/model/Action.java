/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * One thing that happens.
 */
sealed interface Action {

	/**
	 * Let it happen.
	 */
	void in(World world);

	/**
	 * A buyer sends a payment and waits for the answer.
	 */
	record Pay(int instance, int payment, String request, Conduct conduct, Handling handling,
			@Nullable Fault fault) implements Action {

		@Override
		public void in(World world) {
			world.pay(this, true);
		}

	}

	/**
	 * A buyer sends a payment, and the request takes its time.
	 */
	record Begin(Pay pay) implements Action {

		@Override
		public void in(World world) {
			world.pay(this.pay, false);
		}

	}

	/**
	 * One of the threads that take their time goes some steps further.
	 */
	record GoOn(int which, int steps) implements Action {

		@Override
		public void in(World world) {
			world.goOn(this.which, this.steps);
		}

	}

	/**
	 * A container ends a request whose handler may still run, or whose payment is just
	 * being settled: its time is up, or its connection is lost.
	 */
	record TimeOut(int which, boolean slowly, @Nullable Fault fault) implements Action {

		@Override
		public void in(World world) {
			world.timeOut(this);
		}

	}

	/**
	 * An instance dies and another one takes its place.
	 */
	record Kill(int instance) implements Action {

		@Override
		public void in(World world) {
			world.kill(this.instance);
		}

	}

	/**
	 * An instance stands still for longer than its leases last, and does not know it.
	 */
	record Stall(int instance) implements Action {

		@Override
		public void in(World world) {
			world.stall(this.instance);
		}

	}

	/**
	 * An instance cannot reach the store from now on, or can again.
	 */
	record Outage(int instance, boolean out) implements Action {

		@Override
		public void in(World world) {
			world.outage(this);
		}

	}

	/**
	 * What was sent to the chain is settled there.
	 */
	record Mine() implements Action {

		@Override
		public void in(World world) {
			world.chain().mine();
		}

	}

	/**
	 * An instance records what it could not record before, and finds out how pending
	 * settlements ended.
	 */
	record Reconcile(int instance, Conduct conduct, boolean slowly, @Nullable Fault fault) implements Action {

		@Override
		public void in(World world) {
			world.reconcile(this);
		}

	}

	/**
	 * A person does something about a payment, whether its outcome is unknown or not. The
	 * transaction that is named can be one of another payment.
	 */
	record Decide(int instance, int payment, ByHand byHand, Conduct conduct, boolean slowly,
			@Nullable Fault fault) implements Action {

		@Override
		public void in(World world) {
			world.decide(this);
		}

	}

	/**
	 * What a person does.
	 */
	enum ByHand {

		RECONCILE, CONFIRM, CONFIRM_WITH_ANOTHER, DISMISS

	}

	/**
	 * Time passes.
	 */
	record Wait(Duration time) implements Action {

		@Override
		public void in(World world) {
			world.pass(this.time);
		}

	}

}
