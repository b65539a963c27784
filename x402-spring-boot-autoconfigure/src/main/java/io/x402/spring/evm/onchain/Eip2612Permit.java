/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.x402.spring.evm.EvmAddress;
import io.x402.spring.protocol.AtomicAmount;
import io.x402.spring.protocol.GasSponsorship;
import io.x402.spring.protocol.PaymentPayload;
import org.jspecify.annotations.Nullable;

/**
 * A permit with which a buyer allows Permit2 to move a token in the same transaction as
 * the payment, so that the account needs neither an allowance nor gas.
 *
 * @param from owner of the token, as the buyer wrote it
 * @param asset address of the token
 * @param spender who is allowed to move it
 * @param amount how much may be moved, in atomic units
 * @param deadline last second of validity
 * @param signature 65 bytes in hexadecimal digits
 */
record Eip2612Permit(String from, String asset, String spender, @Nullable BigInteger amount,
		@Nullable BigInteger deadline, String signature) {

	private static final Pattern SIGNATURE = Pattern.compile("0x[0-9a-fA-F]{130}");

	private static final int SIGNATURE_WORD = 64;

	/**
	 * Read the permit of a payment.
	 * @return the permit, perhaps a wrong one, or {@code null} if there is none
	 */
	static @Nullable Eip2612Permit of(PaymentPayload payload) {
		Map<String, String> permit = GasSponsorship.of(payload);
		return (permit != null) ? new Eip2612Permit(permit.getOrDefault("from", ""), permit.getOrDefault("asset", ""),
				permit.getOrDefault("spender", ""), AtomicAmount.parse(permit.get("amount")),
				AtomicAmount.parse(permit.get("deadline")), permit.getOrDefault("signature", "")) : null;
	}

	/**
	 * Check everything that does not need the chain, in the order of the reference
	 * facilitator.
	 * @param payer who pays
	 * @param token what is paid in
	 * @param earliestEnd second until which it must be valid at least
	 * @return the reason for which it is refused, or {@code null}
	 */
	@Nullable Reason refusal(String payer, String token, BigInteger earliestEnd) {
		boolean addresses = List.of(this.from, this.asset, this.spender).stream().allMatch(EvmAddress::isValid);
		if (!addresses || this.amount == null || this.deadline == null
				|| !SIGNATURE.matcher(this.signature).matches()) {
			return Reason.INVALID_EIP2612_EXTENSION_FORMAT;
		}
		if (!this.from.equalsIgnoreCase(payer)) {
			return Reason.EIP2612_FROM_MISMATCH;
		}
		if (!this.asset.equalsIgnoreCase(token)) {
			return Reason.EIP2612_ASSET_MISMATCH;
		}
		if (!this.spender.equalsIgnoreCase(Permit2Authorization.PERMIT2)) {
			return Reason.EIP2612_SPENDER_NOT_PERMIT2;
		}
		return (this.deadline.compareTo(earliestEnd) < 0) ? Reason.EIP2612_DEADLINE_EXPIRED : null;
	}

	/**
	 * Return the values of {@code EIP2612Permit}, one word each: value, deadline, r, s,
	 * v. Only for a permit that is not refused.
	 */
	List<BigInteger> words() {
		String digits = this.signature.substring(2);
		return List.of((this.amount != null) ? this.amount : BigInteger.ZERO,
				(this.deadline != null) ? this.deadline : BigInteger.ZERO,
				new BigInteger(digits.substring(0, SIGNATURE_WORD), 16),
				new BigInteger(digits.substring(SIGNATURE_WORD, 2 * SIGNATURE_WORD), 16),
				new BigInteger(digits.substring(2 * SIGNATURE_WORD), 16));
	}

	@Override
	public String toString() {
		return "Eip2612Permit[redacted]";
	}

}
