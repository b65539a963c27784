/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.VerifyResponse;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a remote facilitator, with a bulkhead and a circuit breaker for each of
 * both operations.
 * <p>
 * Only facts about the facilitator count. A message of the protocol is a response about
 * one payment, whatever its status. HTTP 500 of a verification proves nothing, because a
 * single payment can provoke it, and neither does a refusal such as 403 if other payments
 * succeeded lately. A settlement that was refused, or whose outcome is unknown, counts by
 * its payer, see {@link CircuitBreaker}: one buyer must not be able to close a shop for
 * all others, and a facilitator that fails for all must not be sent further payments.
 * <p>
 * Where a payment does not show its payer, the facilitator has named it when it verified
 * the payment. A payment whose payer is not known at all is taken for one of a payer of
 * its own.
 */
final class ResilientCalls {

	private static final int MAX_PAYERS = 5_000;

	private final CircuitBreaker verifying;

	private final CircuitBreaker settling;

	private final ResilienceSettings settings;

	private final Semaphore verifications;

	private final Semaphore settlements;

	private final Map<String, LongAdder> refused = Map.of(limit("verifications"), new LongAdder(), limit("settlements"),
			new LongAdder());

	/** Payers named by the facilitator, of payments that do not show them. */
	private final Map<AuthorizationKey, String> payers = Collections.synchronizedMap(new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<AuthorizationKey, String> eldest) {
			return size() > MAX_PAYERS;
		}

	});

	private final @Nullable RecoveryCheck recovery;

	ResilientCalls(ResilienceSettings settings, MonotonicClock clock) {
		this(settings, clock, null);
	}

	/**
	 * Create the calls of a facilitator.
	 * @param settings the limits
	 * @param clock a clock that only runs
	 * @param recovery checks whether a facilitator that failed responds again, or
	 * {@code null} if only calls can tell
	 */
	ResilientCalls(ResilienceSettings settings, MonotonicClock clock, @Nullable RecoveryCheck recovery) {
		this.settings = settings;
		this.verifying = new CircuitBreaker(settings.failureThreshold(), settings.openDuration(), clock);
		this.settling = new CircuitBreaker(settings.failureThreshold(), settings.openDuration(), clock);
		this.verifications = new Semaphore(settings.maxConcurrentVerifications());
		this.settlements = new Semaphore(settings.maxConcurrentSettlements());
		this.recovery = recovery;
	}

	/**
	 * Make a call of {@code /verify}. A handler should not run for a payment that cannot
	 * be settled afterwards, so this is refused when settlements are.
	 * @param payment the payment it is about
	 * @param call makes the call
	 */
	FacilitatorResponse verify(AuthorizationKey payment, Call call) throws NoResponseException {
		checkSettlements();
		if (!this.verifications.tryAcquire()) {
			throw tooMany("verifications", this.settings.maxConcurrentVerifications());
		}
		try {
			return reserved(payment, call);
		}
		finally {
			this.verifications.release();
		}
	}

	/**
	 * Check whether a call of {@code /verify} would be made now.
	 * @throws CallNotPermittedException if it would be refused
	 */
	void checkVerifications() throws CallNotPermittedException {
		checkSettlements();
		if (this.verifications.availablePermits() == 0) {
			throw tooMany("verifications", this.settings.maxConcurrentVerifications());
		}
		if (!this.settling.isReservable() || !this.verifying.isAcquirable()) {
			throw down();
		}
	}

	int maxConcurrentVerifications() {
		return this.settings.maxConcurrentVerifications();
	}

	private void checkSettlements() throws CallNotPermittedException {
		if (this.settlements.availablePermits() == 0) {
			throw tooMany("settlements", this.settings.maxConcurrentSettlements());
		}
	}

	private FacilitatorResponse reserved(AuthorizationKey payment, Call call) throws NoResponseException {
		if (!this.settling.tryReserve()) {
			throw down();
		}
		boolean settleable = false;
		try {
			if (!this.verifying.tryAcquire()) {
				throw down();
			}
			FacilitatorResponse response = observe(this.verifying, "verify", null, call);
			if (response.message() instanceof VerifyResponse verified && verified.isValid()) {
				settleable = true;
				remember(payment, UpstreamText.identifier(verified.payer()));
			}
			return response;
		}
		finally {
			if (!settleable) {
				this.settling.cancelReservation();
			}
		}
	}

	private void remember(AuthorizationKey payment, @Nullable String payer) {
		if (payment.payer().isEmpty() && payer != null) {
			this.payers.put(payment, payer);
		}
	}

	private Object payer(AuthorizationKey payment) {
		if (!payment.payer().isEmpty()) {
			return payment.payer();
		}
		String named = this.payers.get(payment);
		return (named != null) ? named : payment;
	}

	/**
	 * Make a call of {@code /settle}.
	 * @param payment the payment it is about
	 * @param call makes the call
	 */
	FacilitatorResponse settle(AuthorizationKey payment, Call call) throws NoResponseException {
		if (!this.settlements.tryAcquire()) {
			throw tooMany("settlements", this.settings.maxConcurrentSettlements());
		}
		try {
			if (!this.settling.tryAcquire()) {
				throw down();
			}
			return observe(this.settling, "settle", payment, call);
		}
		finally {
			this.settlements.release();
		}
	}

	private CallNotPermittedException tooMany(String operations, int limit) {
		Objects.requireNonNull(this.refused.get(limit(operations))).increment();
		return new CallNotPermittedException(
				"too many " + operations + " are under way: " + limit(operations) + " is " + limit);
	}

	private static String limit(String operations) {
		return "x402.facilitator.limits.max-concurrent-" + operations;
	}

	/**
	 * Return how many calls were refused because others are under way, by property.
	 */
	Map<String, Long> refused() {
		Map<String, Long> calls = new TreeMap<>();
		this.refused.forEach((limit, count) -> calls.put(limit, count.sum()));
		return calls;
	}

	private CallNotPermittedException down() {
		return new CallNotPermittedException("the facilitator is down (circuit breaker open): " + problem());
	}

	private FacilitatorResponse observe(CircuitBreaker circuitBreaker, String operation,
			@Nullable AuthorizationKey payment, Call call) throws NoResponseException {
		try {
			FacilitatorResponse response = call.make();
			note(circuitBreaker, operation, payment, response);
			return response;
		}
		catch (NoConnectionException ex) {
			circuitBreaker.inconclusive();
			throw ex;
		}
		catch (NoResponseException ex) {
			failed(circuitBreaker, operation + " failed: " + ex.getMessage());
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			failed(circuitBreaker, operation + " failed: " + ex.getClass().getName());
			throw ex;
		}
	}

	private void note(CircuitBreaker circuitBreaker, String operation, @Nullable AuthorizationKey payment,
			FacilitatorResponse response) {
		if (response.isAboutPayment()) {
			succeeded(circuitBreaker);
			return;
		}
		String problem = operation + " responded with " + response.describe();
		switch (response.status().value()) {
			case 401, 429, 502, 503, 504 -> failed(circuitBreaker, problem);
			case 402, 407 -> circuitBreaker.refused(problem);
			case 403, 404, 405 -> refused(circuitBreaker, problem, payment);
			default -> {
				boolean refuses = response.status().is3xxRedirection()
						|| (payment != null && SettlementVerdict.isRefusal(response));
				if (refuses) {
					refused(circuitBreaker, problem, payment);
				}
				else if (payment != null) {
					circuitBreaker.failedPayment(problem, payer(payment), payment);
					checkRecovery(circuitBreaker);
				}
				else {
					circuitBreaker.inconclusive();
				}
			}
		}
	}

	private void refused(CircuitBreaker circuitBreaker, String problem, @Nullable AuthorizationKey payment) {
		if (payment != null) {
			circuitBreaker.refusedPayment(problem, payer(payment), payment);
		}
		else {
			circuitBreaker.refusedUnproven(problem);
		}
	}

	private void succeeded(CircuitBreaker circuitBreaker) {
		circuitBreaker.succeeded();
		if (this.recovery != null) {
			this.recovery.reset();
		}
	}

	private void failed(CircuitBreaker circuitBreaker, String problem) {
		circuitBreaker.failed(problem);
		checkRecovery(circuitBreaker);
	}

	private void checkRecovery(CircuitBreaker circuitBreaker) {
		if (this.recovery != null && circuitBreaker.isOpen()) {
			this.recovery.begin(this::recovered);
		}
	}

	private void recovered(boolean news) {
		this.verifying.tryEarly(news);
		this.settling.tryEarly(news);
	}

	/**
	 * Return whether any call was responded to after the latest failure.
	 */
	boolean isLatestSuccessful() {
		return this.verifying.isLatestSuccessful() || this.settling.isLatestSuccessful();
	}

	/**
	 * Return what recent calls tell.
	 */
	FacilitatorCondition condition(String name) {
		return new FacilitatorCondition(name, !this.verifying.isOpen() && !this.settling.isOpen(), problem());
	}

	private String problem() {
		String problem = this.settling.problem();
		String other = this.verifying.problem();
		return (problem != null) ? problem : (other != null) ? other : "";
	}

	/**
	 * A call of the facilitator.
	 */
	@FunctionalInterface
	interface Call {

		FacilitatorResponse make() throws NoResponseException;

	}

}
