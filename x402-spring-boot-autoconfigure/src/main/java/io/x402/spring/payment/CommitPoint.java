/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.function.Supplier;

import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.ResponseRecord;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the response of one paid request: whether it is billable and complete,
 * when its payment is settled, what is stored, and what becomes of a transaction that is
 * bound to it. Knows no transport; a transport holds the response, says what has become
 * of it and does what the verdict says. A response is complete, and stored as final, only
 * when its handler and everything around it have ended well. A response that cannot be
 * held so long is settled ahead.
 *
 * @since 0.1.0
 */
public final class CommitPoint {

	private static final Log logger = LogFactory.getLog(CommitPoint.class);

	private static final int SWITCHING_PROTOCOLS = 101;

	private static final int OK = 200;

	private static final int ERROR = 400;

	private static final int END = 600;

	private static final int NOT_MODIFIED = 304;

	private static final int NOT_ACCEPTABLE = 406;

	private static final int PRECONDITION_FAILED = 412;

	private static final int RANGE_NOT_SATISFIABLE = 416;

	private final PaymentExchange exchange;

	private final @Nullable BoundTransaction transaction;

	private volatile boolean released;

	private volatile boolean ran = true;

	/**
	 * Create a commit point.
	 * @param exchange the payment
	 * @param transaction the transaction that is bound to it, or {@code null}
	 */
	public CommitPoint(PaymentExchange exchange, @Nullable BoundTransaction transaction) {
		this.exchange = exchange;
		this.transaction = transaction;
	}

	/**
	 * Return the payment.
	 * @return the exchange
	 */
	public PaymentExchange exchange() {
		return this.exchange;
	}

	/**
	 * Return whether a part of the response may be released before all of it is known.
	 * @return {@code false} if a transaction is bound to the payment
	 */
	public boolean maySettleAhead() {
		return this.transaction == null;
	}

	/**
	 * Return whether the payment is settled and the response passes.
	 * @return {@code true} after {@link Verdict.Release}
	 */
	public boolean isReleased() {
		return this.released;
	}

	/**
	 * Decide about a response that cannot be held any longer.
	 * @param progress what has become of the response so far
	 * @return what to do
	 */
	public Verdict releaseEarly(Progress progress) {
		if (this.transaction != null) {
			abandon(Abandonment.SELLER_FAILURE);
			return new Verdict.Fail();
		}
		if (!delivers(progress.status())) {
			return uncharged(progress.status());
		}
		if (progress.failed() || progress.isTooLong()) {
			abandon(Abandonment.SELLER_FAILURE);
			return new Verdict.Fail();
		}
		return releaseIfPaid(ResponseRecord.none());
	}

	/**
	 * Decide at the end of the dispatch, which has ended well as far as the transport
	 * knows.
	 * @param progress what has become of the response
	 * @param response writes down the complete response, stored or not; called if it is
	 * complete
	 * @return what to do; {@link Verdict.Fail} for a response that was released already
	 * says that its end must not look like one
	 */
	public Verdict end(Progress progress, Supplier<ResponseRecord> response) {
		if (!this.released && !delivers(progress.status())) {
			return uncharged(progress.status());
		}
		if (!progress.isComplete()) {
			abandon(Abandonment.SELLER_FAILURE);
			return new Verdict.Fail();
		}
		if (!this.released && !this.ran && progress.writtenLength() == 0) {
			// An empty response in place of the handler, such as a redirect to a login
			return uncharged(progress.status());
		}
		if (this.released) {
			this.exchange.complete(response.get());
			return new Verdict.Release();
		}
		return (this.transaction != null) ? settleAndCommit(this.transaction, response.get())
				: releaseIfPaid(response.get());
	}

	/**
	 * A response that is not stored counts as delivered only once it has left.
	 */
	private Verdict releaseIfPaid(ResponseRecord response) {
		PaymentRefusal refusal;
		try {
			refusal = response.isStored() ? this.exchange.complete(response) : this.exchange.settleAhead();
		}
		catch (IllegalStateException ex) {
			if (!this.exchange.isEnded()) {
				throw ex;
			}
			// The transport lost the request while it was deciding
			return new Verdict.Fail();
		}
		if (refusal != null) {
			return new Verdict.Refuse(refusal);
		}
		this.released = true;
		return new Verdict.Release();
	}

