/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim.Holder;
import io.x402.spring.store.Claim.Progress;
import org.jspecify.annotations.Nullable;

/**
 * One step of a claim. What a step does not mention stays as it is, except that a claim
 * that is settled, declined, abandoned or exhausted forgets the payment it would have
 * asked about, and one of the last three its response too; and that a claim is kept
 * {@linkplain Claim#KEPT_IN_DOUBT longer} from the moment its settle request leaves.
 *
 * @since 0.1.0
 */
public final class ClaimChange {

	private final Values values;

	private ClaimChange(Values values) {
		this.values = values;
	}

	/**
	 * The facilitator found the payment valid.
	 * @return the step
	 */
	public static ClaimChange verified() {
		return new Values(ClaimStep.VERIFY).active(true).event(LedgerEvent.VERIFIED, null).build();
	}

	/**
	 * The settle request is about to leave.
	 * @param request the settle request, opaque and possibly encrypted
	 * @param response the response that the buyer gets once it is settled
	 * @return the step
	 */
	public static ClaimChange settling(byte[] request, ResponseRecord response) {
		return new Values(ClaimStep.SETTLE).active(true).request(request).response(response).build();
	}

	/**
	 * The settle request that is stored already is about to leave.
	 * @return the step
	 */
	public static ClaimChange settlingAgain() {
		return new Values(ClaimStep.SETTLE).active(true).build();
	}

	/**
	 * The settlement was certainly not executed and the response of the handler is kept.
	 * @param reason reason code
	 * @return the step
	 */
	public static ClaimChange executed(String reason) {
		return new Values(ClaimStep.EXECUTE).event(LedgerEvent.EXECUTED, reason).build();
	}

	/**
	 * The money moved.
	 * @param receipt the receipt
	 * @param deliverableFor how long the response can be delivered again, {@code null} if
	 * it can not
	 * @param active whether the handler has yet to run
	 * @return the step
	 */
	public static ClaimChange settled(SettlementResponse receipt, @Nullable Duration deliverableFor, boolean active) {
		return new Values(ClaimStep.COMPLETE).active(active)
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
		return new Values(ClaimStep.DECLINE).event(LedgerEvent.DECLINED, reason).receipt(receipt).build();
	}

	/**
	 * The payment was found invalid and will not be verified again.
	 * @return the step
	 */
	public static ClaimChange rejected() {
		return new Values(ClaimStep.DECLINE).build();
	}

	/**
	 * A person says that the money moved, and a probe or the facilitator has seen it.
	 * @param receipt the receipt, with a transaction
	 * @param deliverableFor how long the response can be delivered again, {@code null} if
	 * it can not
	 * @param note who says so, and why
	 * @return the step
	 * @since 0.2.0
	 */
	public static ClaimChange confirmed(SettlementResponse receipt, @Nullable Duration deliverableFor, String note) {
		return new Values(ClaimStep.CONFIRM).event(LedgerEvent.SETTLED, null)
			.receipt(receipt)
			.transaction(receipt.transactionOrNull())
			.deliverableFor(deliverableFor)
			.note(note)
			.build();
	}

	/**
	 * A person says that the money did not move, after the authorization has ended.
	 * @param reason reason code
	 * @param receipt the failure receipt
	 * @param note who says so, and why
	 * @return the step
	 * @since 0.2.0
	 */
	public static ClaimChange dismissed(String reason, SettlementResponse receipt, String note) {
		return new Values(ClaimStep.DISMISS).event(LedgerEvent.DECLINED, reason).receipt(receipt).note(note).build();
	}

	/**
	 * It is not known whether the money moved.
	 * @param transaction hash of a transaction that may settle, or {@code null}
	 * @param retryIn when to ask again
	 * @return the step
	 */
	public static ClaimChange pending(@Nullable String transaction, Duration retryIn) {
		return new Values(ClaimStep.SUSPEND).event(LedgerEvent.PENDING, null)
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
		return new Values(ClaimStep.SUSPEND).retryIn(retryIn).build();
	}

