/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The payments whose content may still come, by the request they are for, from their
 * signature until the seller has delivered, they have certainly not left, or their time
 * is over. Each is used by one call, or free: then the next call that is the same repeats
 * it instead of signing another one. A full store takes no more payments: it forgets
 * those that have expired, and never one that is alive, because that would let a request
 * be paid twice.
 */
final class KeptPayments {

	private final Map<String, Deque<Entry>> payments = new HashMap<>();

	private final int capacity;

	private final PaymentClock clock;

	private int size;

	/**
	 * Create an empty store.
	 * @param capacity maximum number of payments
	 * @param clock tells when payments have expired
	 */
	KeptPayments(int capacity, PaymentClock clock) {
		this.capacity = capacity;
		this.clock = clock;
	}

	/**
	 * Make room for a payment that is about to be signed.
	 * @return whether there is room
	 */
	synchronized boolean reserve() {
		if (this.size >= this.capacity) {
			forget(SignedPayment::forgotten);
		}
		if (this.size >= this.capacity) {
			forget(SignedPayment::end);
		}
		if (this.size >= this.capacity) {
			return false;
		}
		this.size++;
		return true;
	}

	/**
	 * Give back the room of a payment that was not signed.
	 */
	synchronized void unreserve() {
		this.size--;
	}

	/**
	 * Take in a payment that room was made for. The call that signed it uses it.
	 * @param payment the payment
	 */
	synchronized void add(SignedPayment payment) {
		this.payments.computeIfAbsent(payment.fingerprint(), (fingerprint) -> new ArrayDeque<>())
			.add(new Entry(payment));
	}

	/**
	 * Take a free payment for a request, so that no other call does.
	 * @param fingerprint the request
	 * @param except payments not to take
	 * @return the oldest one that is alive, else the oldest one, or {@code null}
	 */
	synchronized @Nullable SignedPayment take(String fingerprint, List<SignedPayment> except) {
		Deque<Entry> entries = this.payments.get(fingerprint);
		if (entries == null) {
			return null;
		}
		forget(entries, SignedPayment::forgotten);
		if (entries.isEmpty()) {
			this.payments.remove(fingerprint);
		}
		Entry taken = null;
		for (Entry entry : entries) {
			if (entry.free && !except.contains(entry.payment)
					&& (taken == null || (isOver(taken.payment.end()) && !isOver(entry.payment.end())))) {
				taken = entry;
			}
		}
		if (taken == null) {
			return null;
		}
		taken.free = false;
		return taken.payment;
	}

	/**
	 * Let the next call that is the same have a payment.
	 * @param payment the payment
	 */
	synchronized void free(SignedPayment payment) {
		for (Entry entry : this.payments.getOrDefault(payment.fingerprint(), new ArrayDeque<>())) {
			if (entry.payment == payment) {
				entry.free = true;
			}
		}
	}

	/**
	 * Forget a payment that a call uses.
	 * @param payment the payment
	 */
	synchronized void forget(SignedPayment payment) {
		forget(payment, false);
	}

	/**
	 * Forget a payment unless a call uses it.
	 * @param payment the payment
	 */
	synchronized void forgetFree(SignedPayment payment) {
		forget(payment, true);
	}

	private void forget(SignedPayment payment, boolean free) {
		Deque<Entry> entries = this.payments.get(payment.fingerprint());
		if (entries == null) {
			return;
		}
		if (entries.removeIf((entry) -> entry.payment == payment && entry.free == free)) {
			this.size--;
		}
		if (entries.isEmpty()) {
			this.payments.remove(payment.fingerprint());
		}
	}

	private void forget(Function<SignedPayment, PaymentClock.End> end) {
		for (Iterator<Deque<Entry>> all = this.payments.values().iterator(); all.hasNext();) {
			Deque<Entry> entries = all.next();
			forget(entries, end);
			if (entries.isEmpty()) {
				all.remove();
			}
		}
	}

	private void forget(Deque<Entry> entries, Function<SignedPayment, PaymentClock.End> end) {
		int before = entries.size();
		entries.removeIf((entry) -> isOver(end.apply(entry.payment)));
		this.size -= before - entries.size();
	}

	private boolean isOver(PaymentClock.End end) {
		return this.clock.isPast(end);
	}

	/**
	 * A payment, and whether a call may take it.
	 */
	private static final class Entry {

		private final SignedPayment payment;

		private boolean free;

		Entry(SignedPayment payment) {
			this.payment = payment;
		}

	}

}
