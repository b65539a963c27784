/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * Answers with the offers in the {@code PAYMENT-REQUIRED} header for v2 buyers and in the
 * JSON body for v1 buyers; a browser that sent no payment gets a page.
 *
 * @since 0.1.0
 */
public final class DefaultPaymentRequiredEntryPoint implements PaymentRequiredEntryPoint {

	private static final List<MediaType> HTML = List.of(MediaType.TEXT_HTML, MediaType.APPLICATION_XHTML_XML);

	private final int malformedPaymentStatus;

	private final boolean v2;

	private final PaymentPage page;

	/**
	 * Create an entry point.
	 * @param malformedPaymentStatus status for a payment that cannot be read, 402 or 400
	 * @param v2 whether to make v2 offers
	 * @param page the page for browsers
	 */
	public DefaultPaymentRequiredEntryPoint(int malformedPaymentStatus, boolean v2, PaymentPage page) {
		this.malformedPaymentStatus = malformedPaymentStatus;
		this.v2 = v2;
		this.page = page;
	}

	@Override
	public void commence(HttpServletRequest request, HttpServletResponse response, PaymentChallenge challenge)
			throws IOException {
		PaymentRefusal refusal = challenge.refusal();
		response.setStatus(status(refusal.reason()));
		if (refusal.retryAfter() != null) {
			response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, refusal.retryAfter().toSeconds())));
		}
		if (this.v2 && challenge.asksForPayment()) {
			response.setHeader(ProtocolVersion.PAYMENT_REQUIRED_HEADER, challenge.header());
		}
		response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
		PaymentOffers offers = challenge.offers();
		if (offers != null && refusal.reason() == ReasonCode.PAYMENT_REQUIRED && isBrowser(request)) {
			this.page.protect(response);
			send(response, "text/html;charset=UTF-8", this.page.render(offers));
		}
		else {
			send(response, MediaType.APPLICATION_JSON_VALUE, challenge.body());
		}
	}

	private static void send(HttpServletResponse response, String contentType, byte[] body) throws IOException {
		response.setContentType(contentType);
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	private int status(ReasonCode reason) {
		return switch (reason) {
			case MALFORMED_PAYMENT, PAYMENT_HEADER_TOO_LARGE -> this.malformedPaymentStatus;
			default -> reason.status();
		};
	}

	/**
	 * Programs that accept anything get JSON: a page is for those who put HTML first.
	 */
	private static boolean isBrowser(HttpServletRequest request) {
		String agent = request.getHeader(HttpHeaders.USER_AGENT);
		return agent != null && agent.contains("Mozilla")
				&& prefersHtml(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
	}

	private static boolean prefersHtml(List<String> accept) {
		try {
			return MediaType.parseMediaTypes(accept)
				.stream()
				.max(Comparator.comparingDouble(MediaType::getQualityValue))
				.filter((type) -> type.getQualityValue() > 0 && HTML.stream().anyMatch(type::equalsTypeAndSubtype))
				.isPresent();
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

}
