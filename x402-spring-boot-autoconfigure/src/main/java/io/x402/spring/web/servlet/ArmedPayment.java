/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.function.Function;

import io.x402.spring.payment.Abandonment;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.store.ResponseRecord;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The payment that a held response is armed with, and what it puts into the response: a
 * receipt, a refusal, or nothing that is sold.
 */
final class ArmedPayment {

	private final CommitPoint point;

	private final PaymentAnswer answer;

	private final @Nullable PaymentTransaction transaction;

	private final HttpServletResponse response;

	private final HandlerHeaders headers;

	/** The status before the handler ran. */
	private final int status;

	/** Writes down the response that was decided about. */
	private @Nullable Function<byte[], ResponseRecord> recorder;

	/**
	 * Create an armed payment.
	 * @param point decides about the response
	 * @param answer writes receipts and refusals
	 * @param transaction the transaction that is bound to the payment, or {@code null}
	 * @param response the response of the container, with the headers that a refusal will
	 * carry
	 */
	ArmedPayment(CommitPoint point, PaymentAnswer answer, @Nullable PaymentTransaction transaction,
			HttpServletResponse response) {
		this.point = point;
		this.answer = answer;
		this.transaction = transaction;
		this.response = response;
		this.headers = new HandlerHeaders(response);
		this.status = response.getStatus();
	}

	CommitPoint point() {
		return this.point;
	}

	HandlerHeaders headers() {
		return this.headers;
	}

	/**
	 * Give the payment back, whatever the response is going to be.
	 */
	void abandonExchange(Abandonment abandonment) {
		this.point.exchange().abandon(abandonment);
	}

	/**
	 * Add the receipt to a response that is about to be released.
	 */
	void release() {
		recorder();
		this.answer.settled(this.response, this.point.exchange());
	}

	/**
	 * Write down the complete response for redelivery.
	 * @param body the body that was written
	 * @return the response, stored if it is to be redelivered
	 */
	ResponseRecord keep(byte[] body) {
		return recorder().apply(body);
	}

	/**
	 * Do not write down the complete response, only what it depends on.
	 * @return the response, not stored
	 */
	ResponseRecord passOver() {
		recorder();
		return ResponseRecord.notStored();
	}

	private Function<byte[], ResponseRecord> recorder() {
		Function<byte[], ResponseRecord> recorder = this.recorder;
		if (recorder == null) {
			HttpHeaders decided = this.headers.decided();
			recorder = this.answer.recorder(decided, this.response.getStatus());
			this.point.exchange().madeFor(this.answer.conditions(decided));
			this.recorder = recorder;
		}
		return recorder;
	}

	/**
	 * An uncharged response carries no goods, but the receipt of a payment that was
	 * settled before its handler ran.
	 * @param redirects whether it may redirect
	 */
	void withhold(boolean redirects) {
		if (this.response.isCommitted()) {
			return;
		}
		this.headers.withhold(redirects);
		showReceipt();
	}

	/**
	 * Set the status again that the response had before the handler ran.
	 */
	void forgetStatus() {
		this.response.setStatus(this.status);
	}

	/**
	 * A response that was not paid for carries the receipt of a payment that was settled
	 * before its handler ran, and is good for another run.
	 */
	void showReceipt() {
		if (!this.response.isCommitted() && this.point.exchange().receipt() != null) {
			this.answer.settled(this.response, this.point.exchange());
		}
	}

	/**
	 * Send a refusal in place of everything that the handler did.
	 */
	void refuse(PaymentRefusal refusal) throws IOException {
		if (this.response.isCommitted()) {
			return;
		}
		this.headers.restore();
		this.answer.refused(this.response, this.point.exchange(), refusal);
		this.response.flushBuffer();
	}

	/**
	 * End of a dispatch: a transaction does not outlive it.
	 */
	void endTransaction() {
		if (this.transaction != null) {
			this.transaction.rollback();
		}
	}

}
