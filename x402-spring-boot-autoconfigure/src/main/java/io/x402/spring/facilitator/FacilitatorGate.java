package io.x402.spring.facilitator;

import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Decides whether a remote facilitator is called at all, and learns from how calls end.
 * <p>
 * Answers that a single payment can provoke, such as HTTP 500, do not close the gate:
 * they come quickly, and one buyer must not be able to close a shop for all others.
 */
final class FacilitatorGate {

	private final Availability verifying;

	private final Availability settling;

	private final Semaphore settlements;

	FacilitatorGate(FacilitatorProtection protection, LongSupplier nanoTime) {
		this.verifying = new Availability(protection.failuresUntilDown(), protection.pause(), nanoTime);
		this.settling = new Availability(protection.failuresUntilDown(), protection.pause(), nanoTime);
		this.settlements = new Semaphore(protection.maxConcurrentSettlements());
	}

	/**
	 * Make a call of {@code /verify}. A handler should not run for a payment that cannot
	 * be settled afterwards, so this is refused when settlements are.
	 */
	FacilitatorAnswer verify(Call call) throws NoAnswerException {
		if (!this.settling.wouldAdmit() || !this.verifying.admit()) {
			throw new NotCalledException("the facilitator is down: " + problem());
		}
		if (this.settlements.availablePermits() == 0) {
			throw new NotCalledException("too many settlements are under way");
		}
		return observe(this.verifying, "verify", call);
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

	private static FacilitatorAnswer observe(Availability availability, String operation, Call call)
			throws NoAnswerException {
		try {
			FacilitatorAnswer answer = call.make();
			note(availability, operation, answer);
			return answer;
		}
		catch (NoAnswerException ex) {
			availability.failed(operation + " failed: " + ex.getMessage());
			throw ex;
		}
		catch (RuntimeException ex) {
			availability.failed(operation + " failed: " + ex.getClass().getName());
			throw ex;
		}
	}

	private static void note(Availability availability, String operation, FacilitatorAnswer answer) {
		switch (answer.status().value()) {
			case 401, 429, 502, 503, 504 -> availability.failed(operation + " answered " + answer.describe());
			case 403, 404, 405, 407 -> availability.refused(operation + " answered " + answer.describe());
			default -> availability.answered();
		}
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
