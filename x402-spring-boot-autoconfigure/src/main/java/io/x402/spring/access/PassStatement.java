/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.math.BigInteger;

import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStoreException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes into the ledger what becomes of passes. An entry follows its step, so that an
 * instance that dies between the two leaves one out; the store has the sums.
 */
final class PassStatement {

	private static final Log logger = LogFactory.getLog(PassStatement.class);

	private static final String NO_ROUTE = "*";

	private final @Nullable PaymentLedger ledger;

	private final boolean uses;

	/**
	 * Create a statement.
	 * @param ledger the ledger, or {@code null} if there is none
	 * @param uses whether each use has an entry
	 */
	PassStatement(@Nullable PaymentLedger ledger, boolean uses) {
		this.ledger = ledger;
		this.uses = uses;
	}

	void used(NewPass pass, String route, long uses) {
		if (this.uses) {
			write(LedgerEvent.USED, pass, route, uses);
		}
	}

	void givenBack(NewPass pass, String route, long uses) {
		if (this.uses) {
			write(LedgerEvent.GIVEN_BACK, pass, route, uses);
		}
	}

	/**
	 * The entry has what is left of a balance.
	 */
	void revoked(PassRecord pass) {
		Long left = pass.remaining();
		write(LedgerEvent.REVOKED, pass.pass(), NO_ROUTE, (left != null) ? left : 0);
	}

	/**
	 * The step was taken, whatever the ledger says.
	 */
	private void write(LedgerEvent event, NewPass pass, String route, long uses) {
		if (this.ledger == null) {
			return;
		}
		try {
			this.ledger.write(LedgerEntry.of(event, pass, route, BigInteger.valueOf(pass.isBalance() ? uses : 0)));
		}
		catch (PaymentStoreException ex) {
			logger.warn("The ledger has no entry " + event + " of pass " + pass.id() + ": " + ex.getMessage());
		}
	}

}
