package io.x402.spring.client;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The payments whose outcome is not known, by the request they are for. As long as there
 * is one, the request is repeated with it instead of a new one. A full store takes no
 * more payments; it never forgets one that is alive, because that would let a request be
 * paid twice.
 */
final class KeptPayments {

	private final Map<String, Deque<SignedPayment>> parked = new HashMap<>();

	private final int capacity;

	private int open;

	KeptPayments(int capacity) {
		this.capacity = capacity;
	}

	/**
	 * Make room for a payment that is about to be signed.
	 * @param now the time
	 * @return whether there is room
	 */
	synchronized boolean open(Instant now) {
		if (this.open >= this.capacity) {
			forgetDead(now);
		}
		if (this.open >= this.capacity) {
			return false;
		}
		this.open++;
		return true;
	}

	/**
	 * Forget a payment that is not parked, and give its room back.
	 */
	synchronized void close() {
		this.open--;
	}

	/**
	 * Keep a payment for the next request that is the same.
	 * @param payment the payment
	 */
	synchronized void park(SignedPayment payment) {
		this.parked.computeIfAbsent(payment.fingerprint(), (fingerprint) -> new ArrayDeque<>()).add(payment);
	}

	/**
	 * Take a payment that is kept for a request, so that nobody else does.
	 * @param fingerprint the request
	 * @param now the time
	 * @return the oldest one that is alive, or {@code null}
	 */
	synchronized @Nullable SignedPayment take(String fingerprint, Instant now) {
		Deque<SignedPayment> payments = this.parked.get(fingerprint);
		SignedPayment payment = (payments != null) ? payments.poll() : null;
		while (payment != null && !payment.deadAt().isAfter(now)) {
			close();
			payment = payments.poll();
		}
		if (payments != null && payments.isEmpty()) {
			this.parked.remove(fingerprint);
		}
		return payment;
	}

	private void forgetDead(Instant now) {
		for (Iterator<Deque<SignedPayment>> all = this.parked.values().iterator(); all.hasNext();) {
			Deque<SignedPayment> payments = all.next();
			int before = payments.size();
			payments.removeIf((payment) -> !payment.deadAt().isAfter(now));
			this.open -= before - payments.size();
			if (payments.isEmpty()) {
				all.remove();
			}
		}
	}

}
