/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.OnChainSettings.Batches;
import io.x402.spring.evm.onchain.OnChainSettings.Gas;
import io.x402.spring.evm.onchain.TransferBatches.Sent;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.time.MonotonicClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Several payments in one transaction, on a local chain: each has its own outcome.
 */
class TransferBatchTests {

	/** The batches of these tests are full before that. */
	private static final Duration LONG = Duration.ofMinutes(1);

	private final TestChain chain = TestChain.get();

	private final Signer key = this.chain.richSigner();

	private final String payTo = TestChain.signer().address();

	private final PaymentRequirements offer = ChainBuyer.offer(this.payTo);

	@BeforeEach
	void isComplete() {
		this.chain.mineAtOnce();
		this.chain.place("LabMulticall3", Multicall.ADDRESS);
	}

	@AfterEach
	void mineAtOnce() {
		isComplete();
	}

	@Test
	void whenPaymentsComeTogetherThenOneTransactionSettlesThemAll() throws Exception {
		List<FacilitatorRequest> requests = Stream.generate(() -> this.chain.buyer().pay(this.offer)).limit(4).toList();
		List<SettlementOutcome> outcomes = settle(facilitator(4, LONG), requests);
		assertThat(outcomes).allSatisfy((outcome) -> assertThat(outcome).isInstanceOf(Settled.class));
		assertThat(outcomes.stream().map((outcome) -> ((Settled) outcome).receipt().transaction()).distinct())
			.hasSize(1);
		assertThat(outcomes.stream().map((outcome) -> ((Settled) outcome).receipt().payer()))
			.containsExactlyElementsOf(requests.stream().map(FacilitatorRequest::payer).toList());
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
		assertPaid(4);
	}

