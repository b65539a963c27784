/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The attempts to send one payment for one call. It is always the same payment: after a
 * timeout, a broken connection or a response that leaves its outcome open it is sent
 * again, a few times, and then kept. A response that asks for another payment gets none,
 * unless this one is of an earlier call and has expired: then no one can settle it any
 * more, and a seller that could deliver for it would.
 * <p>
 * The payment can be had by handing it over only, and what was handed over may have
 * arrived: HTTP clients repeat requests by themselves, so no exception, not even a
 * refused connection, proves the opposite. The one proof that it was not sent is that it
 * was not handed over.
 */
final class PaymentAttempts {

	/**
	 * Request timeout, conflict, too early, too many requests, bad gateway, unavailable,
	 * gateway timeout.
	 */
	private static final Set<Integer> UNDECIDED = Set.of(408, 409, 425, 429, 502, 503, 504);

	private static final int PAYMENT_REQUIRED = 402;

	private static final String PENDING = "settlement_pending";

	private final OpenPayments payments;

	private final SignedPayment payment;

	private final List<SignedPayment> renewed;

	private final boolean expired;

	private final AtomicReference<State> state;

	private volatile Purchase purchase;

	/**
	 * Create the attempts.
	 * @param payments is told the outcome
	 * @param payment the payment
	 * @param sentBefore whether an earlier call sent it already
	 * @param renewed the payment that this call sent before and the seller asked to
	 * replace, or {@code null} if there is none
	 */
	PaymentAttempts(OpenPayments payments, SignedPayment payment, boolean sentBefore,
			@Nullable PaymentAttempts renewed) {
		this.payments = payments;
		this.payment = payment;
		this.renewed = (renewed != null) ? renewed.renewed() : List.of();
		this.expired = sentBefore && payments.clock().isPast(payment.end());
		this.state = new AtomicReference<>(sentBefore ? State.HANDED_OVER : State.SIGNED);
		this.purchase = payment.purchase().answered(0, 0, null);
	}

	/**
	 * Hand the payment over to an HTTP exchange. From now on it may have arrived.
	 * @param headers headers of the request, which the payment is added to
	 * @return whether it was handed over; not if the call has ended
	 */
	boolean handOver(HttpHeaders headers) {
		String value = handOver();
		if (value != null) {
			headers.set(MachineCredential.header(this.payment.header(), headers), value);
		}
		return value != null;
	}

	/**
	 * Hand the payment over to whatever sends it. From now on it may have arrived.
	 * @return base64 of the payment, or {@code null} if the call has ended
	 */
	@Nullable String handOver() {
		State before = this.state.getAndUpdate((current) -> (current == State.SIGNED) ? State.HANDED_OVER : current);
		if (before == State.SIGNED) {
			this.payments.replaced(this.renewed);
		}
		return (before == State.SIGNED || before == State.HANDED_OVER) ? this.payment.value() : null;
	}

	/**
	 * Return the payments that another one may replace, those of which this call sent
	 * before and this one.
	 */
	List<SignedPayment> renewed() {
		return Stream.concat(this.renewed.stream(), Stream.of(this.payment)).toList();
	}

	Purchase purchase() {
		return this.purchase;
	}

	/**
	 * Return whether a response cannot be judged without its content, because it may ask
	 * for another payment in place of one that has expired.
	 * @param status its status
	 * @return whether {@link Renewals} must judge its content
	 */
	boolean mayBeRenewed(int status) {
		return this.expired && status == PAYMENT_REQUIRED;
	}

	/**
	 * Judge a response. If it is one that delivers, the outcome is open until
	 * {@link #read()} or {@link #broken()}.
	 * @param status its status
	 * @param headers its headers
	 * @param renewal what it says about a payment that has expired
	 * @return what comes next
	 */
	NextStep answered(int status, HttpHeaders headers, Renewal renewal) {
		return answered(status, this.payments.receipts().read(headers), headers.getFirst(HttpHeaders.RETRY_AFTER),
				renewal);
	}

	/**
	 * Judge a response of a tool. If it is one that delivers, the outcome is open until
	 * {@link #read()} or {@link #broken()}.
	 * @param status the HTTP status that stands for the response
	 * @param receipt JSON of the receipt, empty if there is none
	 * @param renewal what it says about a payment that has expired
	 * @return what comes next
	 */
	NextStep answered(int status, byte[] receipt, Renewal renewal) {
		return answered(status, this.payments.receipts().read(receipt), null, renewal);
	}

	private NextStep answered(int status, @Nullable SettlementResponse claimed, @Nullable String retryAfter,
			Renewal renewal) {
		SettlementResponse receipt = this.payment.harmless(claimed);
		this.purchase = this.purchase.answered(this.purchase.attempts() + 1, status, receipt);
		boolean undecided = UNDECIDED.contains(status)
				|| (status >= 400 && receipt != null && PENDING.equals(receipt.errorReason()));
		if (undecided && mayTryAgain()) {
			return NextStep.again(wait(retryAfter));
		}
		if (renewal != Renewal.NONE && mayBeRenewed(status) && !undecided) {
			return replace(renewal);
		}
		if (undecided || isElsewhere(status, receipt) || (status >= 400 && isPaid(receipt))) {
			keep(new PurchaseEvent.Undecided(this.purchase));
		}
		else if (status >= 400) {
			keep(new PurchaseEvent.Declined(this.purchase));
		}
		return NextStep.DONE;
	}

