/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.x402.spring.autoconfigure.actuate.ConsoleInstance.Gas;
import io.x402.spring.autoconfigure.actuate.ConsoleInstance.Part;
import io.x402.spring.evm.onchain.GasBalances;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.money.Networks;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Finds out what an instance settles with and keeps claims in. Calls no facilitator or
 * store; nodes are asked for balances, once a minute at most.
 */
final class InstanceParts {

	private static final Map<String, Class<?>> STORES = Map.of("claims", PaymentStore.class, "ledger",
			PaymentLedger.class, "passes", PassStore.class);

	private final BeanFactory beans;

	private final Networks networks;

	/**
	 * Create parts.
	 * @param beans knows the parts that there are
	 * @param networks the known networks
	 */
	InstanceParts(BeanFactory beans, Networks networks) {
		this.beans = beans;
		this.networks = networks;
	}

	/**
	 * Return what is known now.
	 * @return the parts
	 */
	ConsoleInstance read() {
		GasBalances balances = find(GasBalances.class);
		CallTimers timers = find(CallTimers.class);
		return new ConsoleInstance(SellerParts.conditions(find(Facilitator.class)), nodes(),
				(balances != null) ? balances.get().stream().map((balance) -> Gas.of(balance, this.networks)).toList()
						: List.of(),
				STORES.keySet().stream().sorted().flatMap(this::store).toList(),
				(timers != null) ? timers.calls() : List.of());
	}

	private List<FacilitatorCondition> nodes() {
		return this.beans
			.<Iterable<FacilitatorCondition>>getBeanProvider(
					ResolvableType.forClassWithGenerics(Iterable.class, FacilitatorCondition.class))
			.orderedStream()
			.<FacilitatorCondition>mapMulti(Iterable::forEach)
			.toList();
	}

	private Stream<Part> store(String holds) {
		Object store = find(Objects.requireNonNull(STORES.get(holds)));
		return (store != null) ? Stream.of(new Part(holds, SellerParts.type(store))) : Stream.empty();
	}

	private <T> @Nullable T find(Class<T> type) {
		return this.beans.getBeanProvider(type).getIfUnique();
	}

}