	/**
	 * It is not known whether the money moved, and the authorization is over by the clock
	 * of this instance.
	 * @param retryIn when to ask again, in case that a facilitator or a clock was wrong
	 * @return the step
	 */
	public static ClaimChange unresolved(Duration retryIn) {
		return new Values(ClaimStep.SUSPEND).event(LedgerEvent.UNRESOLVED, null).retryIn(retryIn).build();
	}

	/**
	 * A reconciler takes the claim from whoever worked on it.
	 * @return the step
	 */
	public static ClaimChange taken() {
		return new Values(ClaimStep.TAKE).again().build();
	}

	/**
	 * The handler of a settled claim runs again, for free.
	 * @return the step
	 */
	public static ClaimChange rerunning() {
		return new Values(ClaimStep.RERUN).active(true).event(LedgerEvent.REDELIVERED, null).again().build();
	}

	/**
	 * The handler of a settled claim has ended.
	 * @param response its response
	 * @return the step
	 */
	public static ClaimChange answered(ResponseRecord response) {
		return new Values(ClaimStep.ANSWER).response(response).build();
	}

	/**
	 * The handler has run once more, nothing was charged, and a repetition may run it
	 * again.
	 * @param reason reason code
	 * @return the step
	 */
	public static ClaimChange abandoned(String reason) {
		return new Values(ClaimStep.ABANDON).event(LedgerEvent.ABANDONED, reason).ran().build();
	}

	/**
	 * The handler has run for the last time and nothing was charged.
	 * @param reason reason code
	 * @return the step
	 */
	public static ClaimChange exhausted(String reason) {
		return new Values(ClaimStep.EXHAUST).event(LedgerEvent.ABANDONED, reason).ran().build();
	}

	/**
	 * A repetition of an abandoned request begins.
	 * @return the step
	 */
	public static ClaimChange retrying() {
		return new Values(ClaimStep.RETRY).active(true).build();
	}

	/**
	 * A repetition of an abandoned request ends without another run of the handler.
	 * @return the step
	 */
	public static ClaimChange notRetried() {
		return new Values(ClaimStep.GIVE_BACK).build();
	}

	/**
	 * An identifier belongs to one payment. No request works on it, so that nothing needs
	 * to be renewed.
	 * @return the step
	 */
	public static ClaimChange bound() {
		return new Values(ClaimStep.BIND).build();
	}

	/**
	 * Return this step as it is recorded when its request has ended meanwhile.
	 * @return the step, after which no request works on the claim
	 */
	public ClaimChange late() {
		return new Values(this.values).active(false).build();
	}

	/**
	 * Return this step with an earlier end of the claim.
	 * @param earlier how much earlier the claim may be forgotten
	 * @return the step otherwise unchanged
	 */
	public ClaimChange shortened(Duration earlier) {
		return new Values(this.values).shortenedBy(earlier).build();
	}

	/**
	 * Return this step with a later end of the claim.
	 * @param later how much longer the claim is kept
	 * @return the step otherwise unchanged
	 * @since 0.2.0
	 */
	public ClaimChange prolonged(Duration later) {
		return shortened(later.negated());
	}

	/**
	 * Return this settlement as one that a certain transfer is proved to back. Another
	 * transfer of the same transaction can back another claim then.
	 * @param transfer position of the transfer among the events of its transaction, or
	 * {@code null} if nothing proves which one it is
	 * @return the step otherwise unchanged
	 */
	public ClaimChange backedBy(@Nullable Integer transfer) {
		return new Values(this.values).transfer(transfer).build();
	}

