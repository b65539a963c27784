package io.x402.spring.facilitator.http;

import java.time.Duration;

/**
 * How a remote facilitator that is slow or down is kept from taking the seller with it.
 *
 * @param maxRetries how often a verification that failed in passing, or the question what
 * is supported, is repeated within its time limit; settlements are never repeated
 * @param maxConcurrentSettlements how many settlements may be under way at the same time;
 * further ones are refused at once
 * @param maxConcurrentVerifications how many verifications may be under way at the same
 * time; further ones are refused at once
 * @param failuresUntilDown how many failures in a row make the facilitator count as down
 * @param pause how long no call is made then, before a single one tries again, unless a
 * look in the background finds that the facilitator answers
 */
public record FacilitatorProtection(int maxRetries, int maxConcurrentSettlements, int maxConcurrentVerifications,
		int failuresUntilDown, Duration pause) {

	/**
	 * Create a protection.
	 * @throws IllegalArgumentException if a value is not usable
	 */
	public FacilitatorProtection {
		if (maxRetries < 0 || maxConcurrentSettlements <= 0 || maxConcurrentVerifications <= 0 || failuresUntilDown <= 0
				|| pause.isNegative()) {
			throw new IllegalArgumentException("Limits that protect from a facilitator have to be positive");
		}
	}

	/**
	 * Create a protection with as many verifications as settlements.
	 * @param maxRetries how often a verification that failed in passing is repeated
	 * @param maxConcurrent how many calls of each operation may be under way at the same
	 * time
	 * @param failuresUntilDown how many failures in a row make the facilitator count as
	 * down
	 * @param pause how long no call is made then
	 */
	public FacilitatorProtection(int maxRetries, int maxConcurrent, int failuresUntilDown, Duration pause) {
		this(maxRetries, maxConcurrent, maxConcurrent, failuresUntilDown, pause);
	}

	/**
	 * Return a protection that does nothing.
	 * @return no retries and no limits
	 */
	public static FacilitatorProtection none() {
		return new FacilitatorProtection(0, Integer.MAX_VALUE, Integer.MAX_VALUE, Duration.ZERO);
	}

}
