/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many settlements at once on blocks of two seconds.
 */
@Tag("long")
class SettlementLoadTests {

	private static final int PAYMENTS = 200;

	private static final int THREADS = 40;

	private final TestChain chain = TestChain.get();

	private final String payTo = TestChain.signer().address();

	private final OnChainSettings settings = TestChain.settings(Duration.ofMinutes(2));

	@AfterEach
	void mineAtOnce() {
		this.chain.mineAtOnce();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void whenManySettleAtOnceAndTheProcessIsKilledInTheMiddleThenEachPaymentIsMadeOnce(int count, @TempDir Path files)
			throws Exception {
		List<String> keys = Stream.generate(TestChain::key).limit(count).toList();
		List<Signer> signers = keys.stream().map(this.chain::richSigner).toList();
		List<FacilitatorRequest> requests = requests();
		this.chain.mineEvery(2);
		Process process = SettlingProcess.start(files.resolve("work"), this.chain, keys, ChainBuyer.offer(this.payTo),
				requests);
		try {
			while (this.chain.balance(this.payTo).signum() == 0) {
				assertThat(process.isAlive()).isTrue();
				Thread.sleep(20);
			}
		}
		finally {
			process.destroyForcibly().waitFor();
		}
		assertThat(this.chain.balance(this.payTo)).as("it was killed in the middle").isLessThan(total());

		OnChainFacilitator resumed = TestChain.facilitator(this.chain.chains(), signers, 1, this.settings);
		assertThat(settle(resumed, requests)).hasSize(PAYMENTS)
			.allSatisfy((outcome) -> assertThat(outcome).isInstanceOf(Settled.class));
		assertThat(this.chain.balance(this.payTo)).isEqualTo(total());
		assertNoGap(signers);
	}

	@Test
	void whenManySettleAtOnceThenNotOneTransactionIsWasted() throws Exception {
		List<Signer> signers = Stream.generate(this.chain::richSigner).limit(4).toList();
		List<FacilitatorRequest> requests = requests();
		this.chain.mineEvery(2);
		OnChainFacilitator facilitator = TestChain.facilitator(this.chain.chains(), signers, 1, this.settings);
		List<SettlementOutcome> outcomes = settle(facilitator, requests);
		assertThat(outcomes.stream().map((outcome) -> ((Settled) outcome).receipt().transaction()).distinct())
			.hasSize(PAYMENTS);
		assertThat(this.chain.balance(this.payTo)).isEqualTo(total());
		assertThat(signers.stream().mapToLong((signer) -> this.chain.transactions(signer.address())))
			.allSatisfy((transactions) -> assertThat(transactions).as("every key is used").isPositive());
		assertThat(signers.stream().mapToLong((signer) -> this.chain.transactions(signer.address())).sum())
			.isEqualTo(PAYMENTS);
	}

	private List<FacilitatorRequest> requests() {
		this.chain.mineAtOnce();
		ChainBuyer buyer = this.chain.buyer();
		return IntStream.range(0, PAYMENTS).mapToObj((i) -> buyer.pay(ChainBuyer.offer(this.payTo))).toList();
	}

	private static List<SettlementOutcome> settle(OnChainFacilitator facilitator, List<FacilitatorRequest> requests)
			throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			List<Callable<SettlementOutcome>> tasks = new ArrayList<>();
			requests.forEach((request) -> tasks.add(() -> facilitator.settle(request)));
			List<SettlementOutcome> outcomes = new ArrayList<>();
			for (Future<SettlementOutcome> future : executor.invokeAll(tasks)) {
				outcomes.add(future.get());
			}
			return outcomes;
		}
		finally {
			executor.shutdownNow();
		}
	}

	private void assertNoGap(List<Signer> signers) {
		assertThat(signers).allSatisfy((signer) -> assertThat(
				Hex.number(this.chain.rpc("eth_getTransactionCount", signer.address(), "pending").asString())
					.longValueExact())
			.isEqualTo(this.chain.transactions(signer.address())));
	}

	private static BigInteger total() {
		return ChainBuyer.PRICE.multiply(BigInteger.valueOf(PAYMENTS));
	}

}