	/**
	 * Take this step. The one place that says what becomes of a claim.
	 * @param claim the claim as it is before
	 * @return its next version
	 * @throws IllegalStateException if a claim in this state has no such step
	 */
	public Claim applyTo(Claim claim) {
		step().check(claim);
		Progress before = claim.progress();
		boolean settled = next() == ClaimState.SETTLED;
		Progress after = new Progress(next(), attemptsAfter(before), ran() ? before.runs() + 1 : before.runs(),
				settled && (deliverableFor() != null || before.deliverable()),
				(receipt() != null) ? receipt() : before.receipt());
		return new Claim(claim.claimed().expiringAt(endAfter(claim)), claim.owner(), claim.version() + 1,
				active() ? Holder.PRESENT : Holder.NONE, after);
	}

	/**
	 * The money may move as soon as the settle request leaves, and the instance that
	 * knows more may be gone. Who finds out the outcome of a pending claim says how long
	 * to keep it from then on.
	 */
	private Instant endAfter(Claim claim) {
		Instant end = claim.expiresAt().minus(shortenedBy());
		if (next() == ClaimState.SETTLING) {
			return end.plus(Claim.KEPT_IN_DOUBT);
		}
		boolean known = claim.state() == ClaimState.SETTLING && next() != ClaimState.PENDING;
		return known ? end.minus(Claim.KEPT_IN_DOUBT) : end;
	}

	private int attemptsAfter(Progress before) {
		if (next() == ClaimState.SETTLED && before.state() != ClaimState.SETTLED) {
			return 0;
		}
		return again() ? before.attempts() + 1 : before.attempts();
	}

	/**
	 * Return the step of the state machine.
	 * @return the step
	 */
	public ClaimStep step() {
		return this.values.step;
	}

	/**
	 * Return the state after the step.
	 * @return the state
	 */
	public ClaimState next() {
		return Objects.requireNonNull(this.values.step.to());
	}

	/**
	 * Return whether the caller goes on to work on the claim.
	 * @return {@code true} if it does
	 */
	public boolean active() {
		return this.values.active;
	}

	/**
	 * Return whether this is one more attempt to settle or to deliver.
	 * @return {@code true} if it counts
	 */
	public boolean again() {
		return this.values.again;
	}

	/**
	 * Return whether the handler has run once more without a charge.
	 * @return {@code true} if it counts
	 */
	public boolean ran() {
		return this.values.ran;
	}

	/**
	 * Return the event of the ledger.
	 * @return the event, or {@code null} if this step writes no entry
	 */
	public @Nullable LedgerEvent event() {
		return this.values.event;
	}

	/**
	 * Return the reason code for the ledger.
	 * @return the code, or {@code null}
	 */
	public @Nullable String reason() {
		return this.values.reason;
	}

	/**
	 * Return who took the step by hand and why, for the ledger.
	 * @return the note, or {@code null} for a step that no person took
	 * @since 0.2.0
	 */
	public @Nullable String note() {
		return this.values.note;
	}

	/**
	 * Return the hash of a transaction that settles or may settle the claim, for the
	 * ledger.
	 * @return the hash, or {@code null}
	 */
	public @Nullable String transaction() {
		return this.values.transaction;
	}

	/**
	 * Return the receipt to keep.
	 * @return the receipt, or {@code null}
	 */
	public @Nullable SettlementResponse receipt() {
		return this.values.receipt;
	}

	/**
	 * Return what backs the settled claim and can back no other one.
	 * @return the transaction, followed by {@code #} and the position of the transfer
	 * where that is proved; {@code null} if the step settles nothing
	 */
	public @Nullable String backing() {
		String settling = (this.values.receipt != null && next() == ClaimState.SETTLED)
				? this.values.receipt.transactionOrNull() : null;
		return (settling != null && this.values.transfer != null) ? settling + "#" + this.values.transfer : settling;
	}

	/**
	 * Return whether a certain transfer is proved to back the claim. Its transaction
	 * backs no other claim by its name alone then.
	 * @return {@code false} if the transaction is all that is known
	 */
	public boolean isTransferProved() {
		return this.values.transfer != null;
	}

	/**
	 * Return the settle request to repeat should its outcome stay unknown, opaque and
	 * possibly encrypted.
	 * @return the request, or {@code null} if this step does not change it
	 */
	public byte @Nullable [] request() {
		return this.values.request;
	}

