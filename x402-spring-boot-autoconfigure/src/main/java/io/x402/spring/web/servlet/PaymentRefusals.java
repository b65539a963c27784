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
import io.x402.spring.protocol.SettlementResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Answers requests that are not served, all of them through the entry point.
 */
final class PaymentRefusals {

	private final PaymentCodec codec;

	private final PaymentRequiredEntryPoint entryPoint;

	/**
	 * Create an instance.
	 * @param codec encodes receipts
	 * @param entryPoint writes the response
	 */
	PaymentRefusals(PaymentCodec codec, PaymentRequiredEntryPoint entryPoint) {
		this.codec = codec;
		this.entryPoint = entryPoint;
	}

	/**
	 * Answer a request that is not served.
	 * @param request the request
	 * @param response the response, not committed
	 * @param challenge what to tell the buyer
	 * @param version the version the buyer speaks
	 * @throws IOException if the buyer is gone
	 */
	void refuse(HttpServletRequest request, HttpServletResponse response, PaymentChallenge challenge,
			ProtocolVersion version) throws IOException {
		receipt(response, version, challenge.refusal().receipt());
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		vary(response);
		this.entryPoint.commence(request, response, challenge);
	}

	/**
	 * Answer a request whose price cannot be found, or is not asked for.
	 * @param request the request
	 * @param response the response, not committed
	 * @throws IOException if the buyer is gone
	 */
	void unavailable(HttpServletRequest request, HttpServletResponse response) throws IOException {
		refuse(request, response, HandlerPricing.unavailable(this.codec), ProtocolVersion.V2);
	}

	/**
	 * Add a receipt.
	 */
	void receipt(HttpServletResponse response, ProtocolVersion version, @Nullable SettlementResponse receipt) {
		if (receipt != null) {
			response.setHeader(version.receiptHeader(), this.codec.encode(receipt));
		}
	}

	static void vary(HttpServletResponse response) {
		for (ProtocolVersion version : ProtocolVersion.values()) {
			response.addHeader(HttpHeaders.VARY, version.paymentHeader());
		}
	}

}
