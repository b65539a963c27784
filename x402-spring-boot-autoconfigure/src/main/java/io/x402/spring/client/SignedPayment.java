package io.x402.spring.client;

import java.time.Instant;

/**
 * A payment that is as good as money until it is dead. Its text form shows nothing of it.
 *
 * @param fingerprint the request it is for
 * @param header name of the request header it is sent in
 * @param value value of that header
 * @param deadAt when nobody can settle it any more
 * @param spending how it counts in budgets
 * @param purchase what it buys
 */
record SignedPayment(String fingerprint, String header, String value, Instant deadAt, Spending spending,
		Purchase purchase) {

	@Override
	public String toString() {
		return "SignedPayment[redacted]";
	}

}
