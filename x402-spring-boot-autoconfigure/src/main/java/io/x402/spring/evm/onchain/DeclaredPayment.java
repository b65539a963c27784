/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentPayload;

/**
 * What a buyer says that a payment is for.
 *
 * @param scheme the scheme
 * @param network the network as the protocol version of the buyer names it
 * @param isForNetworkOfOffer whether that is the network of the offer
 * @param legacy whether the buyer speaks version 1
 */
record DeclaredPayment(String scheme, String network, boolean isForNetworkOfOffer, boolean legacy) {

	/**
	 * Seconds that must be left for a payment to get into a block.
	 */
	static final BigInteger MARGIN = BigInteger.valueOf(6);

	static DeclaredPayment of(FacilitatorRequest request, Networks networks) {
		String network = request.requirements().network();
		if (request.payload() instanceof PaymentPayload.V1 v1) {
			Network known = networks.byId(network);
			return new DeclaredPayment(v1.scheme(), v1.network(), known != null && v1.network().equals(known.v1Name()),
					true);
		}
		PaymentPayload.V2 v2 = (PaymentPayload.V2) request.payload();
		return new DeclaredPayment(String.valueOf(v2.accepted().get("scheme")), network,
				network.equals(v2.accepted().get("network")), false);
	}

}
