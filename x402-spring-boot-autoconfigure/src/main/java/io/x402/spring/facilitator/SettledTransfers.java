/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.protocol.NetworkId;
import org.jspecify.annotations.Nullable;

/**
 * Transfers that were found to back payments. A transfer backs one payment; a transaction
 * may hold the transfers of several. Safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class SettledTransfers {

	private static final Integer WHOLE_TRANSACTION = -1;

	private final Map<Transaction, Uses> transactions = new LinkedHashMap<>();

	/**
	 * Take a transfer for a payment.
	 * @param network CAIP-2 identifier
	 * @param transaction hash of the transaction
	 * @param transfer position of the transfer among its events, or {@code null} to take
	 * the whole transaction
	 * @param payment key of the payment
	 * @param at when the transfer happened, in a unit that only {@link #forget} must know
	 * @return {@code false} if it backs another payment already
	 */
	public synchronized boolean take(String network, String transaction, @Nullable Integer transfer, Object payment,
			long at) {
		Uses uses = this.transactions.computeIfAbsent(
				new Transaction(network, new NetworkId(network).canonicalTransaction(transaction)),
				(key) -> new Uses(at, new HashMap<>()));
		return uses.take((transfer != null) ? transfer : WHOLE_TRANSACTION, payment);
	}

	/**
	 * Forget old transfers.
	 * @param before the oldest time that is kept
	 */
	public synchronized void forget(long before) {
		Iterator<Uses> oldest = this.transactions.values().iterator();
		while (oldest.hasNext() && oldest.next().at() < before) {
			oldest.remove();
		}
	}

	private record Transaction(String network, String hash) {

	}

	private record Uses(long at, Map<Integer, Object> payments) {

		boolean take(Integer transfer, Object payment) {
			boolean free = this.payments.entrySet()
				.stream()
				.filter((use) -> use.getKey().equals(transfer) || use.getKey().equals(WHOLE_TRANSACTION)
						|| transfer.equals(WHOLE_TRANSACTION))
				.allMatch((use) -> use.getValue().equals(payment));
			if (free) {
				this.payments.put(transfer, payment);
			}
			return free;
		}

	}

}
