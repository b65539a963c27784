/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

/**
 * Version of the x402 protocol a buyer speaks, with the HTTP headers that belong to it.
 *
 * @since 0.1.0
 */
public enum ProtocolVersion {

	/**
	 * Legacy protocol: offers in the body of the 402 response.
	 */
	V1(1, "X-PAYMENT", "X-PAYMENT-RESPONSE"),

	/**
	 * Current protocol: offers in the {@code PAYMENT-REQUIRED} header.
	 */
	V2(2, "PAYMENT-SIGNATURE", "PAYMENT-RESPONSE");

	/**
	 * Name of the response header that carries the v2 offers.
	 */
	public static final String PAYMENT_REQUIRED_HEADER = "PAYMENT-REQUIRED";

	private final int number;

	private final String paymentHeader;

	private final String receiptHeader;

	ProtocolVersion(int number, String paymentHeader, String receiptHeader) {
		this.number = number;
		this.paymentHeader = paymentHeader;
		this.receiptHeader = receiptHeader;
	}

	/**
	 * Return the value of {@code x402Version} on the wire.
	 * @return 1 or 2
	 */
	public int number() {
		return this.number;
	}

	/**
	 * Return the request header in which a buyer of this version sends its payment.
	 * @return the header name
	 */
	public String paymentHeader() {
		return this.paymentHeader;
	}

	/**
	 * Return the response header in which a buyer of this version expects its receipt.
	 * @return the header name
	 */
	public String receiptHeader() {
		return this.receiptHeader;
	}

}
