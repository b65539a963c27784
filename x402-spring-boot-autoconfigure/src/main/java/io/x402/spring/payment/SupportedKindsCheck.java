/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.Schemes;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Warns once about each kind of offer that the facilitator does not list as supported.
 * Asks when such an offer is made for the first time and never on the thread of a
 * request; the response opens and closes nothing.
 *
 * @since 0.1.0
 */
public final class SupportedKindsCheck implements PaymentListener {

	private static final Log logger = LogFactory.getLog(SupportedKindsCheck.class);

	private final SupportedKinds kinds;

	private final Executor executor;

	private final AtomicBoolean unknown = new AtomicBoolean();

	private final Set<Kind> checked = ConcurrentHashMap.newKeySet();

	/**
	 * Create a check.
	 * @param kinds supported kinds of the facilitator
	 * @param executor runs the check
	 */
	public SupportedKindsCheck(SupportedKinds kinds, Executor executor) {
		this.kinds = kinds;
		this.executor = executor;
	}

	@Override
	public void onPaymentEvent(PaymentEvent event) {
		for (PaymentRequirements offer : event.offers().accepts()) {
			Kind kind = new Kind(offer.scheme(), offer.network());
			if (!Schemes.of(offer).isPaidBefore() && !this.checked.contains(kind) && this.checked.add(kind)) {
				this.executor.execute(() -> check(kind));
			}
		}
	}

	private void check(Kind kind) {
		try {
			if (!this.kinds.get().supports(ProtocolVersion.V2, kind.scheme(), kind.network())) {
				logger.warn("The facilitator does not list scheme " + kind.scheme() + " on " + kind.network()
						+ " as supported; payments of such offers will probably be refused");
			}
			this.unknown.set(false);
		}
		catch (FacilitatorException ex) {
			this.checked.remove(kind);
			if (this.unknown.compareAndSet(false, true)) {
				logger.warn("It is not known what the facilitator supports: " + ex.getMessage());
			}
		}
	}

	private record Kind(String scheme, String network) {

	}

}
