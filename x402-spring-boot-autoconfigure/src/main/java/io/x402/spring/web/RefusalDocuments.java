/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Comparator;
import java.util.List;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.web.paywall.PaywallDocument;
import io.x402.spring.web.paywall.PaywallPage;
import io.x402.spring.web.paywall.PaywallRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * Makes the responses to priced requests that are not served: the offers in the
 * {@code PAYMENT-REQUIRED} header for v2 buyers and in the JSON body for v1 buyers; a
 * browser that sent no payment gets a page.
 *
 * @since 0.1.0
 */
public final class RefusalDocuments {

	private static final List<MediaType> HTML = List.of(MediaType.TEXT_HTML, MediaType.APPLICATION_XHTML_XML);

	private final int malformedPaymentStatus;

	private final boolean v2;

	private final @Nullable PaywallPage page;

	private final @Nullable PaymentFraming framing;

	/**
	 * Create an instance for buyers of x402.
	 * @param malformedPaymentStatus status for a payment that cannot be read, 402 or 400
	 * @param v2 whether to make v2 offers
	 * @param page the page for browsers, or {@code null} if they get what programs get
	 */
	public RefusalDocuments(int malformedPaymentStatus, boolean v2, @Nullable PaywallPage page) {
		this(malformedPaymentStatus, v2, page, null);
	}

	/**
	 * Create an instance.
	 * @param malformedPaymentStatus status for a payment that cannot be read, 402 or 400
	 * @param v2 whether to make v2 offers
	 * @param page the page for browsers, or {@code null} if they get what programs get
	 * @param framing asks for payments in another framing, or {@code null} if there is
	 * none
	 * @since 0.2.0
	 */
	public RefusalDocuments(int malformedPaymentStatus, boolean v2, @Nullable PaywallPage page,
			@Nullable PaymentFraming framing) {
		this.malformedPaymentStatus = malformedPaymentStatus;
		this.v2 = v2;
		this.page = page;
		this.framing = framing;
	}

	/**
	 * Make a response.
	 * @param request the request
	 * @param challenge what to report to the buyer
	 * @return the response
	 */
	public RefusalDocument of(RequestHead request, PaymentChallenge challenge) {
		PaymentRefusal refusal = challenge.refusal();
		HttpHeaders headers = new HttpHeaders();
		if (refusal.retryAfter() != null) {
			headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, refusal.retryAfter().toSeconds())));
		}
		if (this.v2 && challenge.asksForPayment()) {
			headers.set(ProtocolVersion.PAYMENT_REQUIRED_HEADER, challenge.header());
		}
		headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
		RefusalDocument document = document(status(refusal.reason()), headers, body(request, challenge, headers));
		return (this.framing != null) ? this.framing.refuse(request, challenge, document) : document;
	}

	private static RefusalDocument document(int status, HttpHeaders headers, byte[] body) {
		headers.setContentLength(body.length);
		return new RefusalDocument(status, headers, body);
	}

	private byte[] body(RequestHead request, PaymentChallenge challenge, HttpHeaders headers) {
		PaymentOffers offers = challenge.offers();
		if (this.page != null && offers != null && challenge.refusal().reason() == ReasonCode.PAYMENT_REQUIRED
				&& isBrowser(request)) {
			return page(this.page, request, offers, headers);
		}
		headers.set(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE);
		return challenge.body();
	}

	private static byte[] page(PaywallPage page, RequestHead request, PaymentOffers offers, HttpHeaders headers) {
		PaywallDocument document = page.render(new PaywallRequest(request.method(),
				String.join(", ", request.headers(HttpHeaders.ACCEPT)), request.header(HttpHeaders.ACCEPT_LANGUAGE),
				request.header(HttpHeaders.CONTENT_TYPE), request.body(PaywallRequest.MAX_BODY_LENGTH)), offers);
		headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_LANGUAGE);
		headers.setContentLanguage(document.language());
		headers.set("Content-Security-Policy", document.contentSecurityPolicy());
		headers.set("X-Content-Type-Options", "nosniff");
		headers.set("Referrer-Policy", "no-referrer");
		headers.set(HttpHeaders.CONTENT_TYPE, "text/html;charset=UTF-8");
		return document.html();
	}

	private int status(ReasonCode reason) {
		return switch (reason) {
			case MALFORMED_PAYMENT, PAYMENT_HEADER_TOO_LARGE -> this.malformedPaymentStatus;
			default -> reason.status();
		};
	}

	/**
	 * Return whether a request comes from a browser that shows a page. Programs that
	 * accept anything get JSON: a page is for those who put HTML first.
	 * @param request the request
	 * @return whether a page is the response to it
	 */
	public static boolean isBrowser(RequestHead request) {
		String agent = request.header(HttpHeaders.USER_AGENT);
		return agent != null && agent.contains("Mozilla") && prefersHtml(request.headers(HttpHeaders.ACCEPT));
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
