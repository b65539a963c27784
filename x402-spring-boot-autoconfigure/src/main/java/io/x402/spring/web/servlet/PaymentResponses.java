/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.function.Function;

import io.x402.spring.access.SoldPass;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.web.Admission.Redelivered;
import io.x402.spring.web.PaymentFraming;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.RedeliverySettings;
import io.x402.spring.web.ResponseHeaders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * Writes receipts onto released responses and hands refusals to the entry point.
 */
final class PaymentResponses {

	private final PaymentRefusals refusals;

	private final PaymentReceipts receipts;

	/**
	 * Create the writer.
	 * @param codec encodes receipts
	 * @param entryPoint responds to requests that are not served
	 * @param redelivery what is stored of responses
	 * @param framing another framing of payments, or {@code null} if there is none
	 */
	PaymentResponses(PaymentCodec codec, PaymentRequiredEntryPoint entryPoint, RedeliverySettings redelivery,
			@Nullable PaymentFraming framing) {
		this.receipts = new PaymentReceipts(codec, redelivery, framing);
		this.refusals = new PaymentRefusals(codec, this.receipts, entryPoint);
	}

	/**
	 * Return what responds to requests that are not served.
	 */
	PaymentRefusals refusals() {
		return this.refusals;
	}

	PaymentAnswer answer(HttpServletRequest request, PricedRequest priced, @Nullable SoldPass pass) {
		return new PaymentAnswer() {

			@Override
			public Function<byte[], ResponseRecord> recorder(HttpHeaders headers, int status) {
				return PaymentResponses.this.receipts.recorder(new ServletRequestHead(request), headers, status);
			}

			@Override
			public byte[] conditions(HttpHeaders headers) {
				return PaymentReceipts.conditions(new ServletRequestHead(request), headers);
			}

			@Override
			public void settled(HttpServletResponse response, PaymentExchange exchange) {
				release(request, response, exchange, pass);
			}

			@Override
			public void refused(HttpServletResponse response, PaymentExchange exchange, PaymentRefusal refusal)
					throws IOException {
				refusals().refuse(request, response, priced.challenge(exchange.offers(), refusal),
						exchange.payment().version());
			}

		};
	}

	/**
	 * Deliver a response again.
	 * @param request the request
	 * @param response the response, not committed
	 * @param redelivered the settled payment and the stored response
	 * @throws IOException if the buyer is gone
	 */
	void redeliver(HttpServletRequest request, HttpServletResponse response, Redelivered redelivered)
			throws IOException {
		response.setStatus(redelivered.response().status());
		this.receipts.redeliver(new ServletResponseHeaders(response), redelivered.response());
		release(request, response, redelivered.exchange(), redelivered.pass());
		if (!HttpMethod.HEAD.matches(request.getMethod())) {
			response.getOutputStream().write(redelivered.response().body());
		}
	}

	private void release(HttpServletRequest request, HttpServletResponse response, PaymentExchange exchange,
			@Nullable SoldPass pass) {
		ResponseHeaders headers = new ServletResponseHeaders(response);
		if (headers.values(HttpHeaders.CACHE_CONTROL).isEmpty()) {
			PaymentAttributes.of(request).addCaching();
		}
		this.receipts.release(new ServletRequestHead(request), headers, exchange);
		PaymentReceipts.handOver(headers, pass, exchange.payer());
	}

}
