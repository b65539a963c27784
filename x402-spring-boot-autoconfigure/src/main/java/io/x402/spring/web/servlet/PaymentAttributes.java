/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import io.x402.spring.AccessPass;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.pricing.Pricing;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a request that payments set, all of them.
 */
final class PaymentAttributes {

	private static final String PAYMENT = VerifiedPayment.class.getName();

	private static final String PASS = AccessPass.class.getName();

	private static final String PREFIX = PaymentAttributes.class.getName();

	/** Holds the price whose handler was let in, paid or not. */
	private static final String ADMITTED = PREFIX + ".ADMITTED";

	/** Holds the paid handler until it has returned. */
	private static final String HANDLER = PREFIX + ".HANDLER";

	/** Set where {@code private} was added to a response that said nothing itself. */
	private static final String CACHING_ADDED = PREFIX + ".CACHING_ADDED";

	/** Set where a response ends before it is complete. */
	private static final String CUT = PREFIX + ".CUT";

	private final HttpServletRequest request;

	private PaymentAttributes(HttpServletRequest request) {
		this.request = request;
	}

	static PaymentAttributes of(HttpServletRequest request) {
		return new PaymentAttributes(request);
	}

	/**
	 * A handler of a price is let in.
	 */
	void admit(Pricing pricing) {
		this.request.setAttribute(ADMITTED, pricing);
	}

	boolean isAdmitted(Pricing pricing) {
		return this.request.getAttribute(ADMITTED) == pricing;
	}

	void use(AccessPass pass) {
		this.request.setAttribute(PASS, pass);
	}

	void pay(VerifiedPayment payment) {
		this.request.setAttribute(PAYMENT, payment);
	}

	@Nullable VerifiedPayment payment() {
		return (VerifiedPayment) this.request.getAttribute(PAYMENT);
	}

	/**
	 * Another handler of the same request is asked for a payment again.
	 */
	void forget() {
		this.request.removeAttribute(PAYMENT);
		this.request.removeAttribute(ADMITTED);
	}

	/**
	 * A paid handler runs.
	 */
	void begin(Object handler) {
		this.request.setAttribute(HANDLER, handler);
	}

	/**
	 * The paid handler has returned.
	 */
	void end() {
		this.request.removeAttribute(HANDLER);
	}

	/**
	 * Return whether a paid handler was about to run and has not returned.
	 */
	boolean isRunning(Object handler) {
		return this.request.getAttribute(HANDLER) == handler;
	}

	void addCaching() {
		this.request.setAttribute(CACHING_ADDED, true);
	}

	/**
	 * The application says itself how the response may be stored.
	 */
	void chooseCaching() {
		this.request.removeAttribute(CACHING_ADDED);
	}

	boolean isCachingAdded() {
		return this.request.getAttribute(CACHING_ADDED) != null;
	}

	/**
	 * The response ends before it is complete, so that nothing may be added to it.
	 */
	void cutOff() {
		this.request.setAttribute(CUT, true);
	}

	boolean isCutOff() {
		return this.request.getAttribute(CUT) != null;
	}

}
