/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import io.x402.spring.evm.Signer;
import io.x402.spring.time.Deadline;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

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

	/** Held while nodes are asked, which a virtual thread may do without its carrier. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Chains chains;

	private final List<String> accounts;

	private @Nullable List<GasBalance> balances;

	private Deadline outdated = Deadline.in(Duration.ZERO);

	/**
	 * Create balances.
	 * @param chains the networks
	 * @param signers the keys of the accounts
	 */
	public GasBalances(Chains chains, List<Signer> signers) {
		this.chains = chains;
		this.accounts = signers.stream().map(Signer::address).toList();
	}

	/**
	 * Return the balances of all accounts on all networks whose nodes respond.
	 * @return the balances, at most a minute old; empty if no node responds
	 */
	public List<GasBalance> get() {
		this.lock.lock();
		try {
			List<GasBalance> known = this.balances;
			if (known == null || this.outdated.hasPassed()) {
				this.outdated = Deadline.in(TTL);
				known = read();
				this.balances = known;
			}
			return known;
		}
		finally {
			this.lock.unlock();
		}
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
