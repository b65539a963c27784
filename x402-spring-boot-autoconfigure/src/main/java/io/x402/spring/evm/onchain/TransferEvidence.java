/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.TransferPayload;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction that is deep enough in the chain proves about a transfer that a
 * buyer says it made. Pure.
 * <p>
 * A transfer that settled a signed payment pays for nothing else, however long ago that
 * was. Such a transaction is sent by whoever settles, or shows it by its events, even
 * where one account is both: the token tells that an authorization was used, or a proxy
 * of the protocol that it settled.
 *
 * @param offer the offer with its quote
 * @param payment what the buyer says
 * @param clockSkew difference between clocks that is allowed for
 */
record TransferEvidence(PaymentRequirements offer, TransferPayload payment, Duration clockSkew) {

	private static final List<String> PROXIES = List.of(EvmPayload.Permit2.EXACT_PROXY, EvmPayload.Permit2.UPTO_PROXY);

	/**
	 * Return why a transaction does not pay the offer.
	 * @param receipt the transaction
	 * @param block time of its block
	 * @param contract whether the sender is a contract, whose transactions others send
	 * @return the reason, or {@code null} if it pays
	 */
	@Nullable ReasonCode objection(TransactionReceipt receipt, Instant block, boolean contract) {
		if (!receipt.success()) {
			return ReasonCode.TRANSFER_FAILED;
		}
		ReasonCode mismatch = mismatch(receipt, contract);
		if (mismatch != null) {
			return mismatch;
		}
		if (receipt.logs().stream().anyMatch(this::settlesPayment)) {
			return ReasonCode.TRANSFER_ALREADY_USED;
		}
		return this.payment.quote().covers(block, this.clockSkew) ? null : ReasonCode.TRANSFER_OUTSIDE_QUOTE;
	}

	private @Nullable ReasonCode mismatch(TransactionReceipt receipt, boolean contract) {
		EventLog log = (this.payment.event() < receipt.logs().size()) ? receipt.logs().get(this.payment.event()) : null;
		if (log == null || !log.startsWith(this.offer.asset(), Token.TRANSFER) || log.topics().size() != 3) {
			return ReasonCode.TRANSFER_TOKEN_MISMATCH;
		}
		if (!log.topics().get(1).equals(Hex.topic(this.payment.from()))
				|| !(contract || receipt.sender().equalsIgnoreCase(this.payment.from()))) {
			return ReasonCode.TRANSFER_SENDER_MISMATCH;
		}
		if (!log.topics().get(2).equals(Hex.topic(this.offer.payTo()))) {
			return ReasonCode.TRANSFER_RECIPIENT_MISMATCH;
		}
		BigInteger amount = (log.data().length() == 66) ? Abi.number(log.data()) : null;
		return this.offer.amount().equals(amount) ? null : ReasonCode.TRANSFER_AMOUNT_MISMATCH;
	}

	private boolean settlesPayment(EventLog log) {
		return log.startsWith(this.offer.asset(), Eip3009Events.USED) || PROXIES.stream()
			.anyMatch((proxy) -> proxy.toLowerCase(Locale.ROOT).equals(log.contract().toLowerCase(Locale.ROOT)));
	}

	@Override
	public String toString() {
		return "TransferEvidence[redacted]";
	}

}
