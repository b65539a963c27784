/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * A token on one network.
 *
 * @param symbol ticker, for example {@code USDC}; a letter and at most 19 more ASCII
 * letters, digits and full stops
 * @param address contract address or mint, in its canonical spelling
 * @param decimals number of decimals of one token, 0 to 30
 * @param eip712Name name in the token's EIP-712 domain, or {@code null} if it is not
 * announced
 * @param eip712Version version in the token's EIP-712 domain, or {@code null} if it is
 * not announced
 * @param transferMethod how the token is moved
 * @since 0.1.0
 */
public record Asset(String symbol, String address, int decimals, @Nullable String eip712Name,
		@Nullable String eip712Version, TransferMethod transferMethod) {

	private static final Pattern SYMBOL = Pattern.compile("[A-Za-z][A-Za-z0-9.]{0,19}");

	private static final int MAX_DECIMALS = 30;

	private static final int MAX_SCALE = 100;

	private static final int MAX_DIGITS = 78;

	private static final int MAX_BITS = 256;

	/**
	 * Create an asset.
	 * @throws InvalidPriceException if the ticker or the number of decimals is out of
	 * bounds, or an EIP-3009 token has no EIP-712 domain
	 */
	public Asset {
		if (!SYMBOL.matcher(symbol).matches() || symbol.equalsIgnoreCase("USD")) {
			throw new InvalidPriceException(InvalidPriceException.quote(symbol) + " is not the ticker of a token");
		}
		if (decimals < 0 || decimals > MAX_DECIMALS) {
			throw new InvalidPriceException(symbol + " has " + decimals + " decimals, which is not 0 to 30");
		}
		if (transferMethod == TransferMethod.EIP3009 && (isBlank(eip712Name) || isBlank(eip712Version))) {
			throw new InvalidPriceException(
					symbol + " is moved by EIP-3009, which needs the name and version of the token's EIP-712 domain");
		}
	}

	/**
	 * Convert an amount of tokens to atomic units.
	 * @param amount amount in tokens, not negative
	 * @return the same amount in atomic units
	 * @throws InvalidPriceException if the amount is negative, has more decimals than the
	 * token or does not fit 256 bits
	 */
	public BigInteger toAtomic(BigDecimal amount) {
		if (Math.abs((long) amount.scale()) > MAX_SCALE) {
			throw new InvalidPriceException("An amount of " + this.symbol + " of an absurd scale");
		}
		BigDecimal exact = amount.stripTrailingZeros();
		if (exact.signum() < 0) {
			throw new InvalidPriceException("A negative amount of " + this.symbol);
		}
		if (exact.scale() > this.decimals) {
			throw new InvalidPriceException(
					exact.toPlainString() + " has more than the " + this.decimals + " decimals of " + this.symbol);
		}
		if ((long) exact.precision() - exact.scale() + this.decimals > MAX_DIGITS) {
			throw new InvalidPriceException(exact.toPlainString() + " is too much of " + this.symbol);
		}
		BigInteger atomic = exact.movePointRight(this.decimals).toBigIntegerExact();
		if (atomic.bitLength() > MAX_BITS) {
			throw new InvalidPriceException(exact.toPlainString() + " is too much of " + this.symbol);
		}
		return atomic;
	}

	/**
	 * Convert atomic units to an amount of tokens.
	 * @param atomic atomic units
	 * @return the same amount in tokens
	 */
	public BigDecimal toTokens(BigInteger atomic) {
		return new BigDecimal(atomic, this.decimals);
	}

	/**
	 * Return what an offer in this token announces in {@code extra}.
	 * @return name and version of the EIP-712 domain and a transfer method other than the
	 * default
	 */
	public Map<String, Object> offerExtra() {
		Map<String, Object> extra = new LinkedHashMap<>();
		if (this.eip712Name != null && this.eip712Version != null) {
			extra.put("name", this.eip712Name);
			extra.put("version", this.eip712Version);
		}
		if (this.transferMethod == TransferMethod.PERMIT2) {
			extra.put(PaymentRequirements.ASSET_TRANSFER_METHOD, PaymentRequirements.PERMIT2);
		}
		return extra;
	}

	private static boolean isBlank(@Nullable String text) {
		return text == null || text.isBlank();
	}

}
