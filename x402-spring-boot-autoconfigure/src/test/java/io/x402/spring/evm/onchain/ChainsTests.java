/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which nodes belong to which network.
 */
class ChainsTests {

	private final TestChain chain = TestChain.get();

	@Test
	void whenManyAskForTheFirstTimeThenAllFindTheNetwork() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(64);
		try {
			for (int round = 0; round < 20; round++) {
				Chains chains = this.chain.chains();
				Callable<Chain> task = () -> chains.get(TestChain.NETWORK);
				for (Future<Chain> found : executor.invokeAll(Collections.nCopies(64, task))) {
					assertThat(found.get()).isNotNull();
				}
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenTwoNodesAreOfOneNetworkThenItIsOneNetwork() {
		Chains chains = TestChain.chains(this.chain.node(), TestChain.node(this.chain.url()));
		assertThat(chains.networks()).isEqualTo(List.of(TestChain.NETWORK));
		assertThat(chains.get("eip155:1")).isNull();
		assertThat(chains.get("solana:84532")).isNull();
	}

}