	private Verdict settleAndCommit(BoundTransaction transaction, ResponseRecord response) {
		try {
			transaction.prepare();
		}
		catch (RuntimeException ex) {
			logger.error("A payment was not settled because the transaction of its handler cannot be committed", ex);
			abandon(Abandonment.SELLER_FAILURE);
			return new Verdict.Fail();
		}
		PaymentRefusal refusal = this.exchange.settleAhead();
		if (refusal != null) {
			transaction.rollBackOnly();
			return new Verdict.Refuse(refusal);
		}
		try {
			transaction.commit();
		}
		catch (RuntimeException ex) {
			logger.error("A payment was settled, but the transaction of its handler could not be committed", ex);
			this.exchange.abandon(Abandonment.SELLER_FAILURE);
			return new Verdict.Refuse(
					PaymentRefusal.of(ReasonCode.DELIVERY_FAILED).withReceipt(this.exchange.receipt()));
		}
		this.released = true;
		this.exchange.complete(response);
		return new Verdict.Release();
	}

	/**
	 * Who switches the protocol has been paid before.
	 */
	private boolean delivers(int status) {
		return isBillable(status) && (status != SWITCHING_PROTOCOLS || this.exchange.receipt() != null);
	}

	/**
	 * An error passes as it is. What HTTP does not know as the end of a request is none.
	 */
	private Verdict uncharged(int status) {
		if (status < OK || status >= END) {
			abandon(Abandonment.SELLER_FAILURE);
			return new Verdict.Fail();
		}
		abandonFor(status);
		return new Verdict.Uncharged();
	}

	/**
	 * A part of a response that was settled ahead begins to leave.
	 */
	public void delivering() {
		this.exchange.delivering();
	}

	/**
	 * A complete response was handed over to the transport. Without a stored response it
	 * counts as delivered, although a filter of the transport may still hold it.
	 */
	public void delivered() {
		this.exchange.complete(ResponseRecord.notStored());
	}

	/**
	 * It is proved that the handler did not run, so that its payment is given back.
	 */
	public void handlerDidNotRun() {
		this.ran = false;
	}

	/**
	 * The request ends without a complete response.
	 * @param abandonment why it does
	 */
	public void abandon(Abandonment abandonment) {
		if (this.transaction != null) {
			this.transaction.rollBackOnly();
		}
		this.exchange.abandon(this.ran ? abandonment : Abandonment.NOT_RUN);
	}

	/**
	 * The handler, or what responds for it, has decided on an error.
	 * @param status HTTP status of the error
	 */
	public void abandonFor(int status) {
		abandon(causeOf(status));
	}

	/**
	 * Return whether a status is charged. A redirect may be the goods, an error or an
	 * unchanged representation is not, and an informational status is no response.
	 * @param status HTTP status
	 * @return {@code true} if it is
	 */
	public static boolean isBillable(int status) {
		return (status == SWITCHING_PROTOCOLS || status >= OK) && status < ERROR && status != NOT_MODIFIED;
	}

	/**
	 * Return why a status that is not charged ends a payment: because of negotiation,
	 * conditions or ranges of the request, or because the seller failed.
	 * @param status HTTP status
	 * @return who caused it
	 */
	public static Abandonment causeOf(int status) {
		return switch (status) {
			case NOT_MODIFIED, NOT_ACCEPTABLE, PRECONDITION_FAILED, RANGE_NOT_SATISFIABLE -> Abandonment.BUYER_CAUSED;
			default -> Abandonment.SELLER_FAILURE;
		};
	}

	/**
	 * What has become of a response at the end of its dispatch.
	 *
	 * @param status HTTP status
	 * @param declaredLength length of the body that its headers declare, in bytes,
	 * negative if they do not or it cannot be compared
	 * @param writtenLength number of bytes that were written
	 * @param failed whether the handler threw, and nothing was written in its place, or
	 * the transport refuses to send the headers
	 */
	public record Progress(int status, long declaredLength, long writtenLength, boolean failed) {

		boolean isTooLong() {
			return this.declaredLength >= 0 && this.writtenLength > this.declaredLength;
		}

		boolean isComplete() {
			return !this.failed && (this.declaredLength < 0 || this.declaredLength == this.writtenLength);
		}

	}

	/**
	 * What a transport does with the response that it holds.
	 */
	public sealed interface Verdict {

		/**
		 * Add the receipt and let everything pass.
		 */
		record Release() implements Verdict {

		}

		/**
		 * Nothing is charged. Let the error pass, without headers that may be sold.
		 */
		record Uncharged() implements Verdict {

		}

		/**
		 * Drop what is held and respond with a refusal.
		 *
		 * @param refusal the refusal
		 */
		record Refuse(PaymentRefusal refusal) implements Verdict {

		}

		/**
		 * Drop what is held and respond with an error of the server. Where the response
		 * was released already, cut it off.
		 */
		record Fail() implements Verdict {

		}

	}

}
