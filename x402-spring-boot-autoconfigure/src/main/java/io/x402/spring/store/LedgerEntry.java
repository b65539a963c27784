/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;
import java.time.Instant;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * One line of the ledger. Entries about payments are written in the same step as the
 * state they tell of. Entries are never changed and hold nothing that could be used to
 * pay. Entries that tell how a payment ended are published as Spring application events
 * after they were written, each at least once, by one of the instances that share the
 * ledger.
 *
 * @param id identity of the entry; ids of one ledger sort by the time of writing
 * @param time when it was written, by the clock of the store
 * @param event what happened
 * @param sale correlation id of the sale, or identity of the pass or balance
 * @param route what was bought: HTTP method and path pattern
 * @param network CAIP-2 identifier
 * @param scheme the payment scheme
 * @param asset address of the token, lower case on EVM networks
 * @param amount what was asked for, in atomic units of the asset; once it is settled what
 * was charged, which under scheme {@code upto} can be less
 * @param payTo address that is paid
 * @param payer address of the buyer, or {@code null} if it is not known
 * @param transaction hash of the transaction that settles or may settle, or {@code null}
 * @param reason reason code, or {@code null}
 * @param note who made this known by hand and why, or {@code null} if no person did
 * @since 0.1.0
 */
public record LedgerEntry(String id, Instant time, LedgerEvent event, String sale, String route, String network,
		String scheme, String asset, BigInteger amount, String payTo, @Nullable String payer,
		@Nullable String transaction, @Nullable String reason, @Nullable String note) {

	/** The scheme that passes and balances are paid in. */
	private static final String EXACT = "exact";

	/**
	 * Create an entry about a claim.
	 * @param id identity of the entry
	 * @param time when it was written
	 * @param event what happened
	 * @param claim the claim after the step
	 * @param sale the sale of the claim
	 * @param transaction hash of a transaction, or {@code null}
	 * @param reason reason code, or {@code null}
	 * @return the entry
	 */
	public static LedgerEntry of(String id, Instant time, LedgerEvent event, Claim claim, Sale sale,
			@Nullable String transaction, @Nullable String reason) {
		return new LedgerEntry(id, time, event, sale.id(), sale.route(), claim.key().network(), sale.scheme(),
				claim.key().asset(), amount(claim, sale), sale.payTo(), payer(claim, sale), transaction, reason, null);
	}

	/**
	 * Return this entry with a note.
	 * @param note who made this known by hand and why, or {@code null} if no person did
	 * @return this entry otherwise unchanged
	 * @since 0.2.0
	 */
	public LedgerEntry noted(@Nullable String note) {
		return new LedgerEntry(this.id, this.time, this.event, this.sale, this.route, this.network, this.scheme,
				this.asset, this.amount, this.payTo, this.payer, this.transaction, this.reason, note);
	}

	/**
	 * Create an entry about a pass or balance, for {@link PaymentLedger#write}.
	 * @param event what happened
	 * @param pass the pass, whose identity takes the place of a sale
	 * @param route HTTP method and path pattern of the call, or {@code *} for none
	 * @param amount what of a balance is concerned, zero if it is none
	 * @return the entry, without an identity and a time of its own
	 * @since 0.2.0
	 */
	public static LedgerEntry of(LedgerEvent event, NewPass pass, String route, BigInteger amount) {
		NewPass.Paid paid = pass.paid();
		return new LedgerEntry("", Instant.EPOCH, event, pass.id(), route, paid.network(), EXACT, paid.asset(), amount,
				paid.payTo(), paid.payer(), null, null, null);
	}

	private static BigInteger amount(Claim claim, Sale sale) {
		SettlementResponse receipt = claim.receipt();
		BigInteger charged = (receipt != null && receipt.success()) ? receipt.settledAmount() : null;
		return (charged != null) ? charged : sale.amount();
	}

	private static @Nullable String payer(Claim claim, Sale sale) {
		return (sale.payer() != null || claim.receipt() == null) ? sale.payer() : claim.receipt().payer();
	}

}
