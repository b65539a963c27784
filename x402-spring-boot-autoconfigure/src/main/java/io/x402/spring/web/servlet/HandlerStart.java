/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import io.x402.spring.payment.CommitPoint;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.web.Admission.Paid;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.HttpMediaTypeNotAcceptableException;

/**
 * What comes between the payment and the run of its handler.
 */
final class HandlerStart {

	private final PaymentResponses responses;

	private final NegotiationCheck negotiation;

	private final @Nullable PaymentTransactions transactions;

	/**
	 * Create the start.
	 * @param responses writes receipts and refusals
	 * @param negotiation finds requests that no response of their handler is acceptable
	 * for
	 * @param transactions the transactions of handlers that are bound to their payment,
	 * or {@code null} if there are none
	 */
	HandlerStart(PaymentResponses responses, NegotiationCheck negotiation, @Nullable PaymentTransactions transactions) {
		this.responses = responses;
		this.negotiation = negotiation;
		this.transactions = transactions;
	}

	/**
	 * Check before a request pays that it accepts what its handler produces.
	 * @throws HttpMediaTypeNotAcceptableException if it does not
	 */
	void check(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws HttpMediaTypeNotAcceptableException {
		this.negotiation.check(request, response, handler);
	}

	/**
	 * Arm the held response, and begin the transaction of the handler if it has one.
	 */
	void arm(HttpServletRequest request, ResponseHold held, PricedRequest priced, Paid paid) {
		PaymentTransaction transaction = priced.pricing().isTransactional() ? begin() : null;
		held.arm(new CommitPoint(paid.exchange(), transaction), this.responses.answer(request, priced, paid.pass()),
				transaction);
	}

	private PaymentTransaction begin() {
		if (this.transactions == null) {
			throw new IllegalStateException("There is no transaction manager");
		}
		return this.transactions.begin();
	}

}
