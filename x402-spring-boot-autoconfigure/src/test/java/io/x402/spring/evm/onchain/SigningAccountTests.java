/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.OnChainSettings.Batches;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Transactions that no block takes, nodes that fail, keys that others use too.
 */
class SigningAccountTests {

	private static final BigInteger GWEI = BigInteger.TEN.pow(9);

	private final TestChain chain = TestChain.get();

	private final Signer key = this.chain.richSigner();

	private final String payTo = TestChain.signer().address();

	private final PaymentRequirements offer = ChainBuyer.offer(this.payTo);

	private final ChainBuyer buyer = this.chain.buyer();

	@BeforeEach
	void start() {
		this.chain.mineAtOnce();
		this.chain.rpc("anvil_setNextBlockBaseFeePerGas", Hex.quantity(GWEI));
		this.chain.mine(1);
	}

	@AfterEach
	void mineAtOnce() {
		this.chain.mineAtOnce();
		this.chain.mine(1);
		this.chain.rpc("anvil_setNextBlockBaseFeePerGas", Hex.quantity(GWEI));
		this.chain.mine(1);
	}

	@Test
	void whenBaseFeeRisesThenTransactionIsReplacedByOneThatPaysMore() {
		this.chain.mineNothing();
		OnChainFacilitator facilitator = facilitator(Duration.ofMillis(300), this.chain.node());
		CompletableFuture<SettlementOutcome> settlement = settleInBackground(facilitator, this.buyer.pay(this.offer));
		awaitSent("pending");
		riseBaseFee();
		assertThat(this.chain.balance(this.payTo)).as("left out of the block").isZero();
		SettlementOutcome outcome = mineUntilDone(settlement);
		assertThat(outcome).isInstanceOf(Settled.class);
		assertThat(this.chain.balance(this.payTo)).isEqualTo(ChainBuyer.PRICE);
		assertThat(this.chain.transactions(this.key.address())).as("one nonce").isEqualTo(1);
	}

	@Test
	void whenEarlierRunLeftTransactionThatNoBlockTakesThenItIsOutOfTheWayAndItsPaymentIsStillMade() {
		this.chain.mineNothing();
		FacilitatorRequest left = this.buyer.pay(this.offer);
		OnChainFacilitator ended = TestChain.facilitator(this.chain.chains(), List.of(this.key), 1,
				TestChain.settings(Duration.ofMillis(100)));
		assertThat(ended.settle(left)).isInstanceOf(Unknown.class);
		riseBaseFee();
		OnChainFacilitator restarted = facilitator(Duration.ofMillis(300), this.chain.node());
		assertThat(mineUntilDone(settleInBackground(restarted, this.buyer.pay(this.offer))))
			.isInstanceOf(Settled.class);
		assertThat(mineUntilDone(settleInBackground(restarted, left))).isInstanceOf(Settled.class);
		assertThat(this.chain.balance(this.payTo)).isEqualTo(ChainBuyer.PRICE.shiftLeft(1));
	}

	@Test
	void whenTransactionOfEarlierRunIsLostThenItsNonceIsFilled() throws IOException {
		// the node remembers that nonce 0 was taken, but nobody has the transaction
		try (FlakyNode forgetful = new FlakyNode(this.chain, (method) -> false,
				(call) -> (call.contains("eth_getTransactionCount") && call.contains("pending")) ? "\"0x1\"" : "")) {
			OnChainFacilitator facilitator = facilitator(Duration.ofMillis(300), forgetful.node());
			CompletableFuture<SettlementOutcome> settlement = settleInBackground(facilitator,
					this.buyer.pay(this.offer));
			awaitSent("queued");
			assertThat(mineUntilDone(settlement)).isInstanceOf(Settled.class);
		}
		assertThat(this.chain.transactions(this.key.address())).as("the empty one and the settlement").isEqualTo(2);
		assertThat(this.chain.balance(this.payTo)).isEqualTo(ChainBuyer.PRICE);
	}

	@Test
	void whenSomebodyElseUsedTheKeyThenTheNextNonceIsTaken() {
		OnChainFacilitator facilitator = facilitator(Duration.ofMinutes(5), this.chain.node());
		assertThat(facilitator.settle(this.buyer.pay(this.offer))).isInstanceOf(Settled.class);
		this.chain.send(this.key.address(), new ContractCall(this.payTo, "0x"));
		assertThat(facilitator.settle(this.buyer.pay(this.offer))).isInstanceOf(Settled.class);
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(3);
	}

