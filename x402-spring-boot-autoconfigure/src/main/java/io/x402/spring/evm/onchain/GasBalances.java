/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.x402.spring.evm.Signer;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What the accounts that settle have left to pay for gas. It is asked for when someone
 * wants to know, and then not again for a minute.
 *
 * @since 0.1.0
 */
public final class GasBalances {

	private static final Log logger = LogFactory.getLog(GasBalances.class);

	private static final Duration TTL = Duration.ofMinutes(1);

	private static final int DECIMALS = 18;

	private final Chains chains;

	private final List<String> accounts;

	private final Recent<List<GasBalance>> balances;

	/**
	 * Create balances.
	 * @param chains the networks
	 * @param signers the keys of the accounts
	 */
	public GasBalances(Chains chains, List<Signer> signers) {
		this.chains = chains;
		this.accounts = signers.stream().map(Signer::address).toList();
		this.balances = new Recent<>(this::read, TTL.toNanos(), MonotonicClock.system());
	}

	/**
	 * Return the balances of all accounts on all networks whose nodes respond.
	 * @return the balances, at most a minute old; empty if no node responds
	 */
	public List<GasBalance> get() {
		return this.balances.get();
	}

	private List<GasBalance> read() {
		List<GasBalance> read = new ArrayList<>();
		for (String network : this.chains.networks()) {
			Chain chain = this.chains.get(network);
			for (String account : this.accounts) {
				try {
					if (chain != null) {
						read.add(new GasBalance(network, account, new BigDecimal(chain.balance(account), DECIMALS)));
					}
				}
				catch (NodeUnavailableException | NodeErrorException ex) {
					logger.debug("A balance could not be read: " + ex.getMessage());
				}
			}
		}
		return List.copyOf(read);
	}

	/**
	 * What one account has left.
	 *
	 * @param network CAIP-2 identifier of the network
	 * @param account address of the account
	 * @param balance in the currency of the network, ether for example
	 */
	public record GasBalance(String network, String account, BigDecimal balance) {

	}

}
