package io.x402.spring.facilitator;

import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;

/**
 * What a facilitator is asked about: a payment and the seller's own offer for it.
 *
 * @param payload the payment, in the version the buyer speaks
 * @param requirements the matched offer, built by the seller and never taken from the
 * buyer
 * @param resource what is sold
 */
public record FacilitatorRequest(PaymentPayload payload, PaymentRequirements requirements, ResourceInfo resource) {

}
