/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.time.Duration;
import java.util.List;

import io.x402.spring.evm.onchain.TransferFacilitator.Settings;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many verifications facilitators of this package make at the same time, which the
 * engine must know.
 */
class ConcurrentVerificationTests {

	private final Chains chains = new Chains(List.of(), Runnable::run, Duration.ofMillis(20));

	@Test
	void whenAFacilitatorIsDecoratedThenItsLimitHolds() {
		FacilitatorDouble facilitator = new FacilitatorDouble().making(7);
		ReceiptCheckingFacilitator checking = new ReceiptCheckingFacilitator(facilitator,
				TestChain.probe(this.chains, 1), (offer) -> true, Duration.ofSeconds(1), Duration.ofMillis(50));
		assertThat(checking.maxConcurrentVerifications()).isEqualTo(7);
		assertThat(checking.checkingSignatures(this.chains, Networks.load()).maxConcurrentVerifications()).isEqualTo(7);
		assertThat(
				new TransferFacilitator(facilitator, this.chains, new Settings(1, false, Duration.ofSeconds(30), 4, 0))
					.maxConcurrentVerifications())
			.isEqualTo(7);
	}

	@Test
	void whenKeysAreOurOwnThenTheLimitIsThatOfSettlements() {
		OnChainSettings usual = TestChain.settings(Duration.ofSeconds(30));
		assertThat(
				TestChain
					.facilitator(this.chains, List.of(TestChain.signer()), 1,
							new OnChainSettings(usual.settleTimeout(), usual.pollInterval(), 9, usual.factories(),
									usual.gas()))
					.maxConcurrentVerifications())
			.isEqualTo(9);
	}

}
