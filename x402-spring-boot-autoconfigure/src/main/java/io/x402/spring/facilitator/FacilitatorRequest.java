package io.x402.spring.facilitator;

import java.math.BigInteger;

import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;

/**
 * What a facilitator is asked about: a payment and the seller's own offer for it.
 *
 * @param payload the payment, in the version the buyer speaks
 * @param requirements the matched offer, built by the seller and never taken from the
 * buyer; when less than its price is settled, with the amount to settle
 * @param accepted the matched offer with its price
 * @param resource what is sold
 */
public record FacilitatorRequest(PaymentPayload payload, PaymentRequirements requirements, PaymentRequirements accepted,
		ResourceInfo resource) {

	/**
	 * Create a request about the price of an offer.
	 * @param payload the payment
	 * @param offer the matched offer
	 * @param resource what is sold
	 */
	public FacilitatorRequest(PaymentPayload payload, PaymentRequirements offer, ResourceInfo resource) {
		this(payload, offer, offer, resource);
	}

	/**
	 * Return the request to settle an amount.
	 * @param amount the amount in atomic units, at most the price
	 * @return a request, this one if the amount is the price
	 */
	public FacilitatorRequest charging(BigInteger amount) {
		return amount.equals(this.requirements.amount()) ? this
				: new FacilitatorRequest(this.payload, this.accepted.withAmount(amount), this.accepted, this.resource);
	}

}
