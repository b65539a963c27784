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
	record Pay(int instance, int payment, String request, Answering answering, Handling handling,
			@Nullable Fault fault) implements Action {

		@Override
		public void in(World world) {
			world.pay(this);
		}

	}

	/**
	 * A buyer sends a payment, and the handler takes its time.
	 */
	record Begin(int instance, int payment, String request) implements Action {

		@Override
		public void in(World world) {
			world.begin(this);
		}

	}

	/**
	 * The handler that took its time for longest ends.
	 */
	record Finish(Answering answering, Handling handling, @Nullable Fault fault) implements Action {

		@Override
		public void in(World world) {
			world.finish(this);
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
	 * All leases are over, also of those who still live and do not know it.
	 */
	record EndLeases() implements Action {

		@Override
		public void in(World world) {
			world.endLeases();
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
	 * An instance looks into unknown settlements.
	 */
	record Reconcile(int instance, Answering answering, @Nullable Fault fault) implements Action {

		@Override
		public void in(World world) {
			world.reconcile(this);
		}

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
