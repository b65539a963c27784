/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.x402.spring.pricing.PassTerms;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStoreException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The pass that a payment buys. It is stored before the payment is settled, and nothing
 * shows its token before {@link #deliver}.
 *
 * @since 0.2.0
 */
public final class SoldPass {

	private static final Log logger = LogFactory.getLog(SoldPass.class);

	private final PassTerms terms;

	private final PassToken token;

	private final NewPass pass;

	private final long uses;

	private final String attempt;

	private final PassStore store;

	private final Keeper keeper;

	/**
	 * Create what a payment buys, by an attempt to sell it that can be told from others.
	 * @param terms terms of the pass
	 * @param token what opens it
	 * @param pass the pass
	 * @param uses number of uses that the paid call takes
	 * @param keeper keeps it, for the server and for the buyer
	 */
	SoldPass(PassTerms terms, PassToken token, NewPass pass, long uses, Keeper keeper) {
		this.terms = terms;
		this.token = token;
		this.pass = pass;
		this.uses = uses;
		this.attempt = UUID.randomUUID().toString();
		this.store = keeper.store();
		this.keeper = keeper;
	}

	/**
	 * Start the pass. To be called once its payment is settled, however often its
	 * response is delivered. A pass that cannot be started now starts with its first use.
	 * @param payer who has paid, which may not have been known before, or {@code null}
	 * @return values of header fields of the response, by name; cookies are added to
	 * those that are there
	 */
	public Map<String, List<String>> deliver(@Nullable String payer) {
		note(payer);
		Map<String, List<String>> headers = new LinkedHashMap<>();
		PassHeaders.of(this.terms, start()).forEach((name, value) -> headers.put(name, List.of(value)));
		if (this.keeper.cookie()) {
			headers.put(PassHeaders.SET_COOKIE, cookies());
		}
		else {
			headers.put(PassHeaders.TOKEN, List.of(this.token.text()));
		}
		return headers;
	}

	private List<String> cookies() {
		List<String> cookies = new ArrayList<>();
		cookies.add(PassCookie.keep(this.token, this.terms));
		this.keeper.gone().forEach((gone) -> cookies.add(PassCookie.delete(gone, this.terms)));
		return cookies;
	}

	/**
	 * Keep the pass. Its payment is not charged if it cannot be kept.
	 */
	void prepare() {
		this.store.prepare(this.pass, this.attempt, this.uses);
	}

	/**
	 * Without its buyer the pass could not be found by signing in.
	 */
	private void note(@Nullable String payer) {
		if (payer == null || this.pass.paid().payer() != null) {
			return;
		}
		try {
			this.store.prepare(this.pass.paidBy(payer), this.attempt, this.uses);
		}
		catch (PaymentStoreException ex) {
			logger.warn("The buyer of pass " + this.token.id() + " could not be noted: " + ex.getMessage());
		}
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

	/**
	 * Where a pass is kept.
	 *
	 * @param store keeps it for the server
	 * @param cookie whether the browser of the buyer keeps its token in a cookie
	 * @param gone tokens whose cookies make room for it
	 */
	record Keeper(PassStore store, boolean cookie, List<PassToken> gone) {

	}

}
