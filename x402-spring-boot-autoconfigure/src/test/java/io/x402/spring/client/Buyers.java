/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.x402.spring.evm.PaymentSigner;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.InMemorySpendingStore;
import io.x402.spring.store.SpendingLimit;
import io.x402.spring.store.SpendingStore;
import io.x402.spring.time.MonotonicClock;

/**
 * A buyer to be tested: what it may spend, what it signed and what it told.
 */
final class Buyers {

	static final BigDecimal LIMIT = new BigDecimal("0.10");

	final CountingSigner signer = new CountingSigner();

	final List<PurchaseEvent> events = Collections.synchronizedList(new ArrayList<>());

	final List<PurchaseListener> listeners = new ArrayList<>(List.of(this.events::add));

	SpendingStore spendings = new InMemorySpendingStore();

	PaymentApproval approval = (purchase) -> false;

	Clock clock = Clock.systemUTC();

	/** A clock that is set, unless told otherwise, shows the time that passes. */
	MonotonicClock running = () -> TimeUnit.MILLISECONDS.toNanos(this.clock.millis());

	SpendingPolicy.Sellers sellers = new SpendingPolicy.Sellers(List.of("127.0.0.1"), false, true, Map.of());

	SpendingPolicy.Offers offers = new SpendingPolicy.Offers(Set.of("eip155:84532"), Set.of(), Set.of("exact", "upto"),
			Set.of("authorization", "upfront"));

	BigDecimal maxAmount = LIMIT;

	BigDecimal approveAbove;

	List<SpendingLimit> limits = List.of();

	boolean signIn;

	boolean machinePayments;

	Networks networks = Networks.load();

	GatewayDeposits deposits = GatewayDeposits.none();

	PayerSettings settings = new PayerSettings(Set.of(ProtocolVersion.values()), Duration.ofMinutes(10),
			Duration.ofMinutes(15), 3, Duration.ofMillis(1), Duration.ofMillis(20));

	Payer payer() {
		SpendingPolicy policy = new SpendingPolicy(this.sellers, this.offers, this.maxAmount, this.approveAbove,
				this.limits);
		Payer.Builder payer = Payer
			.builder(new PaymentSigner(this.signer), policy, new PaymentClock(this.clock, this.running))
			.networks(this.networks)
			.spendings(this.spendings)
			.approval(this.approval)
			.machinePayments(this.machinePayments)
			.gatewayDeposits(this.deposits.contracts(), this.deposits.maxValidity(), this.deposits.preferred())
			.listeners(this.listeners)
			.versions(this.settings.versions())
			.maxValidity(this.settings.maxValidity())
			.redeliveryWindow(this.settings.redeliveryWindow())
			.attempts(this.settings.maxAttempts(), this.settings.retryWait(), this.settings.maxRetryWait());
		return (this.signIn ? payer.signIn(this.signer) : payer).build();
	}

	List<String> told() {
		return this.events.stream().map((event) -> event.getClass().getSimpleName()).toList();
	}

}
