/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

import io.x402.spring.protocol.EvmPayload;
import org.jspecify.annotations.Nullable;

/**
 * A call of an x402 proxy that settles one Permit2 payment. The proxy has Permit2 check
 * the signature, and the nonce is good for one such call, so a call that succeeded has
 * moved the money of the payment whose terms it names, and of no other one.
 *
 * @param token address of the token
 * @param permitted how much the owner lets move
 * @param nonce the nonce
 * @param deadline last second of validity
 * @param amount how much is moved
 * @param owner who pays
 * @param to who is paid
 * @param facilitator who may settle, {@code null} under scheme {@code exact}
 * @param validAfter first second of validity
 */
record Permit2Call(String token, BigInteger permitted, BigInteger nonce, BigInteger deadline, BigInteger amount,
		String owner, String to, @Nullable String facilitator, BigInteger validAfter) {

	private static final String PERMIT = "((address,uint256),uint256,uint256)";

	private static final String SPONSOR = "(uint256,uint256,bytes32,bytes32,uint8)";

	private static final int SPONSOR_WORDS = 5;

	static final String SETTLE = Abi.selector("settle(" + PERMIT + ",address,(address,uint256),bytes)");

	static final String SETTLE_UPTO = Abi
		.selector("settle(" + PERMIT + ",uint256,address,(address,address,uint256),bytes)");

	static final String SETTLE_SPONSORED = Abi
		.selector("settleWithPermit(" + SPONSOR + "," + PERMIT + ",address,(address,uint256),bytes)");

	static final String SETTLE_UPTO_SPONSORED = Abi
		.selector("settleWithPermit(" + SPONSOR + "," + PERMIT + ",uint256,address,(address,address,uint256),bytes)");

	private static final List<Form> FORMS = List.of(new Form(EvmPayload.Permit2.EXACT_PROXY, SETTLE, 0, false),
			new Form(EvmPayload.Permit2.EXACT_PROXY, SETTLE_SPONSORED, SPONSOR_WORDS, false),
			new Form(EvmPayload.Permit2.UPTO_PROXY, SETTLE_UPTO, 0, true),
			new Form(EvmPayload.Permit2.UPTO_PROXY, SETTLE_UPTO_SPONSORED, SPONSOR_WORDS, true));

	/**
	 * Read a call.
	 * @return what it settles, or {@code null} if it is another call
	 */
	static @Nullable Permit2Call of(ContractCall call) {
		for (Form form : FORMS) {
			AbiWords words = AbiWords.of(call, form.proxy(), form.selector(), form.words());
			if (words != null) {
				return form.read(words);
			}
		}
		return null;
	}

	/**
	 * Return whether the nonce is one of a payment, whatever the other terms.
	 */
	boolean usesNonceOf(EvmPayload.Permit2 payment) {
		return this.owner.equalsIgnoreCase(payment.from()) && this.nonce.equals(new BigInteger(payment.nonce()));
	}

	/**
	 * Return whether the payer signed these very terms in a payment.
	 */
	boolean hasTermsOf(EvmPayload.Permit2 payment) {
		return usesNonceOf(payment) && this.token.equalsIgnoreCase(payment.token())
				&& this.permitted.equals(payment.value()) && this.deadline.equals(payment.validBefore())
				&& this.to.equalsIgnoreCase(payment.to()) && this.validAfter.equals(payment.validAfter())
				&& lower(this.facilitator).equals(lower(payment.facilitator()));
	}

	private static String lower(@Nullable String address) {
		return (address != null) ? address.toLowerCase(Locale.ROOT) : "";
	}

	@Override
	public String toString() {
		return "Permit2Call[redacted]";
	}

	/**
	 * One of the functions that settle.
	 */
	private record Form(String proxy, String selector, int start, boolean upto) {

		int words() {
			return this.start + (this.upto ? 10 : 8);
		}

		Permit2Call read(AbiWords words) {
			int next = this.start + 4;
			BigInteger permitted = words.number(this.start + 1);
			BigInteger amount = this.upto ? words.number(next++) : permitted;
			String owner = words.address(next++);
			String to = words.address(next++);
			String facilitator = this.upto ? words.address(next++) : null;
			return new Permit2Call(words.address(this.start), permitted, words.number(this.start + 2),
					words.number(this.start + 3), amount, owner, to, facilitator, words.number(next));
		}

	}

}
