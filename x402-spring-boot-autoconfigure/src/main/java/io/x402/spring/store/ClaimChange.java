/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;
import java.util.Objects;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * One step of a claim. What a step does not mention stays as it is, except that a claim
 * that is settled, declined, abandoned or exhausted forgets the payment it would have
 * asked about, and one of the last three its answer too.
 *
 * @since 0.1.0
 */
public final class ClaimChange {

	private final ClaimStep step;

	private final ClaimState next;

	private final boolean active;

	private final boolean again;

	private final boolean ran;

	private final @Nullable LedgerEvent event;

	private final @Nullable String reason;

	private final @Nullable String transaction;

	private final @Nullable SettlementResponse receipt;

	private final @Nullable Integer transfer;

	private final byte @Nullable [] request;

	private final byte @Nullable [] answer;

	private final @Nullable Duration retryIn;

	private final @Nullable Duration deliverableFor;

	private final Duration shortenedBy;

	private ClaimChange(Step step) {
		this.step = step.step;
		this.next = Objects.requireNonNull(step.step.to());
		this.active = step.active;
		this.again = step.again;
		this.ran = step.ran;
		this.event = step.event;
		this.reason = step.reason;
		this.transaction = step.transaction;
		this.receipt = step.receipt;
		this.transfer = step.transfer;
		this.request = step.request;
		this.answer = step.answer;
		this.retryIn = step.retryIn;
		this.deliverableFor = step.deliverableFor;
		this.shortenedBy = step.shortenedBy;
	}

	/**
	 * The facilitator found the payment valid.
	 * @return the step
	 */
	public static ClaimChange verified() {
		return new Step(ClaimStep.VERIFY).active(true).event(LedgerEvent.VERIFIED, null).build();
	}

	/**
	 * The settle call is about to leave.
	 * @param request what is asked, or {@code null} if it is kept already
	 * @param answer what the buyer gets once it is settled, empty if it is not kept,
	 * {@code null} if there is none yet
	 * @return the step
	 */
	public static ClaimChange settling(byte @Nullable [] request, byte @Nullable [] answer) {
		return new Step(ClaimStep.SETTLE).active(true).request(request).answer(answer).build();
	}

	/**
	 * The settlement was certainly not executed and the response of the handler is kept.
	 * @param reason reason code
	 * @return the step
	 */
	public static ClaimChange executed(String reason) {
		return new Step(ClaimStep.EXECUTE).event(LedgerEvent.EXECUTED, reason).build();
	}

	/**
	 * The money moved.
	 * @param receipt the receipt
	 * @param deliverableFor how long the answer can be delivered again, {@code null} if
	 * it can not
	 * @param active whether the handler has yet to run
	 * @return the step
	 */
	public static ClaimChange settled(SettlementResponse receipt, @Nullable Duration deliverableFor, boolean active) {
		return new Step(ClaimStep.COMPLETE).active(active)
			.event(LedgerEvent.SETTLED, null)
			.receipt(receipt)
			.transaction(receipt.transactionOrNull())
			.deliverableFor(deliverableFor)
			.build();
	}

	/**
	 * The money certainly did not and will not move.
	 * @param reason reason code
	 * @param receipt the failure receipt
	 * @return the step
	 */
	public static ClaimChange declined(String reason, SettlementResponse receipt) {
		return new Step(ClaimStep.DECLINE).event(LedgerEvent.DECLINED, reason).receipt(receipt).build();
	}

	/**
	 * It is not known whether the money moved.
	 * @param transaction hash of a transaction that may settle, or {@code null}
	 * @param retryIn when to ask again
	 * @return the step
	 */
	public static ClaimChange pending(@Nullable String transaction, Duration retryIn) {
		return new Step(ClaimStep.SUSPEND).event(LedgerEvent.PENDING, null)
			.transaction(transaction)
			.retryIn(retryIn)
			.build();
	}

	/**
	 * It is still not known whether the money moved.
	 * @param retryIn when to ask again
	 * @return the step
	 */
	public static ClaimChange stillPending(Duration retryIn) {
		return new Step(ClaimStep.SUSPEND).retryIn(retryIn).build();
	}

	/**
	 * It cannot be found out any more whether the money moved.
	 * @return the step
	 */
	public static ClaimChange unresolved() {
		return new Step(ClaimStep.SUSPEND).event(LedgerEvent.UNRESOLVED, null).build();
	}

