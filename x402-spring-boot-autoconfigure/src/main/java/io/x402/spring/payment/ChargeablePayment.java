/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

import io.x402.spring.VerifiedPayment;
import io.x402.spring.money.Asset;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * A verified payment whose amount the handler may set until settlement begins.
 */
final class ChargeablePayment implements VerifiedPayment {

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
	 * @param version protocol version of the payment
	 * @param requirements the offer that is paid
	 * @param payer address of the buyer, or {@code null} if it is unknown
	 * @param receipt receipt of a settlement that preceded the handler, or {@code null}
	 * @param asset the token that is paid in, or {@code null} if its number of decimals
	 * is unknown
	 */
	ChargeablePayment(ProtocolVersion version, PaymentRequirements requirements, @Nullable String payer,
			@Nullable SettlementResponse receipt, @Nullable Asset asset) {
		this.version = version;
		this.requirements = requirements;
		this.payer = payer;
		this.receipt = receipt;
		this.asset = asset;
	}

	@Override
	public ProtocolVersion version() {
		return this.version;
	}

	@Override
	public PaymentRequirements requirements() {
		return this.requirements;
	}

	@Override
	public @Nullable String payer() {
		return this.payer;
	}

	@Override
	public @Nullable SettlementResponse receipt() {
		return this.receipt;
	}

	@Override
	public boolean metered() {
		return Schemes.of(this.requirements).isMetered();
	}

	@Override
	public void charge(BigDecimal tokens) {
		if (this.asset == null) {
			throw new IllegalStateException("The number of decimals of the asset is unknown; use chargeAtomic");
		}
		if (tokens.signum() < 0 || tokens.compareTo(this.asset.toTokens(amount())) > 0 || tokens.scale() > MAX_SCALE) {
			throw outOfRange();
		}
		chargeAtomic(tokens.setScale(this.asset.decimals(), RoundingMode.DOWN).unscaledValue());
	}

	@Override
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
		if (this.closed) {
			throw new IllegalStateException("Settlement of the payment has begun");
		}
		if (this.charged != null) {
			throw new IllegalStateException("The amount to charge was set before");
		}
		this.charged = amount;
	}

	private static IllegalArgumentException outOfRange() {
		return new IllegalArgumentException("The amount to charge must be between zero and the price");
	}

	@Override
	public synchronized BigInteger charged() {
		BigInteger settled = (this.receipt != null) ? this.receipt.settledAmount() : null;
		if (settled != null) {
			return settled;
		}
		return (this.charged != null) ? this.charged : amount();
	}

	/**
	 * Fix the amount: later calls of the handler to charge fail.
	 * @return the amount to settle, in atomic units
	 */
	synchronized BigInteger close() {
		this.closed = true;
		return charged();
	}

	/**
	 * Return the same payment with a receipt. Some networks show who has paid only then.
	 */
	ChargeablePayment settled(@Nullable SettlementResponse settlement) {
		String known = (this.payer == null && settlement != null) ? settlement.payer() : this.payer;
		return new ChargeablePayment(this.version, this.requirements, known, settlement, this.asset);
	}

	/**
	 * Frameworks log arguments of handlers, so that it leaves out what an offer has
	 * besides, such as the quote of a transfer.
	 */
	@Override
	public String toString() {
		return "VerifiedPayment[" + charged() + " of " + this.requirements.amount() + " " + this.requirements.asset()
				+ " on " + this.requirements.network() + "]";
	}

}
