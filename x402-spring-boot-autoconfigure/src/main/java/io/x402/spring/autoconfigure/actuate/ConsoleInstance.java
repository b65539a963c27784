/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.math.BigDecimal;
import java.util.List;

import io.x402.spring.evm.onchain.GasBalances.GasBalance;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;

/**
 * What the console shows of the instance that serves it.
 *
 * @param facilitators the facilitators, and whether they can be used
 * @param nodes the nodes of networks, and whether they can be used
 * @param gas what the accounts that settle have left, at most a minute old
 * @param stores where claims, passes and entries are kept
 * @param calls the calls of the facilitators since the start, empty without meters
 */
record ConsoleInstance(List<FacilitatorCondition> facilitators, List<FacilitatorCondition> nodes, List<Gas> gas,
		List<Part> stores, List<FacilitatorCalls> calls) {

	/**
	 * What an account has left.
	 *
	 * @param networkName name of the network
	 * @param account address of the account
	 * @param balance in the currency of the network, as a decimal number
	 */
	record Gas(String networkName, String account, String balance) {

		static Gas of(GasBalance balance, Networks networks) {
			Network network = networks.byId(balance.network());
			BigDecimal plain = balance.balance().stripTrailingZeros();
			return new Gas((network != null) ? network.name() : balance.network(), balance.account(),
					plain.toPlainString());
		}

	}

	/**
	 * A part of the application.
	 *
	 * @param holds what it keeps
	 * @param type its type
	 */
	record Part(String holds, String type) {

	}

	/**
	 * Calls of facilitators.
	 *
	 * @param operation {@code verify} or {@code settle}
	 * @param count number of calls since the start
	 * @param meanMillis how long one took on average
	 * @param maxMillis how long the longest took of late
	 */
	record FacilitatorCalls(String operation, long count, double meanMillis, double maxMillis) {

	}

}
