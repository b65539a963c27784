/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.Comparator;
import java.util.List;
import java.util.UUID;

import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PassTerms;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Sha256;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStoreException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sells passes and balances and takes them in place of payments. Both belong to the claim
 * of the payment that bought them, so that a redelivery has the same one. A balance is a
 * pass whose uses are atomic units of a token, of which each call takes its price.
 *
 * @since 0.2.0
 */
public final class Passes {

	private static final Log logger = LogFactory.getLog(Passes.class);

	private static final int MIN_KEY = 32;

	private final PassStore store;

	private final byte[] key;

	/**
	 * Create an instance.
	 * @param store keeps passes
	 * @param key secret that tokens are made with, of at least 32 bytes; with another one
	 * the token of a pass is replaced when its response is delivered again
	 * @throws IllegalArgumentException if the key is shorter
	 */
	public Passes(PassStore store, byte[] key) {
		if (key.length < MIN_KEY) {
			throw new IllegalArgumentException("The key must have at least " + MIN_KEY + " bytes");
		}
		this.store = store;
		this.key = key.clone();
	}

	/**
	 * Store the pass or balance that a payment buys, before it is settled or delivered
	 * again.
	 * @param pricing the price that is paid
	 * @param exchange the payment
	 * @param user name of the authenticated user, or {@code null} if there is none
	 * @return the pass, or {@code null} if none is sold
	 * @throws PaymentStoreException if it cannot be stored, so that its payment must not
	 * be settled
	 */
	public @Nullable SoldPass sell(Pricing pricing, PaymentExchange exchange, @Nullable String user) {
		PassTerms terms = pricing.pass();
		PaymentRequirements offer = exchange.payment().requirements();
		if (terms == null) {
			return null;
		}
		if (terms.isBalance() && !offer.isTopUp()) {
			return (exchange.receipt() != null) ? sold(terms, exchange) : null;
		}
		NewPass.Paid paid = new NewPass.Paid(offer.network(), offer.asset(), offer.amount(), offer.payTo(),
				exchange.payment().payer(), terms.sameUser() ? user(user) : null);
		Long uses = terms.isBalance() ? (Long) offer.amount().longValueExact() : terms.uses();
		PassToken token = token(exchange);
		return prepare(terms, token, new NewPass(token.id(), token.hash(), paid, terms.scope(), terms.duration(), uses),
				PassUse.count(terms, exchange.offers().priceOf(offer)));
	}

	/**
	 * A balance that was paid for stays so when its top-up is not offered any more.
	 */
	private @Nullable SoldPass sold(PassTerms terms, PaymentExchange exchange) {
		PassToken token = token(exchange);
		PassRecord known = this.store.find(token.id());
		if (known == null || !known.pass().isBalance()) {
			return null;
		}
		NewPass balance = known.pass();
		return prepare(terms, token, new NewPass(token.id(), token.hash(), balance.paid(), balance.scope(),
				balance.duration(), balance.uses()), known.used());
	}

	private PassToken token(PaymentExchange exchange) {
		return PassToken.of(PassToken.idOf(exchange.claimId()), this.key);
	}

	private SoldPass prepare(PassTerms terms, PassToken token, NewPass pass, long uses) {
		SoldPass sold = new SoldPass(terms, token, UUID.randomUUID().toString(), this.store);
		this.store.prepare(pass, sold.attempt(), uses);
		return sold;
	}

	/**
	 * Take one use of the pass that a request sends, or its price of a balance.
	 * @param pricing the price of its handler
	 * @param offers the offers for the request
	 * @param tokens values of the header field, none if it is absent
	 * @param user name of the authenticated user, or {@code null} if there is none
	 * @return the use, granted or not, or {@code null} if the handler sells no passes
	 */
	public @Nullable PassUse use(Pricing pricing, PaymentOffers offers, List<String> tokens, @Nullable String user) {
		PassTerms terms = pricing.pass();
		if (terms == null) {
			return null;
		}
		if (tokens.isEmpty()) {
			return PassUse.refused(terms, ReasonCode.PAYMENT_REQUIRED, null);
		}
		PassToken token = (tokens.size() == 1) ? PassToken.parse(tokens.get(0)) : null;
		if (token == null) {
			return PassUse.refused(terms, ReasonCode.PASS_INVALID, null);
		}
		try {
			return use(terms, offers, token, user);
		}
		catch (PaymentStoreException ex) {
			logger.error("A pass could not be checked: " + ex.getMessage());
			return PassUse.refused(terms, ReasonCode.STORE_UNAVAILABLE, null);
		}
	}

