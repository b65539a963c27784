/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.Set;

import io.x402.spring.evm.EvmAddress;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SchemeRules;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;

/**
 * Reads payments.
 */
final class Authorizations {

	private Authorizations() {
	}

	/**
	 * Read a payment.
	 * @param request payment and offer
	 * @param networks the known networks
	 * @param signers accounts of the facilitator that is asked, in lower case
	 * @return the payment, or {@code null} if it is of another kind than can be settled
	 */
	static @Nullable Authorization of(FacilitatorRequest request, Networks networks, Set<String> signers) {
		PaymentRequirements offer = request.requirements();
		if (!(request.signed() instanceof EvmPayload payment) || GatewayBatch.isUsedBy(offer)
				|| !EvmAddress.isValid(offer.asset()) || !EvmAddress.isValid(offer.payTo())) {
			return null;
		}
		DeclaredPayment declared = DeclaredPayment.of(request, networks);
		if (payment instanceof EvmPayload.Eip3009 eip3009) {
			return new Eip3009Authorization(offer, eip3009, declared);
		}
		EvmPayload.Permit2 permit2 = (EvmPayload.Permit2) payment;
		SchemeRules rules = Schemes.of(offer);
		boolean known = rules.isUnderstood() && (rules.isMetered() || permit2.facilitator() == null);
		if (!known) {
			return null;
		}
		Eip2612Permit permit = Eip2612Permit.of(request.payload());
		Erc20Approval approval = (permit == null) ? Erc20Approval.of(request.payload()) : null;
		return new Permit2Authorization(offer, permit2, declared, permit, approval, signers);
	}

}
