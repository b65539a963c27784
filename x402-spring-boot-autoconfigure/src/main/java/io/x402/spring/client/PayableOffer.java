/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.util.Map;

import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.Schemes;

/**
 * An offer that the buyer can and may pay.
 *
 * @param challenge what the seller asks for, in all
 * @param announced the offer as the seller wrote it, to be repeated in the payment
 * @param toSign what is signed: the seller's recipient and amount, the registry's token
 * @param network the network
 * @param asset the token
 * @param terms the same for people and policies
 */
record PayableOffer(Challenge challenge, Map<String, Object> announced, PaymentRequirements toSign, Network network,
		Asset asset, PurchaseTerms terms) {

	/** The flow without a name, in which nothing is charged when the seller fails. */
	static final String AUTHORIZATION = "authorization";

	static PayableOffer of(Challenge challenge, Map<String, Object> announced, PaymentRequirements toSign,
			Network network, Asset asset) {
		return new PayableOffer(challenge, announced, toSign, network, asset,
				new PurchaseTerms(challenge.version(), toSign.scheme(), network.id(), asset.address(), asset.symbol(),
						asset.toTokens(toSign.amount()), toSign.payTo()));
	}

	ProtocolVersion version() {
		return this.challenge.version();
	}

	/**
	 * Return the request header that the payment is sent in.
	 */
	String paymentHeader() {
		return this.challenge.machine() ? MachineCredential.header(MachineChallenges.parameters(this.announced))
				: version().paymentHeader();
	}

	BigDecimal price() {
		return this.asset.toTokens(this.toSign.amount());
	}

	boolean isMetered() {
		return Schemes.of(this.toSign).isMetered();
	}

	boolean isPermit2() {
		return this.toSign.extraText(PaymentRequirements.ASSET_TRANSFER_METHOD) != null;
	}

	/**
	 * Return whether it is paid from deposits at Circle Gateway.
	 */
	boolean isThroughGateway() {
		return GatewayBatch.isUsedBy(this.toSign);
	}

	boolean isUpfront() {
		return this.announced.get("extra") instanceof Map<?, ?> extra
				&& extra.get(PaymentRequirements.PAYMENT_FLOW) instanceof String flow && !flow.equals(AUTHORIZATION);
	}

}