	/**
	 * The handler of a settled claim runs again, for free.
	 * @return the step
	 */
	public static ClaimChange rerunning() {
		return new Step(ClaimStep.RERUN).active(true).event(LedgerEvent.REDELIVERED, null).again().build();
	}

	/**
	 * The handler of a settled claim has ended.
	 * @param answer its answer, empty if it was released and is not kept, {@code null} if
	 * none was released
	 * @return the step
	 */
	public static ClaimChange answered(byte @Nullable [] answer) {
		return new Step(ClaimStep.ANSWER).answer(answer).build();
	}

	/**
	 * The handler has run once more, nothing was charged, and a repetition may run it
	 * again.
	 * @param reason reason code
	 * @return the step
	 */
	public static ClaimChange abandoned(String reason) {
		return new Step(ClaimStep.ABANDON).event(LedgerEvent.ABANDONED, reason).ran().build();
	}

	/**
	 * The handler has run for the last time and nothing was charged.
	 * @param reason reason code
	 * @return the step
	 */
	public static ClaimChange exhausted(String reason) {
		return new Step(ClaimStep.EXHAUST).event(LedgerEvent.ABANDONED, reason).ran().build();
	}

	/**
	 * A repetition of an abandoned request begins.
	 * @return the step
	 */
	public static ClaimChange retrying() {
		return new Step(ClaimStep.RETRY).active(true).build();
	}

	/**
	 * A repetition of an abandoned request ends without another run of the handler.
	 * @return the step
	 */
	public static ClaimChange notRetried() {
		return new Step(ClaimStep.GIVE_BACK).build();
	}

	/**
	 * An identifier belongs to one payment. No request works on it, so that nothing needs
	 * to be renewed.
	 * @return the step
	 */
	public static ClaimChange bound() {
		return new Step(ClaimStep.BIND).build();
	}

	/**
	 * Return this step as it is recorded when its request has ended meanwhile.
	 * @return the step, after which no request works on the claim
	 */
	public ClaimChange late() {
		return new Step(this).active(false).build();
	}

	/**
	 * Return this step with an earlier end of the claim.
	 * @param earlier how much earlier the claim may be forgotten
	 * @return the step otherwise unchanged
	 */
	public ClaimChange shortened(Duration earlier) {
		return new Step(this).shortenedBy(earlier).build();
	}

	/**
	 * Return this settlement as one that a certain transfer is proved to back. Another
	 * transfer of the same transaction can back another claim then.
	 * @param transfer position of the transfer among the events of its transaction, or
	 * {@code null} if nothing proves which one it is
	 * @return the step otherwise unchanged
	 */
	public ClaimChange backedBy(@Nullable Integer transfer) {
		return new Step(this).transfer(transfer).build();
	}

	/**
	 * Return the step of the state machine.
	 * @return the step
	 */
	public ClaimStep step() {
		return this.step;
	}

	/**
	 * Return the state after the step.
	 * @return the state
	 */
	public ClaimState next() {
		return this.next;
	}

	/**
	 * Return whether the caller goes on to work on the claim.
	 * @return {@code true} if it does
	 */
	public boolean active() {
		return this.active;
	}

	/**
	 * Return whether this is one more attempt to settle or to deliver.
	 * @return {@code true} if it counts
	 */
	public boolean again() {
		return this.again;
	}

	/**
	 * Return whether the handler has run once more without a charge.
	 * @return {@code true} if it counts
	 */
	public boolean ran() {
		return this.ran;
	}

	/**
	 * Return the event of the ledger.
	 * @return the event, or {@code null} if this step writes no entry
	 */
	public @Nullable LedgerEvent event() {
		return this.event;
	}

	/**
	 * Return the reason code for the ledger.
	 * @return the code, or {@code null}
	 */
	public @Nullable String reason() {
		return this.reason;
	}

	/**
	 * Return the hash of a transaction that settles or may settle the claim, for the
	 * ledger.
	 * @return the hash, or {@code null}
	 */
	public @Nullable String transaction() {
		return this.transaction;
	}

	/**
	 * Return the receipt to keep.
	 * @return the receipt, or {@code null}
	 */
	public @Nullable SettlementResponse receipt() {
		return this.receipt;
	}

	/**
	 * Return what backs the settled claim and can back no other one.
	 * @return the transaction, followed by {@code #} and the position of the transfer
	 * where that is proved; {@code null} if the step settles nothing
	 */
	public @Nullable String backing() {
		String settling = (this.receipt != null && this.next == ClaimState.SETTLED) ? this.receipt.transactionOrNull()
				: null;
		return (settling != null && this.transfer != null) ? settling + "#" + this.transfer : settling;
	}

