/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import io.x402.spring.AccessPass;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PassTerms;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStoreException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One use of a pass by a request, or why there is none.
 *
 * @since 0.2.0
 */
public final class PassUse implements Access {

	private static final Log logger = LogFactory.getLog(PassUse.class);

	private final PassTerms terms;

	private final @Nullable PassRecord pass;

	private final @Nullable ReasonCode refusal;

	private final @Nullable PassStore store;

	private final AtomicBoolean reserved;

	private PassUse(PassTerms terms, @Nullable PassRecord pass, @Nullable ReasonCode refusal,
			@Nullable PassStore store) {
		this.terms = terms;
		this.pass = pass;
		this.refusal = refusal;
		this.store = store;
		this.reserved = new AtomicBoolean(store != null);
	}

	/**
	 * Create a use that was taken.
	 * @param store takes it back, or {@code null} if uses are not counted
	 */
	static PassUse granted(PassTerms terms, PassRecord pass, @Nullable PassStore store) {
		return new PassUse(terms, pass, null, store);
	}

	/**
	 * Create what a request gets that cannot use a pass.
	 * @param pass the pass, only if its own token was sent
	 */
	static PassUse refused(PassTerms terms, ReasonCode refusal, @Nullable PassRecord pass) {
		return new PassUse(terms, pass, refusal, null);
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

	/**
	 * Return whether this use also opens a handler that its own one forwards to.
	 * @param other the terms of the other handler, or {@code null}
	 * @param offers the offers of the other handler
	 * @return {@code true} if both are of one scope, and what was paid covers an offer
	 */
	public boolean opens(@Nullable PassTerms other, PaymentOffers offers) {
		PassRecord record = this.pass;
		return isGranted() && record != null && this.terms.equals(other)
				&& offers.accepts().stream().anyMatch(record.pass().paid()::covers);
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
		return new Granted(this.pass);
	}

	/**
	 * A use that cannot be given back stays taken, and the request has failed anyway.
	 */
	@Override
	public void giveBack() {
		if (this.store != null && this.pass != null && this.reserved.getAndSet(false)) {
			try {
				this.store.giveBack(this.pass.pass().id());
			}
			catch (PaymentStoreException ex) {
				logger.warn("A use of pass " + this.pass.pass().id() + " could not be given back: " + ex.getMessage());
			}
		}
	}

	private record Granted(PassRecord record) implements AccessPass {

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
		public String toString() {
			return "AccessPass[id=" + id() + ", scope=" + scope() + "]";
		}

	}

}
