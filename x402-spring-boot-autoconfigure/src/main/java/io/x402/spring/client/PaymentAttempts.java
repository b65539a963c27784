package io.x402.spring.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The attempts to send one payment for one call. It is always the same payment: after a
 * timeout, a broken connection or an answer that leaves its outcome open it is sent
 * again, a few times, and then kept. An answer that asks for another payment gets none.
 */
final class PaymentAttempts {

	/** Conflict, too many requests, bad gateway, unavailable, gateway timeout. */
	private static final Set<Integer> UNDECIDED = Set.of(409, 429, 502, 503, 504);

	private static final String PENDING = "settlement_pending";

	private final Payer payer;

	private final SignedPayment payment;

	private Purchase purchase;

	private boolean mayHaveArrived;

	private final AtomicBoolean ended = new AtomicBoolean();

	/**
	 * Create the attempts.
	 * @param payer is told the outcome
	 * @param payment the payment
	 * @param sentBefore whether an earlier call sent it already
	 */
	PaymentAttempts(Payer payer, SignedPayment payment, boolean sentBefore) {
		this.payer = payer;
		this.payment = payment;
		this.mayHaveArrived = sentBefore;
		this.purchase = payment.purchase().answered(0, 0, null);
	}

	/**
	 * Add the payment to a request.
	 * @param headers headers of the request
	 */
	void addTo(HttpHeaders headers) {
		headers.set(this.payment.header(), this.payment.value());
	}

	Purchase purchase() {
		return this.purchase;
	}

	/**
	 * Judge an answer. If it is one that delivers, the outcome is open until
	 * {@link #read()} or {@link #broken()}.
	 * @param status its status
	 * @param headers its headers
	 * @return what comes next
	 */
	NextStep answered(int status, HttpHeaders headers) {
		this.mayHaveArrived = true;
		SettlementResponse receipt = this.payment.harmless(this.payer.receipts().read(headers));
		this.purchase = this.purchase.answered(this.purchase.attempts() + 1, status, receipt);
		boolean undecided = UNDECIDED.contains(status)
				|| (status >= 400 && receipt != null && PENDING.equals(receipt.errorReason()));
		if (undecided && mayTryAgain()) {
			return NextStep.again(wait(headers.getFirst(HttpHeaders.RETRY_AFTER)));
		}
		if (undecided) {
			keep(new PurchaseEvent.Undecided(this.purchase));
		}
		else if (status >= 400) {
			keep(new PurchaseEvent.Declined(this.purchase));
		}
		return NextStep.DONE;
	}

	/**
	 * Judge a failure to get an answer.
	 * @param failure what happened
	 * @return what comes next
	 */
	NextStep failed(Throwable failure) {
		this.mayHaveArrived |= !isBeforeSending(failure);
		this.purchase = this.purchase.answered(this.purchase.attempts() + 1, 0, null);
		if (isOfTheConnection(failure) && mayTryAgain()) {
			return NextStep.again(this.payer.settings().retryWait());
		}
		broken();
		return NextStep.DONE;
	}

	/** The answer that delivers was read to its end. */
	void read() {
		if (this.ended.compareAndSet(false, true)) {
			this.payer.delivered(this.purchase);
		}
	}

	/** There is no more to come, and nobody knows the outcome. */
	void broken() {
		if (!this.mayHaveArrived && this.ended.compareAndSet(false, true)) {
			this.payer.notSent(this.payment, this.purchase);
		}
		keep(new PurchaseEvent.Undecided(this.purchase));
	}

	private void keep(PurchaseEvent event) {
		if (this.ended.compareAndSet(false, true)) {
			this.payer.keep(this.payment, event);
		}
	}

	private boolean mayTryAgain() {
		return this.purchase.attempts() < this.payer.settings().maxAttempts();
	}

	private static boolean isOfTheConnection(Throwable failure) {
		return causeOf(failure, IOException.class) || causeOf(failure, TimeoutException.class);
	}

	private static boolean isBeforeSending(Throwable failure) {
		return causeOf(failure, ConnectException.class) || causeOf(failure, UnknownHostException.class)
				|| causeOf(failure, NoRouteToHostException.class)
				|| causeOf(failure, HttpConnectTimeoutException.class);
	}

	private static boolean causeOf(Throwable failure, Class<? extends Throwable> type) {
		int depth = 0;
		for (Throwable cause = failure; cause != null && depth < 10; cause = cause.getCause(), depth++) {
			if (type.isInstance(cause)) {
				return true;
			}
		}
		return false;
	}

	private Duration wait(@Nullable String retryAfter) {
		Duration asked = (retryAfter != null) ? parse(retryAfter) : null;
		Duration most = this.payer.settings().maxRetryWait();
		Duration wait = (asked != null && !asked.isNegative()) ? asked : this.payer.settings().retryWait();
		return (wait.compareTo(most) > 0) ? most : wait;
	}

	private @Nullable Duration parse(String retryAfter) {
		try {
			if (retryAfter.chars().allMatch((c) -> c >= '0' && c <= '9') && retryAfter.length() <= 9) {
				return Duration.ofSeconds(Long.parseLong(retryAfter));
			}
			Instant time = ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
			return Duration.between(this.payer.clock().instant(), time);
		}
		catch (DateTimeParseException | NumberFormatException ex) {
			return null;
		}
	}

}
