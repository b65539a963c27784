/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

import io.x402.spring.money.Asset;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * The payment a handler runs for. In flow {@link PaymentFlow#AUTHORIZATION} it is
 * verified but not settled yet; in flow {@link PaymentFlow#UPFRONT} it is settled. Under
 * scheme {@link PaymentScheme#UPTO} the handler may charge less than the price. Safe for
 * concurrent use.
 *
 * @since 0.1.0
 */
public final class VerifiedPayment {

	private static final int MAX_SCALE = 1000;

	private final ProtocolVersion version;

	private final PaymentRequirements requirements;

	private final @Nullable String payer;

	private final @Nullable SettlementResponse receipt;

	private final @Nullable Asset asset;

	private @Nullable BigInteger charged;

	private boolean closed;

	/**
	 * Create a payment.
	 * @param version protocol version the buyer speaks
	 * @param requirements the offer that is paid
	 * @param payer address of the buyer, or {@code null} where neither payload nor
	 * facilitator tell it
	 * @param receipt receipt of a settlement that was made before the handler, else
	 * {@code null}
	 * @param asset the token that is paid in, or {@code null} if its number of decimals
	 * is not known
	 */
	public VerifiedPayment(ProtocolVersion version, PaymentRequirements requirements, @Nullable String payer,
			@Nullable SettlementResponse receipt, @Nullable Asset asset) {
		this.version = version;
		this.requirements = requirements;
		this.payer = payer;
		this.receipt = receipt;
		this.asset = asset;
	}

	/**
	 * Return the protocol version the buyer speaks.
	 * @return the version
	 */
	public ProtocolVersion version() {
		return this.version;
	}

	/**
	 * Return the offer that is paid.
	 * @return the offer
	 */
	public PaymentRequirements requirements() {
		return this.requirements;
	}

	/**
	 * Return the address of the buyer.
	 * @return the address, or {@code null} where neither payload nor facilitator tell it
	 */
	public @Nullable String payer() {
		return this.payer;
	}

	/**
	 * Return the receipt of a settlement that was made before the handler ran.
	 * @return the receipt, or {@code null} if the payment is not settled yet
	 */
	public @Nullable SettlementResponse receipt() {
		return this.receipt;
	}

	/**
	 * Return the price in atomic units of the asset.
	 * @return the amount
	 */
	public BigInteger amount() {
		return this.requirements.amount();
	}

	/**
	 * Return the flow of this payment.
	 * @return the flow
	 */
	public PaymentFlow flow() {
		return PaymentFlow.of(this.requirements);
	}

	/**
	 * Return whether less than the price may be charged.
	 * @return {@code true} under scheme {@link PaymentScheme#UPTO}
	 */
	public boolean metered() {
		return Schemes.of(this.requirements).isMetered();
	}

	/**
	 * Charge an amount of tokens, once, before the answer is begun. Fractions of an
	 * atomic unit are given to the buyer. A handler that does not call this charges the
	 * price.
	 * @param tokens amount in tokens, for USDC dollars; zero to charge nothing
	 * @throws IllegalArgumentException if it is negative or more than the price
	 * @throws IllegalStateException if less than the price may not be charged, something
	 * was charged already or the answer was begun
	 */
	public void charge(BigDecimal tokens) {
		if (this.asset == null) {
			throw new IllegalStateException("The number of decimals of the asset is not known");
		}
		if (tokens.signum() < 0 || tokens.compareTo(this.asset.toTokens(amount())) > 0 || tokens.scale() > MAX_SCALE) {
			throw outOfRange();
		}
		chargeAtomic(tokens.setScale(this.asset.decimals(), RoundingMode.DOWN).unscaledValue());
	}

	/**
	 * Charge an amount in atomic units, otherwise as {@link #charge}.
	 * @param amount amount in atomic units of the asset; zero to charge nothing
	 * @throws IllegalArgumentException if it is negative or more than the price
	 * @throws IllegalStateException if less than the price may not be charged, something
	 * was charged already or the answer was begun
	 */
	public synchronized void chargeAtomic(BigInteger amount) {
		if (amount.signum() < 0 || amount.compareTo(amount()) > 0) {
			throw outOfRange();
		}
		if (!metered() && !amount.equals(amount())) {
			throw new IllegalStateException(
					"Scheme " + this.requirements.scheme() + " charges the price; see metered()");
		}
		if (this.receipt != null) {
			// A run for a payment that an earlier run has charged
			return;
		}
		if (this.charged != null || this.closed) {
			throw new IllegalStateException(
					this.closed ? "The payment is being settled already" : "Something was charged already");
		}
		this.charged = amount;
	}

	private static IllegalArgumentException outOfRange() {
		return new IllegalArgumentException("What is charged has to be between zero and the price");
	}

	/**
	 * Return what was charged before the handler ran, or else what is charged unless the
	 * handler says otherwise before its answer is begun.
	 * @return amount in atomic units of the asset
	 */
	public synchronized BigInteger charged() {
		BigInteger settled = (this.receipt != null) ? this.receipt.settledAmount() : null;
		if (settled != null) {
			return settled;
		}
		return (this.charged != null) ? this.charged : amount();
	}

	/**
	 * End the time in which the handler may charge.
	 * @return what is to be settled, in atomic units
	 */
	public synchronized BigInteger close() {
		this.closed = true;
		return charged();
	}

	public VerifiedPayment settled(@Nullable SettlementResponse proof) {
		return new VerifiedPayment(this.version, this.requirements, this.payer, proof, this.asset);
	}

	@Override
	public String toString() {
		return "VerifiedPayment[" + charged() + " of " + this.requirements + "]";
	}

}
