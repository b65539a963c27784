/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring;

import java.math.BigDecimal;
import java.math.BigInteger;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * The payment for a request, as its handler sees it. Declare a parameter of this type to
 * learn who pays, or to charge less than the price.
 * <p>
 * In flow {@link PaymentFlow#AUTHORIZATION} the payment is verified and is settled after
 * the handler has returned; in flow {@link PaymentFlow#UPFRONT} it is settled before the
 * handler runs. With {@code x402.settlement.verification=parallel} it has passed the
 * local checks, and the facilitator may not have verified it yet. Implementations are
 * safe for concurrent use.
 * <p>
 * Code that has no parameters, such as a functional endpoint, finds it in the attribute
 * of the request that has the name of this class.
 *
 * @since 0.1.0
 */
public interface VerifiedPayment {

	/**
	 * Return the protocol version of the payment.
	 * @return the version
	 */
	ProtocolVersion version();

	/**
	 * Return the offer that is paid.
	 * @return the offer
	 */
	PaymentRequirements requirements();

	/**
	 * Return the address of the buyer.
	 * @return the address, or {@code null} if neither the payment nor the facilitator
	 * names it
	 */
	@Nullable String payer();

	/**
	 * Return the receipt of a settlement that preceded the handler: in flow
	 * {@link PaymentFlow#UPFRONT}, or if an earlier run of the handler was charged.
	 * @return the receipt, or {@code null} if the payment is not settled yet
	 */
	@Nullable SettlementResponse receipt();

	/**
	 * Return the price.
	 * @return amount in atomic units of the asset
	 */
	default BigInteger amount() {
		return requirements().amount();
	}

	/**
	 * Return when money moves in relation to the handler.
	 * @return the flow
	 */
	default PaymentFlow flow() {
		return PaymentFlow.of(requirements());
	}

	/**
	 * Return whether the handler may charge less than the price.
	 * @return {@code true} under scheme {@link PaymentScheme#UPTO}
	 */
	boolean metered();

	/**
	 * Set the amount to charge, in tokens. May be called once, before the response is
	 * committed. A handler that does not call it charges the price. Fractions of an
	 * atomic unit are not charged.
	 * @param tokens amount in tokens, for USDC in dollars; zero to charge nothing
	 * @throws IllegalArgumentException if the amount is negative or more than the price
	 * @throws IllegalStateException if the payment is not {@link #metered()} and the
	 * amount is not the price, an amount was set before, settlement has begun, or the
	 * number of decimals of the asset is unknown
	 */
	void charge(BigDecimal tokens);

	/**
	 * Set the amount to charge, in atomic units. Otherwise the same as
	 * {@link #charge(BigDecimal)}.
	 * @param amount amount in atomic units of the asset; zero to charge nothing
	 * @throws IllegalArgumentException if the amount is negative or more than the price
	 * @throws IllegalStateException if the payment is not {@link #metered()} and the
	 * amount is not the price, an amount was set before, or settlement has begun
	 */
	void chargeAtomic(BigInteger amount);

	/**
	 * Return the charged amount: the settled one if there is a {@link #receipt()}, else
	 * the one that the handler has set, else the price.
	 * @return amount in atomic units of the asset
	 */
	BigInteger charged();

}
