/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.math.BigInteger;
import java.util.Map;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SchemePayload;
import org.jspecify.annotations.Nullable;

/**
 * What a facilitator is asked about: a payment and the seller's own offer for it.
 *
 * @param payload the payment, in the version the buyer speaks
 * @param requirements the matched offer, built by the seller and never taken from the
 * buyer; when less than its price is settled, with the amount to settle
 * @param accepted the matched offer with its price
 * @param resource what is sold
 * @param signed what the payer signed, read from the payment
 * @param declared what the seller declares of the resource, by key of the protocol
 * extension, never taken from the buyer
 * @since 0.1.0
 */
public record FacilitatorRequest(PaymentPayload payload, PaymentRequirements requirements, PaymentRequirements accepted,
		ResourceInfo resource, SchemePayload signed, Map<String, Object> declared) {

	/**
	 * Create a request about the price of an offer.
	 * @param payload the payment
	 * @param offer the matched offer
	 * @param resource what is sold
	 */
	public FacilitatorRequest(PaymentPayload payload, PaymentRequirements offer, ResourceInfo resource) {
		this(payload, offer, resource, Map.of());
	}

	/**
	 * Create a request about the price of an offer of a declared resource.
	 * @param payload the payment
	 * @param offer the matched offer
	 * @param resource what is sold
	 * @param declared what the seller declares of it
	 */
	public FacilitatorRequest(PaymentPayload payload, PaymentRequirements offer, ResourceInfo resource,
			Map<String, Object> declared) {
		this(payload, offer, offer, resource, offer.networkId().read(payload.payload()), declared);
	}

	/**
	 * Return the request to settle an amount.
	 * @param amount the amount in atomic units, at most the price
	 * @return a request, this one if the amount is the price
	 */
	public FacilitatorRequest charging(BigInteger amount) {
		return amount.equals(this.requirements.amount()) ? this : new FacilitatorRequest(this.payload,
				this.accepted.withAmount(amount), this.accepted, this.resource, this.signed, this.declared);
	}

	/**
	 * Return what makes the payment unique.
	 * @return the key
	 */
	public AuthorizationKey authorizationKey() {
		return this.requirements.networkId().key(this.signed, this.requirements.asset());
	}

	/**
	 * Return the address that pays.
	 * @return the address, or {@code null} if the payment does not show it
	 */
	public @Nullable String payer() {
		return this.signed.payer();
	}

	/**
	 * Return the network as the version of the payment names it.
	 * @return the v1 name for a payment of version 1, else the CAIP-2 identifier
	 */
	public String networkName() {
		return (this.payload instanceof PaymentPayload.V1 v1) ? v1.network() : this.requirements.network();
	}

}