	/**
	 * Return the response of the handler.
	 * @return the response, {@link ResponseRecord.None} if this step does not change it
	 */
	public ResponseRecord response() {
		return this.values.response;
	}

	/**
	 * Return how long to wait before an unknown outcome is reconciled.
	 * @return the time, or {@code null} for never
	 */
	public @Nullable Duration retryIn() {
		return this.values.retryIn;
	}

	/**
	 * Return how long the response can be delivered again from now.
	 * @return the time, or {@code null} if this step does not change it
	 */
	public @Nullable Duration deliverableFor() {
		return this.values.deliverableFor;
	}

	/**
	 * Return how much earlier the claim may be forgotten than before.
	 * @return the time, zero if this step does not change it, negative if it is kept
	 * longer
	 */
	public Duration shortenedBy() {
		return this.values.shortenedBy;
	}

	/**
	 * Return whether the claim forgets its settle request.
	 * @return {@code true} once nothing is left to settle
	 */
	public boolean forgetsRequest() {
		return next() == ClaimState.SETTLED || forgetsResponse();
	}

	/**
	 * Return whether the claim forgets the response of its handler.
	 * @return {@code true} if it will not be delivered
	 */
	public boolean forgetsResponse() {
		return next() == ClaimState.DECLINED || next() == ClaimState.ABANDONED || next() == ClaimState.EXHAUSTED;
	}

	@Override
	public String toString() {
		return "ClaimChange[" + this.values.step + "]";
	}

	/**
	 * What a step mentions.
	 */
	private static final class Values {

		private final ClaimStep step;

		private boolean active;

		private boolean again;

		private boolean ran;

		private @Nullable LedgerEvent event;

		private @Nullable String reason;

		private @Nullable String note;

		private @Nullable String transaction;

		private @Nullable SettlementResponse receipt;

		private @Nullable Integer transfer;

		private byte @Nullable [] request;

		private ResponseRecord response = ResponseRecord.none();

		private @Nullable Duration retryIn;

		private @Nullable Duration deliverableFor;

		private Duration shortenedBy = Duration.ZERO;

		Values(ClaimStep step) {
			this.step = step;
		}

		Values(Values other) {
			this.step = other.step;
			this.active = other.active;
			this.again = other.again;
			this.ran = other.ran;
			this.event = other.event;
			this.reason = other.reason;
			this.note = other.note;
			this.transaction = other.transaction;
			this.receipt = other.receipt;
			this.transfer = other.transfer;
			this.request = other.request;
			this.response = other.response;
			this.retryIn = other.retryIn;
			this.deliverableFor = other.deliverableFor;
			this.shortenedBy = other.shortenedBy;
		}

		Values active(boolean active) {
			this.active = active;
			return this;
		}

		Values again() {
			this.again = true;
			return this;
		}

		Values ran() {
			this.ran = true;
			return this;
		}

		Values event(LedgerEvent event, @Nullable String reason) {
			this.event = event;
			this.reason = reason;
			return this;
		}

		Values note(String note) {
			this.note = note;
			return this;
		}

		Values transaction(@Nullable String transaction) {
			this.transaction = transaction;
			return this;
		}

		Values receipt(SettlementResponse receipt) {
			this.receipt = receipt;
			return this;
		}

		Values transfer(@Nullable Integer transfer) {
			this.transfer = transfer;
			return this;
		}

		Values request(byte[] request) {
			this.request = request;
			return this;
		}

		Values response(ResponseRecord response) {
			this.response = response;
			return this;
		}

		Values retryIn(Duration retryIn) {
			this.retryIn = retryIn;
			return this;
		}

		Values deliverableFor(@Nullable Duration deliverableFor) {
			this.deliverableFor = deliverableFor;
			return this;
		}

		Values shortenedBy(Duration shortenedBy) {
			this.shortenedBy = shortenedBy;
			return this;
		}

		ClaimChange build() {
			return new ClaimChange(this);
		}

	}

}
