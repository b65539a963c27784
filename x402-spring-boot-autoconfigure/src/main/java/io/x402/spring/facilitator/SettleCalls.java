/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.protocol.AuthorizationKey;

/**
 * The settle calls of one process: one at a time for each payment. Once a call may have
 * been executed, further ones go to the same place, and their outcomes prove only what an
 * earlier call cannot have caused. The 50,000 payments used last are remembered.
 *
 * @param <P> type of the places that settle
 * @since 0.1.0
 */
public final class SettleCalls<P> {

	private final Map<AuthorizationKey, P> places = Collections.synchronizedMap(new RecentlyUsed<>());

	private final Set<AuthorizationKey> running = ConcurrentHashMap.newKeySet();

	/**
	 * Settle a payment.
	 * @param request the payment
	 * @param candidates the places to settle it at, in the order of preference; the next
	 * one is called only if the one before has certainly executed nothing
	 * @param call settles it at a place
	 * @return the outcome
	 */
	public SettlementOutcome settle(FacilitatorRequest request, Supplier<List<P>> candidates,
			Function<P, SettlementOutcome> call) {
		AuthorizationKey key = request.authorizationKey();
		if (!this.running.add(key)) {
			return new Unknown("the payment is being settled by another call", null);
		}
		try {
			P earlier = this.places.get(key);
			return (earlier != null) ? call.apply(earlier).afterEarlierCall() : settle(key, candidates.get(), call);
		}
		finally {
			this.running.remove(key);
		}
	}

	private SettlementOutcome settle(AuthorizationKey key, List<P> candidates, Function<P, SettlementOutcome> call) {
		SettlementOutcome outcome = new NotExecuted("no facilitator is configured for the network");
		for (P place : candidates) {
			this.places.put(key, place);
			outcome = call.apply(place);
			if (!(outcome instanceof NotExecuted)) {
				return outcome;
			}
			this.places.remove(key);
		}
		return outcome;
	}

}
