package io.x402.spring.payment;

import java.time.Duration;

/**
 * Limits of the {@link PaymentProcessor}.
 *
 * @param claimWait how long a repetition waits for the request that uses the same payment
 * @param retention how long a claim is kept after its authorization has expired
 * @param redeliveryWindow how long after settlement an answer can be delivered again;
 * zero for never
 * @param reruns how often a handler may run again for a settled payment whose answer was
 * not kept
 * @param identifiers what to do about identifiers that buyers give their payments
 * @param unchargedRuns maximum number of times a handler runs for one payment without
 * charging it
 */
public record PaymentProcessorSettings(Duration claimWait, Duration retention, Duration redeliveryWindow, int reruns,
		PaymentIdentifiers identifiers, int unchargedRuns) {

	private static final int UNCHARGED_RUNS = 3;

	/**
	 * Create settings with defaults for the rest.
	 * @param claimWait how long a repetition waits for the request that uses the same
	 * payment
	 * @param retention how long a claim is kept after its authorization has expired
	 * @param redeliveryWindow how long after settlement an answer can be delivered again;
	 * zero for never
	 * @param reruns how often a handler may run again for a settled payment whose answer
	 * was not kept
	 * @param identifiers what to do about identifiers that buyers give their payments
	 */
	public PaymentProcessorSettings(Duration claimWait, Duration retention, Duration redeliveryWindow, int reruns,
			PaymentIdentifiers identifiers) {
		this(claimWait, retention, redeliveryWindow, reruns, identifiers, UNCHARGED_RUNS);
	}

	/**
	 * Return these settings with another limit.
	 * @param unchargedRuns maximum number of times a handler runs for one payment without
	 * charging it
	 * @return the changed settings
	 */
	public PaymentProcessorSettings withUnchargedRuns(int unchargedRuns) {
		return new PaymentProcessorSettings(this.claimWait, this.retention, this.redeliveryWindow, this.reruns,
				this.identifiers, unchargedRuns);
	}

	/**
	 * What to do about identifiers that buyers give their payments.
	 */
	public enum PaymentIdentifiers {

		/** They are neither asked for nor looked at. */
		OFF,

		/** A payment may have one. */
		OPTIONAL,

		/** A payment has to have one. */
		REQUIRED

	}

}
