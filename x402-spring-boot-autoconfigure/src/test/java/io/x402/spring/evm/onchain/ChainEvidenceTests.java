/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicBytes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a buyer can make the chain look like, and what is made of it.
 */
class ChainEvidenceTests {

	private final TestChain chain = TestChain.get();

	private final Signer key = this.chain.richSigner();

	private final String payTo = TestChain.signer().address();

	private final PaymentRequirements offer = ChainBuyer.offer(this.payTo);

	private final PaymentRequirements permit2 = ChainBuyer.permit2Offer(this.payTo);

	private final ChainBuyer buyer = this.chain.buyer();

	@BeforeEach
	void mineAtOnce() {
		this.chain.mineAtOnce();
	}

	/**
	 * The buyer settles one payment himself and appends the signatures of two others to
	 * the call, whose nonces he makes void later.
	 */
	@Test
	void whenSignaturesOfOtherPaymentsFollowTheCallThenOneTransferSettlesOnePayment() {
		this.chain.approve(this.buyer.address());
		List<FacilitatorRequest> payments = Stream.generate(() -> this.buyer.payByPermit2(this.permit2))
			.limit(3)
			.toList();
		ContractCall settle = call(payments.get(0));
		String signatures = signature(payments.get(1)) + signature(payments.get(2));
		String transaction = this.chain.send(this.chain.richSigner().address(),
				new ContractCall(settle.to(), settle.data() + signatures));
		payments.subList(1, 3).forEach(this::makeVoid);
		OnChainSettlementProbe probe = TestChain.probe(this.chain.chains(), 1);
		assertThat(probe.probe(payments.get(0), null)).isInstanceOf(Settled.class);
		for (FacilitatorRequest other : payments.subList(1, 3)) {
			assertThat(probe.probe(other, null)).isInstanceOf(Declined.class);
			assertThat(probe.probe(other, transaction)).isInstanceOf(Declined.class);
			assertThat(this.chain.facilitator(List.of(this.key)).settle(other)).isInstanceOf(Declined.class);
		}
		assertPaid(1);
	}

	@Test
	void whenSignaturesFollowTheCallAndNoncesAreGoodThenTheOthersAreSettledByTransactionsOfTheirOwn() {
		this.chain.approve(this.buyer.address());
		FacilitatorRequest first = this.buyer.payByPermit2(this.permit2);
		FacilitatorRequest second = this.buyer.payByPermit2(this.permit2);
		ContractCall settle = call(first);
		String transaction = this.chain.send(this.chain.richSigner().address(),
				new ContractCall(settle.to(), settle.data() + signature(second)));
		OnChainSettlementProbe probe = TestChain.probe(this.chain.chains(), 1);
		assertThat(probe.probe(second, transaction)).isInstanceOf(NotExecuted.class);
		assertThat(this.chain.facilitator(List.of(this.key)).settle(second)).isInstanceOfSatisfying(Settled.class,
				(settled) -> assertThat(settled.receipt().transaction()).isNotEqualTo(transaction));
		assertPaid(2);
	}

	/**
	 * The nonce of a payment moves nothing to the buyer himself; the same transaction
	 * moves the price to the seller, without an authorization or with another one.
	 */
	@Test
	void whenNonceMovedNothingAndAnotherTransferOfTheTransactionPaysThenIsNotSettled() {
		FacilitatorRequest poisoned = this.buyer.pay(this.offer);
		this.chain.mint(TestChain.BATCH, ChainBuyer.PRICE);
		String transaction = batch(nothingToOneself(poisoned).data(), transferFrom());
		OnChainSettlementProbe probe = TestChain.probe(this.chain.chains(), 1);
		assertThat(probe.probe(poisoned, transaction)).isNotInstanceOf(Settled.class);
		assertThat(probe.probe(poisoned, null)).isNotInstanceOf(Settled.class);
		assertThat(this.chain.facilitator(List.of(this.key)).settle(poisoned)).isNotInstanceOf(Settled.class);
	}

	@Test
	void whenOnePaymentAndOnePoisonedNonceShareATransactionThenOnlyThePaymentIsSettled() {
		FacilitatorRequest poisoned = this.buyer.pay(this.offer);
		FacilitatorRequest honest = this.buyer.pay(this.offer);
		String transaction = batch(nothingToOneself(poisoned).data(), call(honest).data());
		OnChainSettlementProbe probe = TestChain.probe(this.chain.chains(), 1);
		assertThat(probe.probe(poisoned, transaction)).isInstanceOf(Declined.class);
		assertThat(probe.probe(honest, transaction)).isInstanceOf(Settled.class);
	}

	@Test
	void whenOneTransactionSettlesTwoPaymentsThenBothAreSettled() {
		FacilitatorRequest first = this.buyer.pay(this.offer);
		FacilitatorRequest second = this.buyer.pay(this.offer);
		String transaction = batch(call(first).data(), call(second).data());
		OnChainSettlementProbe probe = TestChain.probe(this.chain.chains(), 1);
		for (FacilitatorRequest payment : List.of(first, second)) {
			assertThat(probe.probe(payment, null)).isInstanceOfSatisfying(Settled.class,
					(settled) -> assertThat(settled.receipt().transaction()).isEqualTo(transaction));
		}
		assertPaid(2);
	}

