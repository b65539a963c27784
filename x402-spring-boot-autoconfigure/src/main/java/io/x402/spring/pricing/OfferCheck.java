package io.x402.spring.pricing;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Looks at every offer that is known at startup, and stops the application for one that
 * cannot be made.
 */
@FunctionalInterface
public interface OfferCheck {

	/**
	 * Check an offer.
	 * @param offer the offer
	 * @throws InvalidPricingException if it cannot be made
	 */
	void check(PaymentRequirements offer);

}
