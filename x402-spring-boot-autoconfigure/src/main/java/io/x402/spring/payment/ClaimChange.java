package io.x402.spring.payment;

import java.time.Duration;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * One step of a claim. What a step does not mention stays as it is, except that a claim
 * that is settled or declined forgets the payment it would have asked about, and one that
 * is declined its answer too.
 *
 * @param next state after the step
 * @param active whether the caller goes on to work on the claim
 * @param event what the books are told, or {@code null} for nothing
 * @param reason reason code for the books, or {@code null}
 * @param transaction hash of a transaction that may settle the claim, for the books, or
 * {@code null}
 * @param receipt receipt to keep, or {@code null}
 * @param request what to ask a facilitator again should the outcome stay unknown, opaque
 * and possibly encrypted, or {@code null}
 * @param answer answer of the handler, opaque and possibly encrypted; empty if it was
 * released and not kept; {@code null} if this step does not tell
 * @param retryIn after which time to ask about an unknown outcome, {@code null} for never
 * @param deliverableFor how long the answer can be delivered again from now, or
 * {@code null}
 * @param again whether this is one more attempt
 */
public record ClaimChange(ClaimState next, boolean active, @Nullable LedgerEvent event, @Nullable String reason,
		@Nullable String transaction, @Nullable SettlementResponse receipt, byte @Nullable [] request,
		byte @Nullable [] answer, @Nullable Duration retryIn, @Nullable Duration deliverableFor, boolean again) {

	private static ClaimChange to(ClaimState next, boolean active, @Nullable LedgerEvent event) {
		return new ClaimChange(next, active, event, null, null, null, null, null, null, null, false);
	}

	/**
	 * The facilitator found the payment valid.
	 * @return the step
	 */
	public static ClaimChange verified() {
		return to(ClaimState.VERIFIED, true, LedgerEvent.VERIFIED);
	}

	/**
	 * The settle call is about to leave.
	 * @param request what is asked, or {@code null} if it is kept already
	 * @param answer what the buyer gets once it is settled, empty if it is not kept,
	 * {@code null} if there is none yet
	 * @return the step
	 */
	public static ClaimChange settling(byte @Nullable [] request, byte @Nullable [] answer) {
		return new ClaimChange(ClaimState.SETTLING, true, null, null, null, null, request, answer, null, null, false);
	}

	/**
	 * The settle call certainly did not leave and the answer of the handler is kept.
	 * @param reason reason code
	 * @return the step
	 */
	public static ClaimChange executed(String reason) {
		return new ClaimChange(ClaimState.EXECUTED, false, LedgerEvent.EXECUTED, reason, null, null, null, null, null,
				null, false);
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
		return new ClaimChange(ClaimState.SETTLED, active, LedgerEvent.SETTLED, null, receipt.transactionOrNull(),
				receipt, null, null, null, deliverableFor, false);
	}

	/**
	 * The money certainly did not and will not move.
	 * @param reason reason code
	 * @param receipt the failure receipt
	 * @return the step
	 */
	public static ClaimChange declined(String reason, SettlementResponse receipt) {
		return new ClaimChange(ClaimState.DECLINED, false, LedgerEvent.DECLINED, reason, null, receipt, null, null,
				null, null, false);
	}

	/**
	 * It is not known whether the money moved.
	 * @param transaction hash of a transaction that may settle, or {@code null}
	 * @param retryIn when to ask again
	 * @return the step
	 */
	public static ClaimChange pending(@Nullable String transaction, Duration retryIn) {
		return new ClaimChange(ClaimState.PENDING, false, LedgerEvent.PENDING, null, transaction, null, null, null,
				retryIn, null, false);
	}

	/**
	 * It is still not known whether the money moved.
	 * @param retryIn when to ask again
	 * @return the step
	 */
	public static ClaimChange stillPending(Duration retryIn) {
		return new ClaimChange(ClaimState.PENDING, false, null, null, null, null, null, null, retryIn, null, false);
	}

	/**
	 * It cannot be found out any more whether the money moved.
	 * @return the step
	 */
	public static ClaimChange unresolved() {
		return to(ClaimState.PENDING, false, LedgerEvent.UNRESOLVED);
	}

	/**
	 * The handler of a settled claim runs again, for free.
	 * @return the step
	 */
	public static ClaimChange rerunning() {
		return new ClaimChange(ClaimState.SETTLED, true, LedgerEvent.REDELIVERED, null, null, null, null, null, null,
				null, true);
	}

	/**
	 * The handler of a settled claim has ended.
	 * @param answer its answer, empty if it was released and is not kept, {@code null} if
	 * none was released
	 * @return the step
	 */
	public static ClaimChange answered(byte @Nullable [] answer) {
		return new ClaimChange(ClaimState.SETTLED, false, null, null, null, null, null, answer, null, null, false);
	}

	@Override
	public String toString() {
		return "ClaimChange[" + this.next + "]";
	}

}
