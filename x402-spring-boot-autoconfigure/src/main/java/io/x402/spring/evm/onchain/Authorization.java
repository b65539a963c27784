/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * A payment as the chain sees it. Methods that take a chain ask its nodes and throw what
 * {@link Chain} throws.
 */
sealed interface Authorization permits Eip3009Authorization, Permit2Authorization {

	PaymentRequirements offer();

	EvmPayload payment();

	/**
	 * Return what the payer has signed.
	 * @return 32 bytes, or {@code null} if the offer does not name what is signed for
	 */
	byte @Nullable [] digest();

	/**
	 * Return the network as the protocol version of the buyer names it.
	 */
	String networkName();

	/**
	 * Check what needs no node, so that a payment that cannot be settled costs no call.
	 * @param now seconds since the epoch
	 * @param settling whether the amount of the offer is what is to be moved rather than
	 * the price
	 * @return the reason for which the payment is refused, or {@code null} if that
	 * depends on the chain
	 */
	@Nullable Reason objection(BigInteger now, boolean settling);

	/**
	 * Read what a refusal depends on.
	 * @param chain the state of the network
	 * @param signatures checks signatures
	 * @return the facts
	 */
	default PaymentFacts facts(ChainState chain, SignatureCheck signatures) {
		return new PaymentFacts(signatures.check(chain, payment().from(), digest(), payment().signature()),
				token(chain).exists());
	}

	/**
	 * Decide, in the order of the reference facilitator. Pure.
	 * @param facts what the chain says
	 * @param now seconds since the epoch
	 * @param settling whether the amount of the offer is what is to be moved rather than
	 * the price
	 * @return the reason for which the payment is refused before any simulation, or
	 * {@code null}
	 */
	@Nullable Reason refusal(PaymentFacts facts, BigInteger now, boolean settling);

	/**
	 * Return the transaction that settles.
	 */
	ContractCall transfer();

	/**
	 * Return the transaction that must create the wallet of the payer before.
	 * @return the call of a factory, or {@code null} if the wallet exists
	 */
	@Nullable ContractCall deployment(ChainState chain);

	/**
	 * Return the approval that the payer has signed for the facilitator to send.
	 * @return the approval, perhaps a wrong one, or {@code null} if there is none
	 */
	default @Nullable Erc20Approval approval() {
		return null;
	}

	/**
	 * Return the only account that may settle.
	 * @return an address, or {@code null} if anybody may
	 */
	@Nullable String settler();

	/**
	 * Return whether a transaction may settle other payments as well, as far as the
	 * payment shows: what it calls asks no contract of the payer's choice.
	 */
	boolean mayShareTransaction();

	/**
	 * Find out why a simulation failed.
	 * @param chain the state of the network in which it failed
	 * @param failure how it failed
	 * @return the reason
	 */
	Reason diagnosis(ChainState chain, NodeErrorException failure);

	/**
	 * Return the reason for a transaction that reverted.
	 */
	Reason transactionFailed();

	/**
	 * Return whether the authorization is used up, by whatever.
	 * @param block the block whose state is asked for
	 */
	boolean isUsed(Chain chain, String block);

	/**
	 * Read what a transaction proves. Calls no node.
	 * @param receipt the transaction
	 * @param calls what is known of its calls
	 */
	Finding read(TransactionReceipt receipt, Calls calls);

	/**
	 * Return whether the outermost call of a transaction leaves no room for other calls
	 * that use the authorization.
	 */
	boolean isAnsweredBy(ContractCall outermost);

	/**
	 * Find out how the authorization was used up.
	 * @param chain the network
	 * @param head the newest block, in whose state the authorization is used
	 * @param range how far to look back
	 * @return the use, or {@code null} if nothing proves it
	 */
	@Nullable Use find(Chain chain, Block head, LogRange range);

	/**
	 * Read what a transaction proves, with more and more facts about it until they do.
	 */
	default Finding trace(Chain chain, TransactionReceipt receipt) {
		Finding finding = read(receipt, Calls.UNKNOWN);
		if (finding.kind() != Finding.Kind.UNCLEAR) {
			return finding;
		}
		ContractCall call = chain.transaction(receipt.transaction());
		if (call != null) {
			finding = read(receipt, Calls.outermost(call, isAnsweredBy(call)));
		}
		return (finding.kind() == Finding.Kind.UNCLEAR && (call == null || !isAnsweredBy(call)))
				? read(receipt, chain.calls(receipt.transaction())) : finding;
	}

	/**
	 * Return the use of an authorization that was used up before it could settle
	 * anything: contracts refuse it until it is valid.
	 * @param oldest the oldest block to ask about
	 * @return the use, or {@code null} if that is not proved
	 */
	default @Nullable Use findBeforeValidity(Chain chain, long oldest) {
		try {
			Block block = chain.block(Hex.quantity(oldest));
			boolean early = BigInteger.valueOf(block.timestamp()).compareTo(payment().validAfter()) < 0;
			return (early && isUsed(chain, block.tag())) ? Use.forSomethingElse(oldest) : null;
		}
		catch (NodeErrorException | NodeUnavailableException ex) {
			// nodes forget old states
			return null;
		}
	}

	default Token token(ChainState chain) {
		return new Token(chain, offer().asset());
	}

	/**
	 * Return what no two payments may have in common.
	 */
	default Object key() {
		return List.of(offer().asset().toLowerCase(Locale.ROOT), payment().from().toLowerCase(Locale.ROOT),
				payment().nonce().toLowerCase(Locale.ROOT));
	}

}
