package io.x402.spring.facilitator.http;

import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

import io.x402.spring.facilitator.Availability;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.protocol.VerifyResponse;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a remote facilitator is called at all, and learns from how calls end: a
 * bulkhead and a circuit breaker for each of both operations.
 * <p>
 * Only facts about the facilitator count. A message of the protocol is an answer about
 * one payment, whatever its status. HTTP 500 proves nothing, because a single payment can
 * provoke it, and neither does a refusal such as 403 if other payments were answered
 * lately: one buyer must not be able to close a shop for all others.
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
			return announced(call);
		}
		finally {
			this.verifications.release();
		}
	}

	private FacilitatorAnswer announced(Call call) throws NoAnswerException {
		if (!this.settling.announce()) {
			throw down();
		}
		boolean settleable = false;
		try {
			if (!this.verifying.admit()) {
				throw down();
			}
			FacilitatorAnswer answer = observe(this.verifying, "verify", null, call);
			settleable = answer.message() instanceof VerifyResponse response && response.isValid();
			return answer;
		}
		finally {
			if (!settleable) {
				this.settling.withdraw();
			}
		}
	}

	/**
	 * Make a call of {@code /settle}.
	 * @param payer whose money it is about, or {@code null} if that is not known
	 */
	FacilitatorAnswer settle(@Nullable Object payer, Call call) throws NoAnswerException {
		if (!this.settlements.tryAcquire()) {
			throw new NotCalledException("too many settlements are under way");
		}
		try {
			if (!this.settling.admit()) {
				throw down();
			}
			return observe(this.settling, "settle", (payer != null) ? payer : "unknown", call);
		}
		finally {
			this.settlements.release();
		}
	}

	private NotCalledException down() {
		return new NotCalledException("the facilitator is down: " + problem());
	}

	private FacilitatorAnswer observe(Availability availability, String operation, @Nullable Object payer, Call call)
			throws NoAnswerException {
		try {
			FacilitatorAnswer answer = call.make();
			note(availability, operation, payer, answer);
			return answer;
		}
		catch (NoAnswerException ex) {
			failed(availability, operation + " failed: " + ex.getMessage());
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			failed(availability, operation + " failed: " + ex.getClass().getName());
			throw ex;
		}
	}

	private void note(Availability availability, String operation, @Nullable Object payer, FacilitatorAnswer answer) {
		if (answer.isAboutPayment()) {
			answered(availability);
			return;
		}
		String problem = operation + " answered " + answer.describe();
		switch (answer.status().value()) {
			case 401, 429, 502, 503, 504 -> failed(availability, problem);
			case 402, 407 -> availability.refused(problem);
			case 403, 404, 405 -> availability.refusedOne(problem, payer);
			default -> {
				boolean refuses = answer.status().is3xxRedirection()
						|| (availability == this.settling && SettlementVerdict.isRefusal(answer));
				if (refuses) {
					availability.refusedOne(problem, payer);
				}
				else {
					availability.ended();
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

	private void recovered(boolean news) {
		this.verifying.recovered(news);
		this.settling.recovered(news);
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
