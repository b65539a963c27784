package io.x402.spring.facilitator;

import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether a remote facilitator is called at all, and learns from how calls end: a
 * bulkhead and a circuit breaker for each of both operations.
 * <p>
 * Only facts about the facilitator count. A message of the protocol is an answer about
 * one payment, whatever its status, and so is HTTP 500, which a single payment can
 * provoke: one buyer must not be able to close a shop for all others.
 */
final class FacilitatorGate {

	private final Availability verifying;

	private final Availability settling;

	private final Semaphore verifications;

	private final Semaphore settlements;

	private final @Nullable RecoveryLook recovery;

	FacilitatorGate(FacilitatorProtection protection, LongSupplier nanoTime) {
		this(protection, nanoTime, null);
	}

	/**
	 * Create a gate.
	 * @param protection the limits
	 * @param nanoTime the time, in nanoseconds
	 * @param recovery looks whether a facilitator that is down answers again, or
	 * {@code null} if a call has to try that
	 */
	FacilitatorGate(FacilitatorProtection protection, LongSupplier nanoTime, @Nullable RecoveryLook recovery) {
		this.verifying = new Availability(protection.failuresUntilDown(), protection.pause(), nanoTime);
		this.settling = new Availability(protection.failuresUntilDown(), protection.pause(), nanoTime);
		this.verifications = new Semaphore(protection.maxConcurrentVerifications());
		this.settlements = new Semaphore(protection.maxConcurrentSettlements());
		this.recovery = recovery;
	}

	/**
	 * Make a call of {@code /verify}. A handler should not run for a payment that cannot
	 * be settled afterwards, so this is refused when settlements are.
	 */
	FacilitatorAnswer verify(Call call) throws NoAnswerException {
		if (this.settlements.availablePermits() == 0) {
			throw new NotCalledException("too many settlements are under way");
		}
		if (!this.verifications.tryAcquire()) {
			throw new NotCalledException("too many verifications are under way");
		}
		try {
			if (!this.settling.wouldSucceed() || !this.verifying.admit()) {
				throw new NotCalledException("the facilitator is down: " + problem());
			}
			return observe(this.verifying, "verify", call);
		}
		finally {
			this.verifications.release();
		}
	}

	/**
	 * Make a call of {@code /settle}.
	 */
	FacilitatorAnswer settle(Call call) throws NoAnswerException {
		if (!this.settlements.tryAcquire()) {
			throw new NotCalledException("too many settlements are under way");
		}
		try {
			if (!this.settling.admit()) {
				throw new NotCalledException("the facilitator is down: " + problem());
			}
			return observe(this.settling, "settle", call);
		}
		finally {
			this.settlements.release();
		}
	}

	private FacilitatorAnswer observe(Availability availability, String operation, Call call) throws NoAnswerException {
		try {
			FacilitatorAnswer answer = call.make();
			note(availability, operation, answer);
			return answer;
		}
		catch (NoAnswerException ex) {
			failed(availability, operation + " failed: " + ex.getMessage());
			throw ex;
		}
		catch (RuntimeException ex) {
			failed(availability, operation + " failed: " + ex.getClass().getName());
			throw ex;
		}
	}

	private void note(Availability availability, String operation, FacilitatorAnswer answer) {
		if (answer.isAboutPayment()) {
			answered(availability);
			return;
		}
		String problem = operation + " answered " + answer.describe();
		switch (answer.status().value()) {
			case 401, 429, 502, 503, 504 -> failed(availability, problem);
			case 402, 403, 404, 405, 407 -> availability.refused(problem);
			default -> {
				boolean refuses = answer.status().is3xxRedirection()
						|| (availability == this.settling && SettlementVerdict.isRefusal(answer));
				if (refuses) {
					availability.refused(problem);
				}
				else {
					answered(availability);
				}
			}
		}
	}

	private void answered(Availability availability) {
		availability.answered();
		if (this.recovery != null) {
			this.recovery.answered();
		}
	}

	private void failed(Availability availability, String problem) {
		availability.failed(problem);
		if (this.recovery != null && availability.isDown()) {
			this.recovery.begin(this::recovered);
		}
	}

	private void recovered() {
		this.verifying.recovered();
		this.settling.recovered();
	}

	/**
	 * Return whether any call was answered after the latest failure.
	 */
	boolean isAnswering() {
		return this.verifying.isAnswering() || this.settling.isAnswering();
	}

	/**
	 * Return what recent calls tell.
	 */
	FacilitatorCondition condition(String name) {
		return new FacilitatorCondition(name, !this.verifying.isDown() && !this.settling.isDown(), problem());
	}

	private String problem() {
		String problem = this.settling.problem();
		String other = this.verifying.problem();
		return (problem != null) ? problem : (other != null) ? other : "";
	}

	/**
	 * A call of the facilitator.
	 */
	@FunctionalInterface
	interface Call {

		FacilitatorAnswer make() throws NoAnswerException;

	}

}
