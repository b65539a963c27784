/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.Map;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.GasSponsorship;
import io.x402.spring.protocol.PaymentPayload;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that a buyer has signed for the facilitator to send, which allows Permit2
 * to move a token.
 *
 * @param members what the buyer sent, as the buyer wrote it
 */
record Erc20Approval(Map<String, String> members) {

	private static final String APPROVE = Abi.selector("approve(address,uint256)");

	private static final int WORDS = 2;

	private static final int LENGTH = APPROVE.length() + WORDS * 64;

	/**
	 * Read the approval of a payment.
	 * @return the approval, perhaps a wrong one, or {@code null} if there is none
	 */
	static @Nullable Erc20Approval of(PaymentPayload payload) {
		Map<String, String> approval = GasSponsorship.approval(payload);
		return (approval != null) ? new Erc20Approval(approval) : null;
	}

	/**
	 * Check everything that does not need the chain, in the order of the reference
	 * facilitator, and besides that the transaction is for this network, moves no money
	 * and approves as much as is paid.
	 * @param payment the payment
	 * @param token what is paid in
	 * @param chainId number of the network
	 * @return the reason for which it is refused, or {@code null}
	 */
	@Nullable Reason refusal(EvmPayload payment, String token, long chainId) {
		if (!GasSponsorship.isWellFormed(this.members)) {
			return Reason.INVALID_ERC20_APPROVAL_EXTENSION_FORMAT;
		}
		if (!is("from", payment.from())) {
			return Reason.ERC20_APPROVAL_FROM_MISMATCH;
		}
		if (!is("asset", token)) {
			return Reason.ERC20_APPROVAL_ASSET_MISMATCH;
		}
		if (!is("spender", Permit2Authorization.PERMIT2)) {
			return Reason.ERC20_APPROVAL_SPENDER_NOT_PERMIT2;
		}
		PayerTransaction transaction = transaction();
		if (transaction == null) {
			return Reason.ERC20_APPROVAL_TX_PARSE_FAILED;
		}
		Reason reason = refusal(transaction.call(), token, payment.value());
		if (reason != null) {
			return reason;
		}
		if (!transaction.isSignedBy(payment.from())) {
			return Reason.ERC20_APPROVAL_TX_SIGNER_MISMATCH;
		}
		return transaction.isForNetwork(chainId) ? null : Reason.ERC20_APPROVAL_TX_WRONG_CHAIN;
	}

	private static @Nullable Reason refusal(ContractCall call, String token, BigInteger least) {
		if (!call.to().equalsIgnoreCase(token)) {
			return Reason.ERC20_APPROVAL_TX_WRONG_TARGET;
		}
		if (!call.data().startsWith(APPROVE)) {
			return Reason.ERC20_APPROVAL_TX_WRONG_SELECTOR;
		}
		AbiWords words = AbiWords.of(call, call.to(), APPROVE, WORDS);
		if (words == null || call.data().length() != LENGTH || words.address(0).isEmpty()) {
			return Reason.ERC20_APPROVAL_TX_INVALID_CALLDATA;
		}
		if (!words.address(0).equalsIgnoreCase(Permit2Authorization.PERMIT2)) {
			return Reason.ERC20_APPROVAL_TX_WRONG_SPENDER;
		}
		if (words.number(1).compareTo(least) < 0) {
			return Reason.ERC20_APPROVAL_TX_INVALID_CALLDATA;
		}
		return (call.value().signum() == 0) ? null : Reason.ERC20_APPROVAL_TX_WRONG_VALUE;
	}

	/**
	 * Return the transaction.
	 * @return the transaction, or {@code null} if it is none of type 2 that calls a
	 * contract and nothing else
	 */
	@Nullable PayerTransaction transaction() {
		return PayerTransaction.parse(this.members.getOrDefault("signedTransaction", ""));
	}

	private boolean is(String member, String address) {
		return address.equalsIgnoreCase(this.members.get(member));
	}

	@Override
	public String toString() {
		return "Erc20Approval[redacted]";
	}

}
