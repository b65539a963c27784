/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

import io.x402.spring.AccessPass;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PassTerms;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.PassRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * One use of a pass by a request, or its price of a balance, or why there is none.
 *
 * @since 0.2.0
 */
public final class PassUse implements Access {

	private final PassTerms terms;

	private final @Nullable PassRecord pass;

	private final @Nullable PaymentRequirements price;

	private final @Nullable ReasonCode refusal;

	private final @Nullable LongConsumer release;

	private boolean reserved;

	private @Nullable BigInteger charged;

	private List<String> cookies = List.of();

	private PassUse(PassTerms terms, @Nullable PassRecord pass, @Nullable PaymentRequirements price,
			@Nullable ReasonCode refusal, @Nullable LongConsumer release) {
		this.terms = terms;
		this.pass = pass;
		this.price = price;
		this.refusal = refusal;
		this.release = release;
		this.reserved = refusal == null;
	}

	/**
	 * Create a use that was taken.
	 * @param price the offer in place of which it is taken
	 * @param release gives a number of uses back when the request has ended, which may be
	 * none, or {@code null} if uses are not counted
	 */
	static PassUse granted(PassTerms terms, PassRecord pass, PaymentRequirements price,
			@Nullable LongConsumer release) {
		return new PassUse(terms, pass, price, null, release);
	}

	/**
	 * Create what a request gets that cannot use a pass.
	 * @param pass the pass, only if its own token was sent
	 */
	static PassUse refused(PassTerms terms, ReasonCode refusal, @Nullable PassRecord pass) {
		return new PassUse(terms, pass, null, refusal, null);
	}

	/**
	 * Set what the browser of the client keeps or deletes, before the use is shown to
	 * others.
	 */
	PassUse tell(List<String> cookies) {
		this.cookies = cookies;
		return this;
	}

	/**
	 * Return how many uses a call takes. More than can be counted is more than any
	 * balance has.
	 * @param terms the terms
	 * @param price the price of the call
	 */
	static long count(PassTerms terms, @Nullable PaymentRequirements price) {
		if (!terms.isBalance()) {
			return 1;
		}
		Assert.state(price != null, "A top-up stands beside a price");
		return price.amount().min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact();
	}

	@Override
	public boolean isGranted() {
		return this.refusal == null;
	}

	@Override
	public ReasonCode refusal() {
		return (this.refusal != null) ? this.refusal : ReasonCode.PAYMENT_REQUIRED;
	}

	@Override
	public Map<String, String> headers() {
		return PassHeaders.of(this.terms, this.pass);
	}

	@Override
	public List<String> cookies() {
		return this.cookies;
	}

	/**
	 * Return whether this use also opens a handler that its own one forwards to.
	 * @param other the terms of the other handler, or {@code null}
	 * @param offers the offers of the other handler
	 * @return {@code true} if both are of one scope, and what was paid covers an offer
	 */
	public boolean opens(@Nullable PassTerms other, PaymentOffers offers) {
		PassRecord record = this.pass;
		return isGranted() && record != null && this.terms.equals(other)
				&& offers.accepts().stream().anyMatch((offer) -> covers(record, offer));
	}

	/**
	 * A balance opens what costs no more than was taken of it.
	 */
	private boolean covers(PassRecord record, PaymentRequirements offer) {
		return record.pass().paid().covers(offer) && (this.price == null || !this.terms.isBalance()
				|| offer.amount().compareTo(this.price.amount()) <= 0);
	}

	/**
	 * Return this use for a handler that it does not open, and that must not take another
	 * one of the same request.
	 * @return the use, not granted
	 * @since 0.2.0
	 */
	public PassUse refuse() {
		return refused(this.terms, ReasonCode.PAYMENTS_UNAVAILABLE, this.pass);
	}

	/**
	 * Return whether a price was taken of a balance.
	 * @return {@code true} if it was
	 * @since 0.2.0
	 */
	public boolean isPaid() {
		return isGranted() && this.terms.isBalance();
	}

	/**
	 * Return whether the pass has ended for good, whatever a running call gives back.
	 */
	boolean isOver() {
		return this.refusal == ReasonCode.PASS_EXPIRED || this.refusal == ReasonCode.PASS_REVOKED;
	}

	/**
	 * Return how many uses are left if those are too few.
	 * @return number of uses, the largest one if the use is refused for another reason
	 */
	long left() {
		boolean low = this.refusal == ReasonCode.PASS_EXHAUSTED || this.refusal == ReasonCode.CREDIT_INSUFFICIENT;
		Long remaining = (low && this.pass != null) ? this.pass.remaining() : null;
		return (remaining != null) ? remaining : Long.MAX_VALUE;
	}

	/**
	 * Return the pass for the handler.
	 * @return the pass
	 * @throws IllegalStateException if the use is not granted
	 */
	public AccessPass pass() {
		if (this.refusal != null || this.pass == null) {
			throw new IllegalStateException("There is no pass");
		}
		return new Granted(this, this.pass);
	}

	private BigInteger amount() {
		return this.terms.isBalance() ? BigInteger.valueOf(count(this.terms, this.price)) : BigInteger.ZERO;
	}

	private synchronized void charge(BigInteger amount) {
		if (amount.signum() < 0 || amount.compareTo(amount()) > 0) {
			throw new IllegalArgumentException("The amount must be between 0 and " + amount());
		}
		if (this.charged != null) {
			throw new IllegalStateException("The amount was set before");
		}
		if (!this.reserved) {
			throw new IllegalStateException("The request has ended");
		}
		this.charged = amount;
	}

	@Override
	public void commit() {
		release(end(true));
	}

	@Override
	public void giveBack() {
		release(end(false));
	}

	private void release(@Nullable Long unused) {
		if (this.release != null && unused != null) {
			this.release.accept(unused);
		}
	}

	/**
	 * The request has ended.
	 * @return how many uses are not taken, or {@code null} if it has ended before
	 */
	private synchronized @Nullable Long end(boolean served) {
		if (!this.reserved) {
			return null;
		}
		this.reserved = false;
		BigInteger used = this.charged;
		if (!served) {
			return count(this.terms, this.price);
		}
		return (used != null) ? amount().subtract(used).longValueExact() : 0L;
	}

	private record Granted(PassUse use, PassRecord record) implements AccessPass {

		@Override
		public String id() {
			return this.record.pass().id();
		}

		@Override
		public String scope() {
			return this.record.pass().scope();
		}

		@Override
		public @Nullable String payer() {
			return this.record.pass().paid().payer();
		}

		@Override
		public @Nullable Instant expiresAt() {
			return this.record.expiresAt();
		}

		@Override
		public @Nullable Long remaining() {
			return this.record.remaining();
		}

		@Override
		public BigInteger price() {
			return this.use.amount();
		}

		@Override
		public void chargeAtomic(BigInteger amount) {
			this.use.charge(amount);
		}

		@Override
		public String toString() {
			return "AccessPass[id=" + id() + "]";
		}

	}

}
