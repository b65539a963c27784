/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.math.BigInteger;
import java.time.Clock;
import java.util.List;

import io.x402.spring.store.InMemoryPassStore;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStoreException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the ledger says of passes that others work on at the same time.
 */
class PassStatementTests {

	private static final String ID = "balance";

	private final PassStore store = new InMemoryPassStore(10, Clock.systemUTC());

	private final InMemoryPaymentLedger ledger = new InMemoryPaymentLedger(10, Clock.systemUTC());

	@Test
	void whenABalanceIsUsedWhileItEndsThenTheEntryHasWhatIsLeft() {
		sell();
		Passes passes = passes(new DelegatingPassStore(this.store) {

			@Override
			public boolean revoke(String id) {
				use(PassOperation.of(id, 30), null);
				return super.revoke(id);
			}

		});
		assertThat(passes.revoke(ID)).isTrue();
		assertThat(entries()).singleElement()
			.returns(LedgerEvent.REVOKED, LedgerEntry::event)
			.returns(BigInteger.valueOf(70), LedgerEntry::amount);
	}

	@Test
	void whenAnEndedBalanceCannotBeReadThenItsEndIsInTheLedgerAllTheSame() {
		sell();
		Passes passes = passes(new DelegatingPassStore(this.store) {

			private int reads;

			@Override
			public @Nullable PassRecord find(String id) {
				if (++this.reads > 1) {
					throw new PaymentStoreException("Out of reach");
				}
				return super.find(id);
			}

		});
		assertThat(passes.revoke(ID)).isTrue();
		assertThat(entries()).singleElement().returns(BigInteger.valueOf(100), LedgerEntry::amount);
	}

	private void sell() {
		this.store.prepare(new NewPass(ID, "a".repeat(64),
				new NewPass.Paid("n", "a", BigInteger.valueOf(100), "p", null, null), "", null, 100L), "1", 0);
		this.store.start(ID);
	}

	private Passes passes(PassStore racing) {
		return new Passes(racing, new byte[32], null, this.ledger, true);
	}

	private List<LedgerEntry> entries() {
		return this.ledger.find(LedgerQuery.all(10));
	}

}
