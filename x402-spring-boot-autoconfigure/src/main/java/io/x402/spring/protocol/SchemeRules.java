/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * All that depends on the scheme of an offer: what is charged, where and in which version
 * of the protocol it can be paid, which payments it takes, what its offers say. A new
 * scheme is a new implementation, listed in {@link Schemes}.
 *
 * @since 0.1.0
 */
public sealed interface SchemeRules permits ExactRules, UptoRules, TransferRules, UnknownSchemeRules {

	/**
	 * Return the name of the scheme on the wire.
	 * @return the value of {@code scheme}
	 */
	String name();

	/**
	 * Return whether less than the price may be charged.
	 * @return {@code true} if the price is the maximum
	 */
	boolean isMetered();

	/**
	 * Return whether the scheme exists on a network.
	 * @param network the network
	 * @return {@code true} if it may be offered there
	 */
	boolean isOn(NetworkId network);

	/**
	 * Return whether the scheme exists in a version of the protocol.
	 * @param version the version
	 * @return {@code true} if buyers of this version know it
	 */
	boolean isIn(ProtocolVersion version);

	/**
	 * Return whether a payment has a form that can pay an offer.
	 * @param payment the payment
	 * @param offer an offer of this scheme
	 * @param version version in which the payment was sent
	 * @return {@code false} if it pays in another way than the offer asks for
	 */
	boolean takes(SchemePayload payment, PaymentRequirements offer, ProtocolVersion version);

	/**
	 * Return whether an offer is paid through Permit2 rather than by the token itself.
	 * @param offer an offer of this scheme
	 * @return {@code true} for Permit2
	 */
	boolean isPaidByPermit2(PaymentRequirements offer);

	/**
	 * Return the contract that settles Permit2 payments.
	 * @return address of the proxy, or {@code null} if none is known
	 */
	@Nullable String permit2Proxy();

	/**
	 * Return whether payments are rewritten for the facilitator from what was understood
	 * of them.
	 * @return {@code false} if they are passed on with all members
	 */
	default boolean isUnderstood() {
		return true;
	}

	/**
	 * Return whether the buyer has moved the money before it presents a payment. Nothing
	 * is left to settle then, and a payment that is refused now may be good later or for
	 * another quote.
	 * @return {@code false} if the payment authorizes to move it
	 * @since 0.2.0
	 */
	default boolean isPaidBefore() {
		return false;
	}

	/**
	 * Return what every offer of this scheme says in {@code extra}.
	 * @return the entries, not for any one facilitator
	 */
	default Map<String, Object> offerExtra() {
		return Map.of();
	}

	/**
	 * Return what a facilitator says in {@code extra} of its supported kinds.
	 * @param settler address of the account that settles
	 * @return the entries
	 */
	default Map<String, Object> kindExtra(String settler) {
		return Map.of();
	}

	/**
	 * Return what a facilitator supports that takes this scheme on a network.
	 * @param network the network
	 * @param v1Name name of the network in version 1, or {@code null} if it has none
	 * @param settler address of the account that settles
	 * @return the kinds, none if the scheme does not exist on the network
	 */
	default List<SupportedResponse.Kind> kinds(NetworkId network, @Nullable String v1Name, String settler) {
		List<SupportedResponse.Kind> kinds = new ArrayList<>();
		if (isOn(network)) {
			Map<String, Object> extra = kindExtra(settler);
			kinds.add(new SupportedResponse.Kind(ProtocolVersion.V2.number(), name(), network.value(),
					extra.isEmpty() ? null : extra));
			if (v1Name != null && isIn(ProtocolVersion.V1)) {
				kinds.add(new SupportedResponse.Kind(ProtocolVersion.V1.number(), name(), v1Name, null));
			}
		}
		return kinds;
	}

	/**
	 * Return whether an offer says all that a buyer needs to sign.
	 * @param offer an offer of this scheme
	 * @return {@code false} if it cannot be paid
	 */
	default boolean isComplete(PaymentRequirements offer) {
		return true;
	}

	/**
	 * Return what a buyer must repeat of {@code extra}.
	 * @param offer an offer of this scheme
	 * @return the entries by which the offer is recognized
	 */
	default Map<String, Object> comparedExtra(PaymentRequirements offer) {
		return offer.extra();
	}

	/**
	 * Return whether an amount is settled without a transaction.
	 * @param charged the amount in atomic units
	 * @return {@code true} if nothing must be moved
	 */
	default boolean isSettledByNothing(BigInteger charged) {
		return isMetered() && charged.signum() == 0;
	}

	/**
	 * Return the amount of a receipt. It is named where it can differ from the price.
	 * @param charged what was charged, in atomic units
	 * @return the amount as it is written, or {@code null} to leave it out
	 */
	default @Nullable String receiptAmount(BigInteger charged) {
		return isMetered() ? charged.toString() : null;
	}

}
