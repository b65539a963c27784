/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.pricing.PassTerms;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStoreException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The pass that a payment buys. It is stored before the payment is settled, and nothing
 * shows its token before {@link #deliver()}.
 *
 * @since 0.2.0
 */
public final class SoldPass {

	private static final Log logger = LogFactory.getLog(SoldPass.class);

	private final PassTerms terms;

	private final PassToken token;

	private final String attempt;

	private final PassStore store;

	SoldPass(PassTerms terms, PassToken token, String attempt, PassStore store) {
		this.terms = terms;
		this.token = token;
		this.attempt = attempt;
		this.store = store;
	}

	/**
	 * Start the pass. To be called once its payment is settled, however often its
	 * response is delivered. A pass that cannot be started now starts with its first use.
	 * @return header fields of the response, by name
	 */
	public Map<String, String> deliver() {
		Map<String, String> headers = new LinkedHashMap<>(PassHeaders.of(this.terms, start()));
		headers.put(PassHeaders.TOKEN, this.token.text());
		return headers;
	}

	/**
	 * Return what tells this attempt to sell the pass from others.
	 */
	String attempt() {
		return this.attempt;
	}

	/**
	 * Forget the pass because its payment is not charged, unless another request of the
	 * same payment is selling it. One that cannot be forgotten now is forgotten after
	 * {@link PassStore#KEPT}.
	 */
	public void forget() {
		try {
			this.store.forget(this.token.id(), this.attempt);
		}
		catch (PaymentStoreException ex) {
			logger.debug("Pass " + this.token.id() + " could not be forgotten yet: " + ex.getMessage());
		}
	}

	private @Nullable PassRecord start() {
		try {
			return this.store.start(this.token.id());
		}
		catch (PaymentStoreException ex) {
			logger.warn("Pass " + this.token.id() + " could not be started and starts with its first use: "
					+ ex.getMessage());
			return null;
		}
	}

}
