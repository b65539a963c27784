/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.x402.spring.protocol.EvmPayload;

/**
 * What the events of a successful transaction prove about an EIP-3009 authorization.
 * Pure.
 * <p>
 * A token emits the use of an authorization and its transfer one right after the other,
 * most of them the use first. Which order a token has is proved by a use that has a
 * transfer of its payer on one side only. Where neither order is proved, both neighbors
 * of a use are looked at, and must agree. No transfer is taken for that of a use because
 * their numbers match.
 *
 * @param token address of the token
 * @param payment the authorization
 * @param recipient who is to be paid
 * @param amount how much
 * @param logs all events of the transaction in their order
 */
record Eip3009Events(String token, EvmPayload.Eip3009 payment, String recipient, BigInteger amount,
		List<EventLog> logs) {

	static final String USED = Abi.topic("AuthorizationUsed(address,bytes32)");

	static final String CANCELED = Abi.topic("AuthorizationCanceled(address,bytes32)");

	Finding read() {
		List<Integer> uses = all(USED);
		List<Integer> cancellations = all(CANCELED);
		if (uses.isEmpty() && cancellations.isEmpty()) {
			return Finding.NONE;
		}
		if (uses.isEmpty()) {
			return Finding.VOID;
		}
		return (uses.size() == 1 && cancellations.isEmpty()) ? read(uses.get(0)) : Finding.UNCLEAR;
	}

	private Finding read(int use) {
		Order order = order();
		List<Integer> neighbors = neighbors(use, order);
		if (neighbors.isEmpty()) {
			return Finding.UNCLEAR;
		}
		long paying = neighbors.stream().filter(this::isPayment).count();
		if (paying == neighbors.size()) {
			return Finding.settled(neighbors.get(0));
		}
		return (paying == 0 && !isRecipientPaidOtherwise(use, order)) ? Finding.VOID : Finding.UNCLEAR;
	}

	/**
	 * A token that keeps a fee pays less than was signed, perhaps in a second transfer.
	 */
	private boolean isRecipientPaidOtherwise(int use, Order order) {
		List<Integer> others = new ArrayList<>();
		for (int i = 0; i < this.logs.size(); i++) {
			if (i != use && isUse(i)) {
				others.addAll((order == Order.UNKNOWN) ? List.of() : neighbors(i, order));
			}
		}
		for (int i = 0; i < this.logs.size(); i++) {
			if (this.logs.get(i)
				.is(this.token, Token.TRANSFER, Hex.topic(this.payment.from()), Hex.topic(this.recipient))
					&& !others.contains(i)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return the position of the transfer of a use whose call is known to pay.
	 * @return the position, or -1 if no transfer pays
	 */
	int transferOfKnownCall() {
		List<Integer> uses = all(USED);
		if (uses.size() != 1) {
			return -1;
		}
		for (int i = uses.get(0) + 1; i < this.logs.size(); i++) {
			if (isPayment(i)) {
				return i;
			}
		}
		for (int i = uses.get(0) - 1; i >= 0; i--) {
			if (isPayment(i)) {
				return i;
			}
		}
		return -1;
	}

	private Order order() {
		boolean useFirst = false;
		boolean transferFirst = false;
		for (int i = 0; i < this.logs.size(); i++) {
			if (isUse(i)) {
				useFirst |= !isTransferOf(i - 1, i);
				transferFirst |= !isTransferOf(i + 1, i);
			}
		}
		if (useFirst && transferFirst) {
			return Order.NONE;
		}
		return useFirst ? Order.USE_FIRST : transferFirst ? Order.TRANSFER_FIRST : Order.UNKNOWN;
	}

	private static List<Integer> neighbors(int use, Order order) {
		return switch (order) {
			case USE_FIRST -> List.of(use + 1);
			case TRANSFER_FIRST -> List.of(use - 1);
			case UNKNOWN -> List.of(use + 1, use - 1);
			case NONE -> List.of();
		};
	}

	private List<Integer> all(String event) {
		List<Integer> found = new ArrayList<>();
		for (int i = 0; i < this.logs.size(); i++) {
			if (this.logs.get(i)
				.is(this.token, event, Hex.topic(this.payment.from()), this.payment.nonce().toLowerCase(Locale.ROOT))) {
				found.add(i);
			}
		}
		return found;
	}

	private boolean isUse(int index) {
		return this.logs.get(index).startsWith(this.token, USED) && this.logs.get(index).topics().size() > 1;
	}

	private boolean isTransferOf(int index, int use) {
		return index >= 0 && index < this.logs.size()
				&& this.logs.get(index).startsWith(this.token, Token.TRANSFER, this.logs.get(use).topics().get(1));
	}

	private boolean isPayment(int index) {
		return Token.isTransfer(this.logs.get(index), this.token, this.payment.from(), this.recipient, this.amount);
	}

	@Override
	public String toString() {
		return "Eip3009Events[redacted]";
	}

	/**
	 * What a token emits first.
	 */
	private enum Order {

		USE_FIRST, TRANSFER_FIRST,

		/** Either, as far as can be seen. */
		UNKNOWN,

		/** Neither, so that positions prove nothing. */
		NONE

	}

}