	/**
	 * Return whether a certain transfer is proved to back the claim. Its transaction
	 * backs no other claim by its name alone then.
	 * @return {@code false} if the transaction is all that is known
	 */
	public boolean isTransferProved() {
		return this.transfer != null;
	}

	/**
	 * Return the settle request to repeat should its outcome stay unknown, opaque and
	 * possibly encrypted.
	 * @return the request, or {@code null} if this step does not change it
	 */
	public byte @Nullable [] request() {
		return this.request;
	}

	/**
	 * Return the answer of the handler, opaque and possibly encrypted.
	 * @return the answer, empty if it was released and not kept, {@code null} if this
	 * step does not change it
	 */
	public byte @Nullable [] answer() {
		return this.answer;
	}

	/**
	 * Return how long to wait before an unknown outcome is reconciled.
	 * @return the time, or {@code null} for never
	 */
	public @Nullable Duration retryIn() {
		return this.retryIn;
	}

	/**
	 * Return how long the answer can be delivered again from now.
	 * @return the time, or {@code null} if this step does not change it
	 */
	public @Nullable Duration deliverableFor() {
		return this.deliverableFor;
	}

	/**
	 * Return how much earlier the claim may be forgotten than before.
	 * @return the time, zero if this step does not change it
	 */
	public Duration shortenedBy() {
		return this.shortenedBy;
	}

	/**
	 * Return whether the claim forgets its settle request.
	 * @return {@code true} once nothing is left to settle
	 */
	public boolean forgetsRequest() {
		return this.next == ClaimState.SETTLED || forgetsAnswer();
	}

	/**
	 * Return whether the claim forgets the answer of its handler.
	 * @return {@code true} if it will not be delivered
	 */
	public boolean forgetsAnswer() {
		return this.next == ClaimState.DECLINED || this.next == ClaimState.ABANDONED
				|| this.next == ClaimState.EXHAUSTED;
	}

	@Override
	public String toString() {
		return "ClaimChange[" + this.step + "]";
	}

	/**
	 * What a step mentions.
	 */
	private static final class Step {

		private final ClaimStep step;

		private boolean active;

		private boolean again;

		private boolean ran;

		private @Nullable LedgerEvent event;

		private @Nullable String reason;

		private @Nullable String transaction;

		private @Nullable SettlementResponse receipt;

		private @Nullable Integer transfer;

		private byte @Nullable [] request;

		private byte @Nullable [] answer;

		private @Nullable Duration retryIn;

		private @Nullable Duration deliverableFor;

		private Duration shortenedBy = Duration.ZERO;

		Step(ClaimStep step) {
			this.step = step;
		}

		Step(ClaimChange other) {
			this.step = other.step;
			this.active = other.active;
			this.again = other.again;
			this.ran = other.ran;
			this.event = other.event;
			this.reason = other.reason;
			this.transaction = other.transaction;
			this.receipt = other.receipt;
			this.transfer = other.transfer;
			this.request = other.request;
			this.answer = other.answer;
			this.retryIn = other.retryIn;
			this.deliverableFor = other.deliverableFor;
			this.shortenedBy = other.shortenedBy;
		}

		Step active(boolean active) {
			this.active = active;
			return this;
		}

		Step again() {
			this.again = true;
			return this;
		}

		Step ran() {
			this.ran = true;
			return this;
		}

		Step event(LedgerEvent event, @Nullable String reason) {
			this.event = event;
			this.reason = reason;
			return this;
		}

		Step transaction(@Nullable String transaction) {
			this.transaction = transaction;
			return this;
		}

		Step receipt(SettlementResponse receipt) {
			this.receipt = receipt;
			return this;
		}

		Step transfer(@Nullable Integer transfer) {
			this.transfer = transfer;
			return this;
		}

		Step request(byte @Nullable [] request) {
			this.request = request;
			return this;
		}

		Step answer(byte @Nullable [] answer) {
			this.answer = answer;
			return this;
		}

		Step retryIn(Duration retryIn) {
			this.retryIn = retryIn;
			return this;
		}

		Step deliverableFor(@Nullable Duration deliverableFor) {
			this.deliverableFor = deliverableFor;
			return this;
		}

		Step shortenedBy(Duration shortenedBy) {
			this.shortenedBy = shortenedBy;
			return this;
		}

		ClaimChange build() {
			return new ClaimChange(this);
		}

	}

}
