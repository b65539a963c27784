/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.VerifiedPayment;
import io.x402.spring.payment.VerificationGuard.Source;

/**
 * Payers whose last payment to this instance was settled, as far as is known. To be one
 * costs a payment, and one payment that is not settled ends it, so that what a handler
 * does in vain has been paid for once.
 */
final class ReliablePayers implements PaymentListener {

	private static final int MOST = 10_000;

	private final Map<String, Boolean> payers = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
			return size() > MOST;
		}

	};

	/**
	 * Return whether a payment that has passed the local checks need not be verified by
	 * the facilitator.
	 * @param source where it comes from
	 */
	synchronized boolean contains(Source source) {
		String payer = source.payer();
		return source.proved() && payer != null && this.payers.get(key(source.network(), payer)) != null;
	}

	@Override
	public void onPaymentEvent(PaymentEvent event) {
		if (event instanceof PaymentEvent.Settled settled) {
			learn(settled.payment(), true);
		}
		else if (event instanceof PaymentEvent.Declined declined) {
			learn(declined.payment(), false);
		}
		else if (event instanceof PaymentEvent.Unknown unknown) {
			learn(unknown.payment(), false);
		}
	}

	private synchronized void learn(VerifiedPayment payment, boolean settled) {
		String payer = payment.payer();
		if (payer == null) {
			return;
		}
		String key = key(payment.requirements().network(), payer);
		if (settled) {
			this.payers.put(key, true);
		}
		else {
			this.payers.remove(key);
		}
	}

	private static String key(String network, String payer) {
		return network + " " + payer.toLowerCase(Locale.ROOT);
	}

}