	@Test
	void whenBaseFeeExceedsTheLimitThenNothingIsSent() {
		OnChainSettings stingy = new OnChainSettings(Duration.ofSeconds(5), Duration.ofMillis(50), 50, Set.of(),
				new OnChainSettings.Gas(Duration.ofMinutes(5), BigInteger.ONE, 3_000_000, Batches.NONE));
		OnChainFacilitator facilitator = TestChain.facilitator(this.chain.chains(), List.of(this.key), 1, stingy);
		assertThat(facilitator.settle(this.buyer.pay(this.offer))).isInstanceOf(NotExecuted.class);
		assertThat(this.chain.transactions(this.key.address())).isZero();
	}

	@Test
	void whenOneNodeIsDownThenTheOtherOneSettles() throws IOException {
		try (FlakyNode down = new FlakyNode(this.chain, (method) -> true)) {
			OnChainFacilitator facilitator = facilitator(Duration.ofMinutes(5), down.node(), this.chain.node());
			assertThat(facilitator.settle(this.buyer.pay(this.offer))).isInstanceOf(Settled.class);
			assertThat(this.chain.balance(this.payTo)).isEqualTo(ChainBuyer.PRICE);
		}
	}

	@Test
	void whenPreferredNodeFailsLaterThenReadsMoveOnAndTransactionsGoToAll() throws IOException {
		try (FlakyNode flaky = new FlakyNode(this.chain, (method) -> !method.equals("eth_chainId"))) {
			OnChainFacilitator facilitator = facilitator(Duration.ofMinutes(5), this.chain.node(), flaky.node());
			assertThat(facilitator.settle(this.buyer.pay(this.offer))).isInstanceOf(Settled.class);
			assertThat(flaky.called()).as("transactions go to all nodes").contains("eth_sendRawTransaction");
			OnChainFacilitator other = facilitator(Duration.ofMinutes(5), flaky.node(), this.chain.node());
			assertThat(other.settle(this.buyer.pay(this.offer))).isInstanceOf(Settled.class);
			assertThat(flaky.called()).as("reads prefer the first node").contains("eth_getBlockByNumber");
		}
	}

	@Test
	void whenNoNodeConfirmsTheTransactionThenIsUnknown() throws IOException {
		try (FlakyNode flaky = new FlakyNode(this.chain, "eth_sendRawTransaction"::equals)) {
			FacilitatorRequest request = this.buyer.pay(this.offer);
			OnChainFacilitator facilitator = TestChain.facilitator(TestChain.chains(flaky.node()), List.of(this.key), 1,
					TestChain.settings(Duration.ofMillis(300)));
			assertThat(facilitator.settle(request)).isInstanceOfSatisfying(Unknown.class,
					(unknown) -> assertThat(unknown.transaction()).matches("0x[0-9a-f]{64}"));
			assertThat(this.chain.balance(this.payTo)).isZero();
		}
	}

	private OnChainFacilitator facilitator(Duration replaceAfter, EvmNode... nodes) {
		return TestChain.facilitator(TestChain.chains(nodes), List.of(this.key), 1,
				TestChain.settings(Duration.ofMinutes(2), replaceAfter));
	}

	private static CompletableFuture<SettlementOutcome> settleInBackground(OnChainFacilitator facilitator,
			FacilitatorRequest request) {
		return CompletableFuture.supplyAsync(() -> facilitator.settle(request));
	}

	private void awaitSent(String state) {
		while (this.chain.rpc("txpool_status").path(state).asString().equals("0x0")) {
			Thread.onSpinWait();
		}
	}

	private void riseBaseFee() {
		this.chain.rpc("anvil_setNextBlockBaseFeePerGas", Hex.quantity(GWEI.multiply(BigInteger.valueOf(50))));
		this.chain.mine(1);
	}

	private SettlementOutcome mineUntilDone(CompletableFuture<SettlementOutcome> settlement) {
		while (!settlement.isDone()) {
			this.chain.mine(1);
			// as expensive as before, so that only higher fees help
			this.chain.rpc("anvil_setNextBlockBaseFeePerGas", Hex.quantity(GWEI.multiply(BigInteger.valueOf(50))));
			pause();
		}
		return settlement.join();
	}

	private static void pause() {
		try {
			Thread.sleep(100);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