	@Test
	void whenPaymentsShareATransactionThenItsReceiptIsLookedForOnceForEachBlock() throws Exception {
		List<FacilitatorRequest> requests = Stream.generate(() -> this.chain.buyer().pay(this.offer)).limit(4).toList();
		this.chain.mineNothing();
		ExecutorService executor = Executors.newFixedThreadPool(4);
		try (FlakyNode node = new FlakyNode(this.chain, (method) -> false)) {
			OnChainFacilitator facilitator = facilitator(TestChain.chains(node.node()), 4, LONG, Duration.ofSeconds(60),
					Duration.ofMinutes(5));
			List<Future<SettlementOutcome>> outcomes = requests.stream()
				.map((request) -> executor.submit(() -> facilitator.settle(request)))
				.toList();
			awaitPending();
			this.chain.mine(1);
			for (Future<SettlementOutcome> outcome : outcomes) {
				assertThat(outcome.get()).isInstanceOf(Settled.class);
			}
			assertThat(node.calls("eth_getTransactionReceipt")).isBetween(1, 2);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenOnePayerPaysTwiceThenEachPaymentIsBackedByATransferOfItsOwn() throws Exception {
		ChainBuyer payer = this.chain.buyer();
		List<SettlementOutcome> outcomes = settle(facilitator(2, LONG),
				List.of(payer.pay(this.offer), payer.pay(this.offer)));
		assertThat(outcomes).allSatisfy((outcome) -> assertThat(outcome).isInstanceOf(Settled.class));
		assertThat(outcomes.stream().map((outcome) -> ((Settled) outcome).receipt().transaction()).distinct())
			.hasSize(1);
		assertThat(outcomes.stream().map((outcome) -> ((Settled) outcome).transfer())).doesNotContainNull()
			.doesNotHaveDuplicates();
		assertPaid(2);
	}

	@Test
	void whenTheTransactionIsReplacedThenAllAreSettledByTheReplacement() throws Exception {
		List<FacilitatorRequest> requests = Stream.generate(() -> this.chain.buyer().pay(this.offer)).limit(2).toList();
		this.chain.mineNothing();
		OnChainFacilitator facilitator = facilitator(2, LONG, Duration.ofSeconds(60), Duration.ofMillis(500));
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			List<Future<SettlementOutcome>> outcomes = requests.stream()
				.map((request) -> executor.submit(() -> facilitator.settle(request)))
				.toList();
			awaitPending();
			String first = this.chain.rpc("eth_getBlockByNumber", "pending", false)
				.path("transactions")
				.path(0)
				.asString();
			this.chain.rpc("anvil_setNextBlockBaseFeePerGas", Hex.quantity(BigInteger.TEN.pow(11)));
			this.chain.mine(1);
			assertPaid(0);
			await().atMost(Duration.ofSeconds(60)).until(() -> {
				this.chain.mine(1);
				return outcomes.stream().allMatch(Future::isDone);
			});
			for (Future<SettlementOutcome> outcome : outcomes) {
				assertThat(((Settled) outcome.get()).receipt().transaction()).isNotEqualTo(first);
			}
			assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
			assertPaid(2);
		}
		finally {
			executor.shutdownNow();
			this.chain.rpc("anvil_setNextBlockBaseFeePerGas", Hex.quantity(BigInteger.TEN.pow(9)));
			this.chain.mine(1);
		}
	}

	@Test
	void whenTransfersDoNotFitOneTransactionThenTheyHaveTwo() throws Exception {
		TransferBatches batches = new TransferBatches(2, LONG);
		SigningAccount account = account(this.key);
		ContractCall nothing = new ContractCall(this.payTo, "0x");
		ExecutorService executor = Executors.newFixedThreadPool(3);
		try {
			List<Future<Sent>> sent = Stream
				.generate(() -> executor.submit(() -> batches.send(account, nothing, BigInteger.valueOf(9_000_000))))
				.limit(2)
				.toList();
			await().atMost(Duration.ofSeconds(30)).until(() -> sent.stream().anyMatch(Future::isDone));
			batches.send(account, nothing, BigInteger.valueOf(21_000));
			assertThat(sent.get(0).get().transaction()).isNotSameAs(sent.get(1).get().transaction());
			assertThat(this.chain.transactions(this.key.address())).isEqualTo(2);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenTransfersWouldUseDifferentAccountsThenTheAccountThatHasSentThemIsKnown() throws Exception {
		TransferBatches batches = new TransferBatches(2, LONG);
		ContractCall nothing = new ContractCall(this.payTo, "0x");
		List<SigningAccount> accounts = List.of(account(this.key), account(this.chain.richSigner()));
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			List<Future<Sent>> sent = accounts.stream()
				.map((account) -> executor.submit(() -> batches.send(account, nothing, BigInteger.valueOf(100_000))))
				.toList();
			assertThat(sent.get(0).get()).isEqualTo(sent.get(1).get());
			SigningAccount sender = sent.get(0).get().account();
			assertThat(this.chain.transactions(sender.address())).isEqualTo(1);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private SigningAccount account(Signer signer) {
		return new SigningAccount(this.chain.chains().get(TestChain.NETWORK), signer, BigInteger.TEN.pow(12),
				Duration.ofMinutes(5), MonotonicClock.system());
	}

	@Test
	void whenOnePayerCannotPayForTwoThenOneIsSettledAndOneIsDeclined() throws Exception {
		ChainBuyer poor = new ChainBuyer(TestChain.signer());
		this.chain.mint(poor.address(), ChainBuyer.PRICE);
		List<SettlementOutcome> outcomes = settle(facilitator(3, LONG),
				List.of(poor.pay(this.offer), poor.pay(this.offer), this.chain.buyer().pay(this.offer)));
		assertThat(outcomes.get(2)).isInstanceOf(Settled.class);
		assertThat(outcomes.subList(0, 2)).hasAtLeastOneElementOfType(Settled.class)
			.filteredOn(Declined.class::isInstance)
			.singleElement()
			.satisfies((declined) -> assertThat(((Declined) declined).receipt().errorReason())
				.isEqualTo("invalid_exact_evm_insufficient_balance"));
		assertPaid(2);
	}

	@Test
	void whenAnotherPartyIsFasterThenThatPaymentIsFound() throws Exception {
		FacilitatorRequest taken = this.chain.buyer().pay(this.offer);
		FacilitatorRequest own = this.chain.buyer().pay(this.offer);
		this.chain.mineNothing();
		OnChainFacilitator facilitator = facilitator(2, LONG);
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			Future<SettlementOutcome> first = executor.submit(() -> facilitator.settle(taken));
			Future<SettlementOutcome> second = executor.submit(() -> facilitator.settle(own));
			awaitPending();
			Signer other = this.chain.richSigner();
			Chain node = this.chain.chains().get(TestChain.NETWORK);
			node.broadcast(SignedTransaction
				.sign(other, node.id(), 0, new GasFees(BigInteger.TEN.pow(11), BigInteger.TEN.pow(12)),
						BigInteger.valueOf(200_000), Authorizations.of(taken, Networks.load(), Set.of()).transfer())
				.raw());
			this.chain.mine(1);
			this.chain.mineAtOnce();
			assertThat(first.get()).isInstanceOf(Settled.class);
			assertThat(second.get()).isInstanceOf(Settled.class);
			assertThat(((Settled) first.get()).receipt().transaction())
				.isNotEqualTo(((Settled) second.get()).receipt().transaction());
			assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
			assertPaid(2);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenTheTransactionFailsThenEachPaymentIsSettledByItself() throws Exception {
		List<FacilitatorRequest> requests = Stream.generate(() -> this.chain.buyer().pay(this.offer)).limit(2).toList();
		this.chain.mineNothing();
		OnChainFacilitator facilitator = facilitator(2, LONG);
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			List<Future<SettlementOutcome>> outcomes = requests.stream()
				.map((request) -> executor.submit(() -> facilitator.settle(request)))
				.toList();
			awaitPending();
			// a contract without that function
			this.chain.place("LabUSDC", Multicall.ADDRESS);
			this.chain.mine(1);
			this.chain.mineAtOnce();
			for (Future<SettlementOutcome> outcome : outcomes) {
				assertThat(outcome.get()).isInstanceOf(Settled.class);
			}
			assertThat(this.chain.transactions(this.key.address())).isEqualTo(3);
			assertPaid(2);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenNoBlockTakesTheTransactionThenAllAreUnknownAndFoundLater() throws Exception {
		List<FacilitatorRequest> requests = Stream.generate(() -> this.chain.buyer().pay(this.offer)).limit(2).toList();
		this.chain.mineNothing();
		OnChainFacilitator facilitator = facilitator(2, LONG, Duration.ofSeconds(2));
		assertThat(settle(facilitator, requests))
			.allSatisfy((outcome) -> assertThat(outcome).isInstanceOf(Unknown.class));
		this.chain.mineAtOnce();
		this.chain.mine(1);
		assertThat(settle(facilitator, requests))
			.allSatisfy((outcome) -> assertThat(outcome).isInstanceOf(Settled.class));
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
		assertPaid(2);
	}

	@Test
	void whenTheProcessIsAnotherThenPaymentsOfABatchAreFound() throws Exception {
		List<FacilitatorRequest> requests = Stream.generate(() -> this.chain.buyer().pay(this.offer)).limit(2).toList();
		settle(facilitator(2, LONG), requests);
		assertThat(settle(facilitator(1, Duration.ZERO), requests))
			.allSatisfy((outcome) -> assertThat(outcome).isInstanceOf(Settled.class));
		assertPaid(2);
	}

	@Test
	void whenTheNodesRefuseThenNothingIsExecuted() throws Exception {
		List<FacilitatorRequest> requests = Stream.generate(() -> this.chain.buyer().pay(this.offer)).limit(2).toList();
		this.chain.rpc("anvil_setBalance", this.key.address(), "0x0");
		assertThat(settle(facilitator(2, LONG), requests))
			.allSatisfy((outcome) -> assertThat(outcome).isInstanceOf(NotExecuted.class));
		assertPaid(0);
	}

	@Test
	void whenThePayerHasCodeThenItsPaymentHasATransactionOfItsOwn() throws Exception {
		ChainBuyer delegated = this.chain.buyer();
		FacilitatorRequest request = delegated.pay(this.offer);
		this.chain.place("Lab1271Wallet", delegated.address());
		// it would wait for a second payment
		SettlementOutcome outcome = facilitator(2, LONG).settle(request);
		assertThat(outcome).isNotInstanceOf(Unknown.class);
		assertThat(this.chain.transactions(this.key.address())).isLessThanOrEqualTo(1);
	}

	@Test
	void whenTheNetworkHasNoMulticallThenEachPaymentHasATransactionOfItsOwn() throws Exception {
		this.chain.rpc("anvil_setCode", Multicall.ADDRESS, "0x");
		List<FacilitatorRequest> requests = Stream.generate(() -> this.chain.buyer().pay(this.offer)).limit(2).toList();
		assertThat(settle(facilitator(2, LONG), requests))
			.allSatisfy((outcome) -> assertThat(outcome).isInstanceOf(Settled.class));
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(2);
		assertPaid(2);
	}

	@Test
	void whenNoOtherPaymentComesThenItIsSentAlone() {
		FacilitatorRequest request = this.chain.buyer().pay(this.offer);
		assertThat(facilitator(2, Duration.ofMillis(20)).settle(request)).isInstanceOf(Settled.class);
		assertPaid(1);
	}

	private OnChainFacilitator facilitator(int maxSize, Duration wait) {
		return facilitator(maxSize, wait, Duration.ofSeconds(60));
	}

	private OnChainFacilitator facilitator(int maxSize, Duration wait, Duration timeout) {
		return facilitator(maxSize, wait, timeout, Duration.ofMinutes(5));
	}

	private OnChainFacilitator facilitator(int maxSize, Duration wait, Duration timeout, Duration replaceAfter) {
		return facilitator(this.chain.chains(), maxSize, wait, timeout, replaceAfter);
	}

	private OnChainFacilitator facilitator(Chains chains, int maxSize, Duration wait, Duration timeout,
			Duration replaceAfter) {
		return TestChain.facilitator(chains, List.of(this.key), 1, new OnChainSettings(timeout, Duration.ofMillis(50),
				50, Set.of(), new Gas(replaceAfter, BigInteger.TEN.pow(12), 3_000_000, new Batches(maxSize, wait))));
	}

	private static List<SettlementOutcome> settle(OnChainFacilitator facilitator, List<FacilitatorRequest> requests)
			throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(requests.size());
		try {
			List<Future<SettlementOutcome>> settling = requests.stream()
				.map((request) -> executor.submit(() -> facilitator.settle(request)))
				.toList();
			List<SettlementOutcome> outcomes = new ArrayList<>();
			for (Future<SettlementOutcome> outcome : settling) {
				outcomes.add(outcome.get());
			}
			return outcomes;
		}
		finally {
			executor.shutdownNow();
		}
	}

	/** Until the node has the transaction of the batch. */
	private void awaitPending() {
		await().atMost(Duration.ofSeconds(60))
			.until(() -> Hex.number(this.chain.rpc("eth_getTransactionCount", this.key.address(), "pending").asString())
				.signum() > 0);
	}

	private void assertPaid(int payments) {
		assertThat(this.chain.balance(this.payTo)).isEqualTo(ChainBuyer.PRICE.multiply(BigInteger.valueOf(payments)));
	}

}