	private NextStep replace(Renewal renewal) {
		boolean asked = renewal == Renewal.ASKED;
		State before = this.state
			.getAndUpdate((current) -> current.ended ? current : asked ? State.RENEWED : State.REFUSED);
		if (before.ended) {
			return NextStep.DONE;
		}
		if (asked) {
			this.payments.keep(this.payment, new PurchaseEvent.Declined(this.purchase));
			return NextStep.RENEWED;
		}
		this.payments.refused(this.payment, this.purchase);
		return NextStep.DONE;
	}

	/** A redirect sells nothing unless the seller says that it was paid for. */
	private static boolean isElsewhere(int status, @Nullable SettlementResponse receipt) {
		return status < 200 || (status >= 300 && status < 400 && !isPaid(receipt));
	}

	private static boolean isPaid(@Nullable SettlementResponse receipt) {
		return receipt != null && receipt.success();
	}

	/**
	 * Judge a failure to get a response.
	 * @param failure what happened
	 * @return what comes next
	 */
	NextStep failed(Throwable failure) {
		this.purchase = this.purchase.answered(this.purchase.attempts() + 1, 0, null);
		if (isOfTheConnection(failure) && mayTryAgain()) {
			return NextStep.again(this.payments.settings().retryWait());
		}
		broken();
		return NextStep.DONE;
	}

	/**
	 * Return whether the response may still deliver.
	 * @return whether the outcome is open
	 */
	boolean isOpen() {
		return !this.state.get().ended;
	}

	/**
	 * Return whether the seller asks for another payment in place of this one.
	 * @return whether another one may be made
	 */
	boolean isRenewed() {
		return this.state.get() == State.RENEWED;
	}

	/** The content of the response is about to be read: what follows decides. */
	void reading() {
		this.state.compareAndSet(State.HANDED_OVER, State.READING);
	}

	/** The content was read to its end. */
	void read() {
		State before = this.state.getAndUpdate((current) -> current.decided ? current : State.DELIVERED);
		if (!before.ended) {
			this.payments.delivered(this.payment, this.purchase);
		}
		else if (before == State.KEPT) {
			this.payments.deliveredLate(this.payment);
		}
	}

	/** There is no more to come, and the outcome is unknown. */
	void broken() {
		if (this.state.compareAndSet(State.SIGNED, State.NOT_SENT)) {
			this.payments.notSent(this.payment, this.purchase);
		}
		else {
			keep(new PurchaseEvent.Undecided(this.purchase));
		}
	}

	/** The call has ended. The outcome is unknown unless its content is being read. */
	void left() {
		if (this.state.get() != State.READING) {
			broken();
		}
	}

	private void keep(PurchaseEvent event) {
		State before = this.state.getAndUpdate((current) -> current.ended ? current : State.KEPT);
		if (!before.ended) {
			this.payments.keep(this.payment, event);
		}
	}

	private boolean mayTryAgain() {
		return isOpen() && this.purchase.attempts() < this.payments.settings().maxAttempts();
	}

	private static boolean isOfTheConnection(Throwable failure) {
		int depth = 0;
		for (Throwable cause = failure; cause != null && depth < 10; cause = cause.getCause(), depth++) {
			if (cause instanceof IOException || cause instanceof TimeoutException) {
				return true;
			}
		}
		return false;
	}

	private Duration wait(@Nullable String retryAfter) {
		Duration asked = (retryAfter != null) ? parse(retryAfter.strip()) : null;
		Duration most = this.payments.settings().maxRetryWait();
		Duration wait = (asked != null && !asked.isNegative()) ? asked : this.payments.settings().retryWait();
		return (wait.compareTo(most) > 0) ? most : wait;
	}

	private @Nullable Duration parse(String retryAfter) {
		try {
			if (retryAfter.chars().allMatch((c) -> c >= '0' && c <= '9') && retryAfter.length() <= 9) {
				return Duration.ofSeconds(Long.parseLong(retryAfter));
			}
			Instant time = ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
			return Duration.between(this.payments.clock().now(), time);
		}
		catch (DateTimeParseException | NumberFormatException ex) {
			return null;
		}
	}

	/**
	 * Where the payment is.
	 */
	private enum State {

		/** Nowhere but here. */
		SIGNED(false, false),

		/** It may have arrived. */
		HANDED_OVER(false, false),

		/** The content of a response that delivers is being read. */
		READING(false, false),

		/** The content was read. */
		DELIVERED(true, true),

		/** The outcome is unknown, the payment waits for the next call. */
		KEPT(true, false),

		/** It has expired, and the seller asks for another one. */
		RENEWED(true, true),

		/** It has expired, and the seller refuses it without asking for another one. */
		REFUSED(true, true),

		/** It certainly did not arrive. */
		NOT_SENT(true, true);

		private final boolean ended;

		private final boolean decided;

		State(boolean ended, boolean decided) {
			this.ended = ended;
			this.decided = decided;
		}

	}

}
