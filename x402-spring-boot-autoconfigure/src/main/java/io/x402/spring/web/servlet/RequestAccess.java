/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.x402.spring.access.Access;
import io.x402.spring.access.PassUse;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PassTerms;
import io.x402.spring.pricing.Pricing;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a request is let in for without a payment: one access of each price, however many
 * handlers it forwards to and includes. All of them stay taken or are given back once,
 * when the request has ended.
 */
final class RequestAccess {

	private static final Log logger = LogFactory.getLog(RequestAccess.class);

	private final List<Reserved> reserved = new ArrayList<>();

	/** Handlers that have not ended, the innermost first. */
	private final Deque<Run> runs = new ArrayDeque<>();

	private boolean ended;

	/**
	 * Return whether the request was let in.
	 */
	synchronized boolean isEmpty() {
		return this.reserved.isEmpty();
	}

	/**
	 * Return the access of the handler that was let in last.
	 */
	synchronized @Nullable Access last() {
		Run run = this.runs.peek();
		return (run != null) ? run.reserved().access : null;
	}

	/**
	 * Return the access that also decides about another handler of the request.
	 * @return the access, not granted if the request must not take another one;
	 * {@code null} if it may
	 */
	synchronized @Nullable Access covering(Pricing pricing, PaymentOffers offers) {
		for (Reserved one : this.reserved) {
			if (one.covers(pricing, offers)) {
				return one.access;
			}
		}
		PassTerms terms = pricing.pass();
		for (Reserved one : this.reserved) {
			if (terms != null && terms.isBalance() && one.access instanceof PassUse use && use.isPaid()) {
				logger.error("A handler that a balance pays for forwards to a handler that asks for more");
				return use.refuse();
			}
		}
		return null;
	}

	/**
	 * A handler is let in.
	 * @param access its access, granted, which other handlers may share
	 */
	synchronized void begin(Object handler, Pricing pricing, Access access) {
		Reserved used = null;
		for (Reserved one : this.reserved) {
			used = (one.access == access) ? one : used;
		}
		if (used == null) {
			used = new Reserved(access, pricing);
			this.reserved.add(used);
		}
		used.handlers++;
		this.runs.push(new Run(handler, used));
	}

	/**
	 * A handler has ended. One that was not let in by an access is left out.
	 * @param failed whether it threw, and nothing was sent
	 */
	synchronized void end(Object handler, boolean failed) {
		for (Run run : this.runs) {
			if (run.handler() == handler) {
				this.runs.remove(run);
				run.reserved().failures += failed ? 1 : 0;
				return;
			}
		}
	}

	/**
	 * The request has ended. Gives back everything if it was not served, else what none
	 * but failed handlers were let in for. Later calls have no effect.
	 */
	void end(boolean served) {
		List<Access> unused;
		synchronized (this) {
			unused = this.ended ? List.of()
					: this.reserved.stream()
						.filter((one) -> !served || one.failures == one.handlers)
						.map((one) -> one.access)
						.toList();
			this.ended = true;
		}
		unused.forEach(Access::giveBack);
	}

	/**
	 * A handler and what it was let in for.
	 *
	 * @param handler the handler
	 * @param reserved its access
	 */
	private record Run(Object handler, Reserved reserved) {

	}

	/**
	 * An access with the handlers that share it.
	 */
	private static final class Reserved {

		private final Access access;

		private final Pricing pricing;

		private int handlers;

		private int failures;

		Reserved(Access access, Pricing pricing) {
			this.access = access;
			this.pricing = pricing;
		}

		boolean covers(Pricing other, PaymentOffers offers) {
			return (this.access instanceof PassUse use) ? use.opens(other.pass(), offers)
					: this.pricing.name().equals(other.name());
		}

	}

}