	private PassUse use(PassTerms terms, PaymentOffers offers, PassToken token, @Nullable String user) {
		PassRecord pass = this.store.find(token.id());
		PaymentRequirements price = (pass != null) ? price(pass.pass(), offers) : null;
		if (pass == null || price == null || !token.opens(pass.pass().tokenHash())
				|| !opens(pass.pass(), terms, user)) {
			return PassUse.refused(terms, ReasonCode.PASS_INVALID, null);
		}
		long uses = PassUse.count(terms, price);
		ReasonCode ended = ended(pass, uses);
		if (ended != null) {
			return PassUse.refused(terms, ended, pass);
		}
		if (pass.pass().uses() == null && pass.expiresAt() != null) {
			return PassUse.granted(terms, pass, price, null);
		}
		PassRecord used = this.store.use(token.id(), uses);
		return (used != null) ? PassUse.granted(terms, used, price, this.store) : ended(terms, token, uses);
	}

	/**
	 * Another request, or the end of its time, was faster.
	 */
	private PassUse ended(PassTerms terms, PassToken token, long uses) {
		PassRecord pass = this.store.find(token.id());
		ReasonCode ended = (pass != null) ? ended(pass, uses) : null;
		return PassUse.refused(terms, (ended != null) ? ended : ReasonCode.PASS_INVALID, pass);
	}

	private static @Nullable ReasonCode ended(PassRecord pass, long uses) {
		if (pass.revoked()) {
			return ReasonCode.PASS_REVOKED;
		}
		if (pass.isExpired()) {
			return ReasonCode.PASS_EXPIRED;
		}
		Long remaining = pass.remaining();
		if (remaining == null || remaining >= uses) {
			return null;
		}
		return pass.pass().isBalance() ? ReasonCode.CREDIT_INSUFFICIENT : ReasonCode.PASS_EXHAUSTED;
	}

	private static boolean opens(NewPass pass, PassTerms terms, @Nullable String user) {
		String bound = pass.paid().user();
		return pass.scope().equals(terms.scope()) && (bound == null || bound.equals(user(user)));
	}

	/**
	 * A pass opens what costs no more than was paid for it. A balance also pays what
	 * costs more than its top-up did, if it could.
	 * @return the offer that is used, or {@code null} if there is none
	 */
	private static @Nullable PaymentRequirements price(NewPass pass, PaymentOffers offers) {
		return offers.accepts()
			.stream()
			.filter((offer) -> !offer.isTopUp()
					&& (pass.isBalance() ? pass.paid().isFor(offer) : pass.paid().covers(offer)))
			.min(Comparator.comparing(PaymentRequirements::amount))
			.orElse(null);
	}

	private static String user(@Nullable String user) {
		return (user != null) ? Sha256.of(user) : "";
	}

	/**
	 * End a pass for good.
	 * @param id identity of the pass
	 * @return {@code false} if there is none
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public boolean revoke(String id) {
		return this.store.revoke(id);
	}

	/**
	 * Find the passes that were sold last, newest first, ended or not. Redis reads all
	 * passes for it.
	 * @param payer address of the buyer, in any letter case, or {@code null} for all
	 * buyers
	 * @param limit maximum number of passes, at least one
	 * @return the passes
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public List<PassRecord> latest(@Nullable String payer, int limit) {
		return this.store.latest(payer, limit);
	}

	/**
	 * Find a pass.
	 * @param id identity of the pass
	 * @return the pass, ended or not, or {@code null} if there is none
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public @Nullable PassRecord find(String id) {
		return this.store.find(id);
	}

}