	/**
	 * The call is not the outermost one, so the node is asked for all calls.
	 */
	@Test
	void whenAnotherContractSettledTwoPermit2PaymentsThenBothAreSettledIfTheNodeTellsTheCalls() throws Exception {
		this.chain.approve(this.buyer.address());
		FacilitatorRequest first = this.buyer.payByPermit2(this.permit2);
		FacilitatorRequest second = this.buyer.payByPermit2(this.permit2);
		batchOf(EvmPayload.Permit2.EXACT_PROXY, call(first).data(), call(second).data());
		OnChainSettlementProbe probe = TestChain.probe(this.chain.chains(), 1);
		assertThat(probe.probe(first, null)).isInstanceOf(Settled.class);
		assertThat(probe.probe(second, null)).isInstanceOf(Settled.class);
		try (FlakyNode silent = new FlakyNode(this.chain, (method) -> method.startsWith("debug_"))) {
			assertThat(TestChain.probe(TestChain.chains(silent.node()), 1).probe(first, null))
				.isInstanceOf(Unknown.class);
		}
	}

	/**
	 * Final at once, without waiting, and free of charge when it is asked again.
	 */
	@Test
	void whenNonceIsPoisonedThenIsDeclinedAtOnceAndRepetitionsAskNobody() throws Exception {
		FacilitatorRequest transferred = this.buyer.pay(this.offer);
		this.chain.send(this.chain.richSigner().address(), nothingToOneself(transferred));
		FacilitatorRequest voided = this.buyer.payByPermit2(this.permit2);
		makeVoid(voided);
		for (FacilitatorRequest poisoned : List.of(transferred, voided)) {
			AtomicInteger calls = new AtomicInteger();
			try (FlakyNode node = new FlakyNode(this.chain, (method) -> false, counting(calls))) {
				OnChainFacilitator facilitator = TestChain.facilitator(TestChain.chains(node.node()), List.of(this.key),
						1, TestChain.settings(Duration.ofSeconds(90)));
				long start = System.nanoTime();
				SettlementOutcome first = facilitator.settle(poisoned);
				assertThat(first).isInstanceOf(Declined.class);
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
				assertThat(calls.get()).isLessThan(20);
				int before = calls.get();
				assertThat(facilitator.settle(poisoned)).isEqualTo(first);
				assertThat(calls.get()).isEqualTo(before);
			}
		}
		assertPaid(0);
	}

	private static UnaryOperator<String> counting(AtomicInteger calls) {
		return (call) -> {
			calls.incrementAndGet();
			return "";
		};
	}

	private ContractCall nothingToOneself(FacilitatorRequest request) {
		EvmPayload.Eip3009 payment = (EvmPayload.Eip3009) Authorizations.of(request, Networks.load(), Set.of())
			.payment();
		PaymentRequirements self = ChainBuyer.offer(this.buyer.address()).withAmount(BigInteger.ZERO);
		return call(ChainBuyer.request(self, this.buyer.sign(self, new EvmPayload.Eip3009("0x", payment.from(),
				this.buyer.address(), BigInteger.ZERO, payment.validAfter(), payment.validBefore(), payment.nonce()))));
	}

	/** Another way to move the price from the payer to the seller. */
	private String transferFrom() {
		this.chain.rpc("anvil_setBalance", this.buyer.address(), Hex.quantity(BigInteger.TEN.pow(18)));
		this.chain.send(this.buyer.address(),
				new ContractCall(TestChain.USDC, Abi.encode(Abi.selector("approve(address,uint256)"),
						Abi.address(TestChain.BATCH), Abi.uint(TestChain.MONEY))));
		return Abi.encode(Abi.selector("transferFrom(address,address,uint256)"), Abi.address(this.buyer.address()),
				Abi.address(this.payTo), Abi.uint(ChainBuyer.PRICE));
	}

	private String batch(String... calls) {
		return batchOf(TestChain.USDC, calls);
	}

	private String batchOf(String target, String... calls) {
		return this.chain
			.send(this.chain.richSigner().address(),
					new ContractCall(TestChain.BATCH,
							Abi.encode(Abi.selector("run(address,bytes[])"), Abi.address(target),
									new DynamicArray<>(DynamicBytes.class,
											Stream.of(calls).map(Abi::bytes).toArray(DynamicBytes[]::new)))));
	}

	private void makeVoid(FacilitatorRequest request) {
		BigInteger nonce = new BigInteger(
				((EvmPayload.Permit2) Authorizations.of(request, Networks.load(), Set.of()).payment()).nonce());
		this.chain.rpc("anvil_setBalance", this.buyer.address(), Hex.quantity(BigInteger.TEN.pow(18)));
		this.chain.send(this.buyer.address(),
				new ContractCall(Permit2Authorization.PERMIT2,
						Abi.encode(Abi.selector("invalidateUnorderedNonces(uint256,uint256)"),
								Abi.uint(nonce.shiftRight(8)),
								Abi.uint(BigInteger.ONE.shiftLeft(nonce.intValue() & 0xff)))));
	}

	private static String signature(FacilitatorRequest request) {
		return Authorizations.of(request, Networks.load(), Set.of()).payment().signature().substring(2);
	}

	private static ContractCall call(FacilitatorRequest request) {
		return Authorizations.of(request, Networks.load(), Set.of()).transfer();
	}

	private void assertPaid(int times) {
		assertThat(this.chain.balance(this.payTo)).isEqualTo(ChainBuyer.PRICE.multiply(BigInteger.valueOf(times)));
	}

}
