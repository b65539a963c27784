/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.store.ResponseRecord;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

/**
 * Writes what the outcome of a payment adds to a response.
 */
interface PaymentAnswer {

	/**
	 * Write down a complete answer that is about to be released.
	 * @param headers its headers before the container sends them
	 * @param status HTTP status
	 * @param body the whole body
	 * @return the response, stored if it is to be redelivered
	 */
	ResponseRecord keep(HttpHeaders headers, int status, byte[] body);

	/**
	 * Add the receipt to a response that is about to be released.
	 * @param response the response, not committed
	 * @param exchange the settled payment
	 */
	void settled(HttpServletResponse response, PaymentExchange exchange);

	/**
	 * Write a refusal in place of the content.
	 * @param response the response, reset to what it was before the handler
	 * @param exchange the payment that was not settled
	 * @param refusal what to tell the buyer
	 * @throws IOException if the buyer is gone
	 */
	void refused(HttpServletResponse response, PaymentExchange exchange, PaymentRefusal refusal) throws IOException;

}
