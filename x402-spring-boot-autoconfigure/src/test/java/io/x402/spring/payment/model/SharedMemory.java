package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimChange;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.InMemoryPaymentLedger;
import io.x402.spring.payment.InMemoryPaymentStore;
import io.x402.spring.payment.LedgerEntry;
import io.x402.spring.payment.LedgerQuery;
import io.x402.spring.payment.PaymentStore;

/**
 * The memory store, with what other stores do at the end of a lease. It is fast, and has
 * no leases itself.
 */
final class SharedMemory implements SharedStore {

	private final MovingClock clock;

	private final InMemoryPaymentLedger ledger;

	private final InMemoryPaymentStore store;

	SharedMemory(MovingClock clock) {
		this.clock = clock;
		this.ledger = new InMemoryPaymentLedger(1000, clock);
		this.store = new InMemoryPaymentStore(100, 1_000_000, this.ledger, clock);
	}

	@Override
	public PaymentStore store() {
		return this.store;
	}

	@Override
	public List<LedgerEntry> booked() {
		return this.ledger.find(LedgerQuery.all(LedgerQuery.MAX_LIMIT));
	}

	@Override
	public void pass(Duration time) {
		this.clock.pass(time);
	}

	@Override
	public void endLeases(Collection<ClaimKey> keys) {
		for (ClaimKey key : keys) {
			Claim claim = this.store.find(key);
			if (claim != null) {
				endLease(claim);
			}
		}
	}

	private void endLease(Claim claim) {
		switch (claim.state()) {
			case CLAIMED, VERIFIED -> {
				if (claim.isFreeOnceLapsed()) {
					this.store.release(claim, "lease over");
				}
				else {
					this.store.advance(claim, ClaimChange.notRetried());
				}
			}
			case SETTLING -> this.store.advance(claim, ClaimChange.pending(null, Duration.ZERO));
			case SETTLED -> {
				if (claim.active()) {
					this.store.advance(claim, ClaimChange.answered(null));
				}
			}
			case EXECUTED, PENDING, DECLINED, ABANDONED, EXHAUSTED -> {
			}
		}
	}

	/**
	 * The memory store forgets by the clock of the machine.
	 */
	@Override
	public int size() {
		return 0;
	}

}
