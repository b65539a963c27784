/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.web.PaymentReceipts;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Responds to requests that are not served, all of them through the entry point.
 */
final class PaymentRefusals {

	private final PaymentCodec codec;

	private final PaymentReceipts receipts;

	private final PaymentRequiredEntryPoint entryPoint;

	/**
	 * Create an instance.
	 * @param codec encodes the body of a refusal without offers
	 * @param receipts writes the receipts of failures
	 * @param entryPoint writes the response
	 */
	PaymentRefusals(PaymentCodec codec, PaymentReceipts receipts, PaymentRequiredEntryPoint entryPoint) {
		this.codec = codec;
		this.receipts = receipts;
		this.entryPoint = entryPoint;
	}

	/**
	 * Respond to a request that is not served.
	 * @param request the request
	 * @param response the response, not committed
	 * @param challenge what to tell the buyer
	 * @param version the version the buyer speaks
	 * @throws IOException if the buyer is gone
	 */
	void refuse(HttpServletRequest request, HttpServletResponse response, PaymentChallenge challenge,
			ProtocolVersion version) throws IOException {
		this.receipts.refuse(new ServletResponseHeaders(response), challenge, version);
		this.entryPoint.commence(request, response, challenge);
	}

	/**
	 * Respond to a request whose price cannot be found, or is not asked for.
	 * @param request the request
	 * @param response the response, not committed
	 * @throws IOException if the buyer is gone
	 */
	void unavailable(HttpServletRequest request, HttpServletResponse response) throws IOException {
		refuse(request, response, HandlerPricing.unavailable(this.codec), ProtocolVersion.V2);
	}

}
