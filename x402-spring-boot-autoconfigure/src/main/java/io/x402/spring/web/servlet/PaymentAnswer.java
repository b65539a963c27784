/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.function.Function;

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
	 * Decide what is stored of a response that is about to be released, as long as its
	 * request can be asked.
	 * @param headers its headers before the container sends them
	 * @param status HTTP status
	 * @return writes the response down when its whole body is known, to be stored if it
	 * is to be redelivered
	 */
	Function<byte[], ResponseRecord> recorder(HttpHeaders headers, int status);

	/**
	 * Return what a response that is about to be released depends on.
	 * @param headers its headers before the container sends them
	 * @return conditions for {@link PaymentExchange#madeFor}
	 */
	byte[] conditions(HttpHeaders headers);

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
