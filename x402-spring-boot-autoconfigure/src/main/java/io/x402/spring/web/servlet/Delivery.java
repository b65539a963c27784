/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;

import io.x402.spring.payment.Abandonment;
import io.x402.spring.web.HeldBody;

/**
 * Sends what was paid for. What is written while the connection fails is kept, as far as
 * it may still be collected.
 */
final class Delivery {

	private final BuyerConnection connection;

	private final HeldBody body;

	/**
	 * Create a delivery.
	 * @param connection the way to the buyer
	 * @param body has what is held, and takes a copy of what is sent
	 */
	Delivery(BuyerConnection connection, HeldBody body) {
		this.connection = connection;
		this.body = body;
	}

	/**
	 * Send what is held of a response that goes on. The headers are sent by themselves,
	 * so that it is known whether anything has left.
	 * @param payment the payment
	 * @param trailers returns the trailers of the complete response
	 * @throws IOException if the buyer is gone for good
	 */
	void start(ArmedPayment payment, Supplier<Map<String, String>> trailers) throws IOException {
		try {
			if (this.connection.endsByTrailer()) {
				this.connection.response().setTrailerFields(trailers);
			}
			this.connection.send();
			this.connection.response().flushBuffer();
			begun(payment);
			this.body.release(this.connection.output());
			this.connection.response().flushBuffer();
		}
		catch (IOException ex) {
			lose(payment, ex);
		}
	}

	/**
	 * Note that the buyer has the beginning of the response, if that is so.
	 */
	void begun(ArmedPayment payment) {
		if (this.connection.isCommitted() && !this.connection.isLost()) {
			payment.point().delivering();
		}
	}

	/**
	 * Send more of a body.
	 */
	void write(ArmedPayment payment, byte[] bytes, int offset, int length) throws IOException {
		if (this.connection.isLost()) {
			lose(payment, new IOException("The connection of the buyer is lost"));
			return;
		}
		try {
			this.connection.output().write(bytes, offset, length);
		}
		catch (IOException ex) {
			lose(payment, ex);
		}
	}

	void flush(ArmedPayment payment) throws IOException {
		try {
			this.connection.response().flushBuffer();
		}
		catch (IOException ex) {
			lose(payment, ex);
		}
	}

	private void lose(ArmedPayment payment, IOException exception) throws IOException {
		this.connection.lose();
		if (!this.body.isStorable() || !this.connection.isWorthWriting()) {
			// Not every container says later that it has lost the connection
			payment.abandonExchange(Abandonment.BUYER_CAUSED);
			throw exception;
		}
	}

}
