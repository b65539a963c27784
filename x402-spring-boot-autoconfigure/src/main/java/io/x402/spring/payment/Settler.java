/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.ReceiptJudge;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.ClaimStep;
import io.x402.spring.store.DuplicateTransactionException;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.StaleClaimException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks for settlements, judges the responses and records what follows from it. What
 * cannot be recorded at once is kept here until it can, and never leaves a claim active:
 * the request that it belongs to has ended by then.
 */
final class Settler {

	private static final Log logger = LogFactory.getLog(Settler.class);

	private static final int ATTEMPTS = 3;

	private static final long PAUSE_MILLIS = 50;

	/** Most that responses which wait to be recorded may take in memory, in bytes. */
	private static final long MAX_WAITING_BYTES = 16 * 1024 * 1024;

	private final Facilitator facilitator;

	private final PaymentStore store;

	private final ReceiptJudge judge;

	private final Queue<Unrecorded> unrecorded = new ConcurrentLinkedQueue<>();

	Settler(Facilitator facilitator, PaymentStore store, ReceiptJudge judge) {
		this.facilitator = facilitator;
		this.store = store;
		this.judge = judge;
	}

	PaymentStore store() {
		return this.store;
	}

	SettlementOutcome submit(FacilitatorRequest request, @Nullable String payer) {
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
	 * Record an outcome, which is a fact whatever the store says. Looks what is there
	 * when a response of the store was lost or someone else was faster.
	 * @return the claim after the step, and who took it
	 * @throws DuplicateTransactionException if the transaction settled another claim
	 * @throws PaymentStoreException if the step could not be recorded
	 */
	Recorded record(Claim claim, ClaimChange change) {
		Claim known = claim;
		boolean tried = false;
		for (int attempt = 1;; attempt++) {
			try {
				return new Recorded(this.store.advance(known, change), true);
			}
			catch (DuplicateTransactionException ex) {
				throw ex;
			}
			catch (PaymentStoreException ex) {
				if (attempt == ATTEMPTS || !pause(attempt)) {
					throw ex;
				}
				tried |= !(ex instanceof StaleClaimException);
				Claim current = current(known);
				if (current.state() == change.next()) {
					return new Recorded(current, tried && current.version() == known.version() + 1);
				}
				if (!isTrueOf(current, claim, change)) {
					throw ex;
				}
				known = current;
			}
		}
	}

	/**
	 * A settlement is a fact whoever works on the claim. A decline proves nothing once a
	 * reconciler has taken the claim: the payment was perhaps sent again and settled, and
	 * declined for that.
	 */
	private static boolean isTrueOf(Claim current, Claim asked, ClaimChange change) {
		return change.step().isDefinedFor(current)
				&& (change.next() != ClaimState.DECLINED || current.version() == asked.version());
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

	/**
	 * Undo a step to {@link ClaimState#SETTLING} that may or may not have been recorded,
	 * and no other. No settle request has left.
	 * @param before the version before the step, which no other request works on
	 * @param back what happens to the claim instead
	 * @return whether it is certain that nothing will be settled
	 */
	boolean undo(Claim before, Back back) {
		try {
			return goBack(before, back);
		}
		catch (PaymentStoreException ex) {
			this.unrecorded.add(new Unrecorded(before, back, null, null));
			return false;
		}
	}

	/**
	 * A claim that is further on was perhaps taken by a reconciler, which settles it.
	 */
	private boolean goBack(Claim before, Back back) {
		Claim current = this.store.find(before.key());
		if (current == null || !current.owner().equals(before.owner())) {
			return true;
		}
		boolean taken = current.version() == before.version() + 1
				&& (current.state() == ClaimState.SETTLING || current.state() == ClaimState.PENDING);
		if (current.version() == before.version() || taken) {
			back.go(this.store, taken ? ClaimChange.settlingAgain().applyTo(before) : before);
			checkGone(before);
			return true;
		}
		return false;
	}

	/**
	 * A step that a store took late, after its caller had given up, must not be left.
	 */
	private void checkGone(Claim before) {
		Claim current = this.store.find(before.key());
		if (current != null && current.owner().equals(before.owner()) && current.state() == ClaimState.SETTLING) {
			throw new PaymentStoreException("A step was taken late");
		}
	}

	/**
	 * Remember an outcome that could not be recorded.
	 * @param recorded is run when it is
	 */
	void recordLater(Claim claim, ClaimChange change, Runnable recorded) {
		logger.error("The outcome of a settlement could not be recorded and will be recorded later");
		this.unrecorded.add(new Unrecorded(claim, null, change.late(), recorded));
	}

	/**
	 * Remember a step back that could not be recorded.
	 * @param claim the only version that it is for
	 */
	void goBackLater(Claim claim, Back back) {
		this.unrecorded.add(new Unrecorded(claim, back, null, null));
	}

	/**
	 * Remember the end of the response of a settled payment that could not be recorded,
	 * so that its handler does not run again. One for which there is no memory is not
	 * remembered, and its handler may run again once the lease is over.
	 * @param claim the only version that it is for
	 */
	void answerLater(Claim claim, ClaimChange change) {
		long waiting = this.unrecorded.stream().mapToLong(Unrecorded::bytes).sum();
		Unrecorded answer = new Unrecorded(claim, Back.to(change), change, null);
		if (waiting + answer.bytes() <= MAX_WAITING_BYTES) {
			this.unrecorded.add(answer);
		}
	}

	/**
	 * Record what could not be recorded before. Ends with the first failure of the store,
	 * since each may take its whole timeout, and leases are to be renewed meanwhile. What
	 * failed comes last the next time.
	 */
	void recordUnrecorded() {
		boolean recording = true;
		for (int i = this.unrecorded.size(); i > 0 && recording; i--) {
			Unrecorded next = this.unrecorded.poll();
			recording = next != null && record(next);
		}
	}

	private boolean record(Unrecorded unrecorded) {
		try {
			if (unrecorded.back() != null) {
				stepBack(unrecorded.claim(), unrecorded.back());
			}
			else if (unrecorded.change() != null && recordNow(unrecorded.claim(), unrecorded.change())
					&& unrecorded.recorded() != null) {
				unrecorded.recorded().run();
			}
		}
		catch (DuplicateTransactionException ex) {
			logger.error("A transaction is said to settle a payment although it settled another one");
		}
		catch (StaleClaimException ex) {
			// Someone else was faster: look again, the outcome stays a fact
			this.unrecorded.add(unrecorded);
		}
		catch (PaymentStoreException ex) {
			this.unrecorded.add(unrecorded);
			return false;
		}
		return true;
	}

	private void stepBack(Claim claim, Back back) {
		try {
			if (claim.state() == ClaimState.SETTLING) {
				back.go(this.store, claim);
			}
			else {
				goBack(claim, back);
			}
		}
		catch (StaleClaimException ex) {
			// Someone else works on it
		}
	}

	private boolean recordNow(Claim claim, ClaimChange change) {
		Claim current = this.store.find(claim.key());
		if (current == null || !current.owner().equals(claim.owner()) || !isTrueOf(current, claim, change)) {
			warnOfUnrecordable(claim, current, change.receipt());
			// The step may have been taken although its caller was told that it failed
			return current != null && current.owner().equals(claim.owner()) && current.state() == change.next()
					&& current.version() == claim.version() + 1;
		}
		this.store.advance(current, change);
		return true;
	}

	/**
	 * A claim that has ended without a charge has no step to a settlement. Its buyer was
	 * told that nothing was charged, so that the seller must look.
	 * @param claim the claim as it was when the settlement was asked for
	 * @param receipt the receipt, or {@code null} if no settlement is reported
	 */
	void warnOfUnrecordable(Claim claim, @Nullable SettlementResponse receipt) {
		warnOfUnrecordable(claim, this.store.find(claim.key()), receipt);
	}

	private static void warnOfUnrecordable(Claim claim, @Nullable Claim current, @Nullable SettlementResponse receipt) {
		boolean recordable = current != null
				&& (current.state() == ClaimState.SETTLED || ClaimStep.COMPLETE.isDefinedFor(current));
		if (receipt == null || !receipt.success() || recordable) {
			return;
		}
		logger.warn("A settlement is reported that cannot be recorded, because its claim is "
				+ ((current != null) ? current.state() : "gone")
				+ ". If the transaction did move the money, its buyer has paid for nothing: transaction "
				+ receipt.transaction() + " on " + claim.key().network() + ", sale "
				+ ((claim.sale() != null) ? claim.sale().id() : "unknown"));
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
	 * An outcome that a claim has.
	 *
	 * @param claim the claim
	 * @param own whether the caller recorded it, and not another party that was faster
	 */
	record Recorded(Claim claim, boolean own) {

	}

	/**
	 * A step back from one version of a claim.
	 */
	@FunctionalInterface
	interface Back {

		void go(PaymentStore store, Claim claim);

		/**
		 * Forget the claim.
		 */
		static Back release(String reason) {
			return (store, claim) -> store.release(claim, reason);
		}

		/**
		 * Change the claim.
		 */
		static Back to(ClaimChange change) {
			return (store, claim) -> store.advance(claim, change);
		}

	}

	/**
	 * A step that is still to be recorded.
	 *
	 * @param claim the claim before it
	 * @param back the step from exactly this version, or {@code null} if the change is
	 * true of later versions as well
	 * @param change an outcome, or the end of a response
	 * @param recorded is run when the outcome is recorded
	 */
	private record Unrecorded(Claim claim, @Nullable Back back, @Nullable ClaimChange change,
			@Nullable Runnable recorded) {

		long bytes() {
			return (this.change != null && this.change.response() instanceof ResponseRecord.Stored stored)
					? stored.content().length : 0;
		}

	}

}
