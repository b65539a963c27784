/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.protocol.AcceptedOffer;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code /verify} and {@code /settle} as a seller sent it.
 *
 * @param request the message in our own objects
 * @param network the network as the protocol version of the message names it
 */
record CallMessage(FacilitatorRequest request, String network) {

	ProtocolVersion version() {
		return this.request.payload().version();
	}

	/**
	 * Return whether the buyer accepted the offer that the seller names. What is settled
	 * may be less than what was accepted where {@link FacilitatorRequest#accepted()} says
	 * so.
	 */
	boolean isForAcceptedOffer() {
		PaymentRequirements accepted = this.request.accepted();
		if (this.request.payload() instanceof PaymentPayload.V1 v1) {
			return v1.scheme().equals(accepted.scheme()) && v1.network().equals(this.network);
		}
		return new AcceptedOffer(((PaymentPayload.V2) this.request.payload()).accepted()).isSameAs(accepted)
				&& this.request.requirements().amount().compareTo(accepted.amount()) <= 0;
	}

	/**
	 * Return who pays.
	 * @return the address, or {@code null} if the payload does not show it
	 */
	@Nullable String payer() {
		return this.request.payer();
	}

}
