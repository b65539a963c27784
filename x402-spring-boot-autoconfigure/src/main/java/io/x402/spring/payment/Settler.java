package io.x402.spring.payment;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks for settlements, judges what is answered and records what follows from it. What
 * cannot be recorded at once is kept here until it can.
 */
final class Settler {

	private static final Log logger = LogFactory.getLog(Settler.class);

	private static final int ATTEMPTS = 3;

	private static final long PAUSE_MILLIS = 50;

	private final Facilitator facilitator;

	private final PaymentStore store;

	private final SettlementJudge judge;

	private final Queue<Unrecorded> unrecorded = new ConcurrentLinkedQueue<>();

	Settler(Facilitator facilitator, PaymentStore store, SettlementJudge judge) {
		this.facilitator = facilitator;
		this.store = store;
		this.judge = judge;
	}

	PaymentStore store() {
		return this.store;
	}

	SettlementOutcome settle(FacilitatorRequest request, @Nullable String payer) {
		return this.judge.judge(ask(request), request, payer);
	}

	SettlementOutcome judge(SettlementOutcome outcome, FacilitatorRequest request, @Nullable String payer) {
		return this.judge.judge(outcome, request, payer);
	}

	private SettlementOutcome ask(FacilitatorRequest request) {
		try {
			return Objects.requireNonNull(this.facilitator.settle(request), "No outcome");
		}
		catch (Throwable ex) {
			// Whatever it is, money may have moved before
			logger.error("Facilitator failed", FacilitatorException.withoutText(ex));
			return new SettlementOutcome.Unknown("the facilitator threw " + ex.getClass().getName(), null);
		}
	}

	/**
	 * Record a step that has happened whatever the store says. Looks what is there when
	 * an answer of the store was lost or somebody else was faster.
	 * @return the claim after the step
	 * @throws DuplicateTransactionException if the transaction settled another claim
	 * @throws PaymentStoreException if the step could not be recorded
	 */
	Claim record(Claim claim, ClaimChange change) {
		Claim known = claim;
		for (int attempt = 1;; attempt++) {
			try {
				return this.store.advance(known, change);
			}
			catch (DuplicateTransactionException ex) {
				throw ex;
			}
			catch (PaymentStoreException ex) {
				if (attempt == ATTEMPTS || !pause(attempt)) {
					throw ex;
				}
				Claim current = current(known);
				if (current.state() == change.next()) {
					return current;
				}
				if (isFinal(current)) {
					throw ex;
				}
				known = current;
			}
		}
	}

	private Claim current(Claim known) {
		try {
			Claim current = this.store.find(known.key());
			return (current != null && current.owner().equals(known.owner())) ? current : known;
		}
		catch (PaymentStoreException ex) {
			return known;
		}
	}

	private static boolean isFinal(Claim claim) {
		return claim.state() == ClaimState.SETTLED || claim.state() == ClaimState.DECLINED;
	}

	/**
	 * Give a claim back whose step to {@link ClaimState#SETTLING} may or may not have
	 * been recorded. No settle call has left.
	 * @return whether it is certain that nothing will be settled
	 */
	boolean undo(Claim claim, @Nullable ClaimChange back) {
		try {
			Claim current = this.store.find(claim.key());
			if (current != null && current.owner().equals(claim.owner())) {
				undoTo(current, back);
			}
			return true;
		}
		catch (PaymentStoreException ex) {
			this.unrecorded.add(new Unrecorded(claim, back));
			return false;
		}
	}

	private void undoTo(Claim current, @Nullable ClaimChange back) {
		boolean begun = current.state() == ClaimState.SETTLING;
		if (back != null && begun) {
			this.store.advance(current, back);
		}
		else if (back == null
				&& (begun || current.state() == ClaimState.CLAIMED || current.state() == ClaimState.VERIFIED)) {
			this.store.release(current, "payment_store_unavailable");
		}
	}

	/**
	 * Remember a step that could not be recorded.
	 */
	void recordLater(Claim claim, ClaimChange change) {
		logger.error("The outcome of a settlement could not be recorded and will be recorded later");
		this.unrecorded.add(new Unrecorded(claim, change));
	}

	/**
	 * Record what could not be recorded before.
	 */
	void recordUnrecorded() {
		for (int i = this.unrecorded.size(); i > 0; i--) {
			Unrecorded next = this.unrecorded.poll();
			if (next == null) {
				return;
			}
			record(next);
		}
	}

	private void record(Unrecorded unrecorded) {
		ClaimChange change = unrecorded.change();
		if (change == null || change.next() == ClaimState.EXECUTED) {
			undo(unrecorded.claim(), change);
			return;
		}
		try {
			Claim current = this.store.find(unrecorded.claim().key());
			if (current != null && current.owner().equals(unrecorded.claim().owner()) && !isFinal(current)) {
				this.store.advance(current, change);
			}
		}
		catch (DuplicateTransactionException ex) {
			logger.error("A transaction is said to settle a payment although it settled another one");
		}
		catch (PaymentStoreException ex) {
			this.unrecorded.add(unrecorded);
		}
	}

	private static boolean pause(int attempt) {
		try {
			Thread.sleep(PAUSE_MILLIS * attempt);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * A step that is still to be recorded.
	 *
	 * @param claim the claim before it
	 * @param change the step, {@code null} to release
	 */
	private record Unrecorded(Claim claim, @Nullable ClaimChange change) {

	}

}
