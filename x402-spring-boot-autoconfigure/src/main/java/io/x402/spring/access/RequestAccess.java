/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PassTerms;
import io.x402.spring.pricing.Pricing;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a request is let in for without a payment: one access of each price, however many
 * handlers it forwards to and includes, whatever the transport. All of them stay taken or
 * are given back once, when the request has ended.
 *
 * @since 0.2.0
 */
public final class RequestAccess {

	private static final Log logger = LogFactory.getLog(RequestAccess.class);

	private final List<Reserved> reserved = new ArrayList<>(0);

	/** Handlers that have not ended, the innermost first. */
	private final Deque<Run> runs = new LinkedList<>();

	/** Read for each header of each request, so without a lock. */
	private volatile boolean empty = true;

	private boolean ended;

	/**
	 * Create the access of a request, which nothing lets in yet.
	 */
	public RequestAccess() {
	}

	/**
	 * Return whether nothing lets the request in.
	 * @return {@code true} if nothing was reserved for it
	 */
	public boolean isEmpty() {
		return this.empty;
	}

	/**
	 * Return what the client learns about all that was reserved.
	 * @return header fields of the response by name
	 */
	public synchronized Map<String, String> headers() {
		Map<String, String> headers = new LinkedHashMap<>();
		this.reserved.forEach((one) -> headers.putAll(one.access.headers()));
		return headers;
	}

	/**
	 * Return what the browser of the client keeps or deletes.
	 * @return values of {@code Set-Cookie}
	 */
	public synchronized List<String> cookies() {
		return this.reserved.stream().flatMap((one) -> one.access.cookies().stream()).toList();
	}

	/**
	 * Return the access of the handler that was let in last.
	 * @return the access, or {@code null} if no handler runs that was let in by one
	 */
	public synchronized @Nullable Access last() {
		Run run = this.runs.peek();
		return (run != null) ? run.reserved().access : null;
	}

	/**
	 * Return the access that also decides about another handler of the request.
	 * @param pricing the price of that handler
	 * @param offers the offers of that handler
	 * @return the access, not granted if the request must not take another one;
	 * {@code null} if it may
	 */
	public synchronized @Nullable Access covering(Pricing pricing, PaymentOffers offers) {
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
	 * Remember what was reserved for a handler. An access that no handler is let in by is
	 * given back when the request has ended.
	 * @param pricing the price of the handler
	 * @param access its access, granted
	 * @return {@code false} if the request has ended meanwhile, so that the access was
	 * given back
	 */
	public boolean reserve(Pricing pricing, Access access) {
		if (remember(pricing, access)) {
			return true;
		}
		access.giveBack();
		return false;
	}

	private synchronized boolean remember(Pricing pricing, Access access) {
		if (this.ended) {
			return false;
		}
		this.empty = false;
		return this.reserved.add(new Reserved(access, pricing));
	}

	/**
	 * A handler is let in and runs.
	 * @param handler the handler
	 * @param access its access, reserved for it or for another one before
	 */
	public synchronized void begin(Object handler, Access access) {
		for (Reserved one : this.reserved) {
			if (one.access == access) {
				one.handlers++;
				this.runs.push(new Run(handler, one));
				return;
			}
		}
	}

	/**
	 * A handler has ended. One that was not let in by an access is left out.
	 * @param handler the handler
	 * @param failed whether it threw, and nothing was sent
	 */
	public synchronized void end(Object handler, boolean failed) {
		for (Run run : this.runs) {
			if (run.handler() == handler) {
				this.runs.remove(run);
				run.reserved().failures += failed ? 1 : 0;
				return;
			}
		}
	}

	/**
	 * A response is about to be sent that would have been charged. Gives back what none
	 * but failed handlers were let in for, so that a client who repeats the request at
	 * once finds it.
	 */
	public void giveBackFailed() {
		takeFailed().forEach((one) -> one.access.giveBack());
	}

	private synchronized List<Reserved> takeFailed() {
		List<Reserved> failed = this.ended ? List.of() : this.reserved.stream().filter(Reserved::isFailed).toList();
		this.reserved.removeAll(failed);
		return failed;
	}

	/**
	 * Return whether there is something that none but failed handlers were let in for.
	 * @return {@code true} if {@link #giveBackFailed} would give something back
	 */
	public synchronized boolean hasFailed() {
		return !this.ended && this.reserved.stream().anyMatch(Reserved::isFailed);
	}

	/**
	 * The request has ended. Gives back everything if it was not served, else what none
	 * but failed handlers were let in for, and what the others have not used. Later calls
	 * have no effect.
	 * @param served whether the response is one that would have been charged
	 */
	public void end(boolean served) {
		List<Runnable> steps;
		synchronized (this) {
			steps = (this.ended || this.empty) ? List.of()
					: this.reserved.stream().map((one) -> one.end(served)).toList();
			this.ended = true;
		}
		steps.forEach(Runnable::run);
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

		boolean isFailed() {
			return this.handlers > 0 && this.failures == this.handlers;
		}

		Runnable end(boolean served) {
			boolean unused = !served || this.failures == this.handlers;
			return unused ? this.access::giveBack : this.access::commit;
		}

		boolean covers(Pricing other, PaymentOffers offers) {
			return (this.access instanceof PassUse use) ? use.opens(other.pass(), offers)
					: this.pricing.name().equals(other.name());
		}

	}

}
