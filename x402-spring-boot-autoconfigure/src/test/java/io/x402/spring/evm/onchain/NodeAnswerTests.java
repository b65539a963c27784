/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nodes that answer less than the truth: nothing of it is taken for a fact.
 */
class NodeAnswerTests {

	private final TestChain chain = TestChain.get();

	private final Signer key = this.chain.richSigner();

	private final String payTo = TestChain.signer().address();

	private final PaymentRequirements offer = ChainBuyer.offer(this.payTo);

	private final ChainBuyer buyer = this.chain.buyer();

	@BeforeEach
	void mineAtOnce() {
		this.chain.mineAtOnce();
	}

	@ParameterizedTest
	@ValueSource(strings = { "status", "blockNumber", "blockHash", "transactionHash", "logs" })
	void whenReceiptLacksAMemberThenItProvesNothing(String member) throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		settle(request);
		assertUnknown(request, (receipt) -> {
			receipt.remove(member);
			return receipt;
		});
		assertUnknown(request, (receipt) -> {
			receipt.putNull(member);
			return receipt;
		});
	}

	@Test
	void whenEventsAreMarkedAsRemovedOrHaveGapsThenTheyProveNothing() throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		settle(request);
		assertUnknown(request, (receipt) -> {
			receipt.get("logs").forEach((log) -> ((ObjectNode) log).put("removed", true));
			return receipt;
		});
		assertUnknown(request, (receipt) -> {
			((ObjectNode) receipt.get("logs").get(1)).put("logIndex", "0x7");
			return receipt;
		});
	}

	@Test
	void whenEventsHaveNoIndexThenTheirOrderCounts() throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		settle(request);
		assertThat(probe(request, (receipt) -> {
			receipt.get("logs").forEach((log) -> ((ObjectNode) log).remove("logIndex"));
			return receipt;
		})).isInstanceOf(Settled.class);
	}

	/** As after a reorganization, or from a node that stayed behind. */
	@Test
	void whenReceiptIsOfAnotherBlockThenItProvesNothing() throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		settle(request);
		assertUnknown(request, (receipt) -> receipt.put("blockHash", "0x" + "cd".repeat(32)));
	}

	@Test
	void whenReceiptIsOfAnotherTransactionOrFailedThenItProvesNothing() throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		settle(request);
		assertUnknown(request, (receipt) -> receipt.put("transactionHash", "0x" + "cd".repeat(32)));
		assertUnknown(request, (receipt) -> receipt.put("status", "0x0"));
	}

	/** A fee that the token keeps is no price paid, and no refusal either. */
	@Test
	void whenTransferIsSmallerThanThePriceThenIsUnknown() throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		settle(request);
		assertUnknown(request, (receipt) -> {
			((ObjectNode) receipt.get("logs").get(1)).put("data", "0x" + "%064x".formatted(49_999));
			return receipt;
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "eth_getBlockByNumber", "eth_getLogs", "eth_getTransactionReceipt", "eth_call" })
	void whenNodeAnswersNullThenIsUnknown(String method) throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		settle(request);
		try (FlakyNode node = new FlakyNode(this.chain, (name) -> false,
				(call) -> call.contains("\"" + method + "\"") ? "null" : "")) {
			assertThat(TestChain.probe(TestChain.chains(node.node()), 1).probe(request, null))
				.isInstanceOf(Unknown.class);
		}
	}

	/**
	 * Garbage is told from a contract wallet by the code of the payer, so it has to be
	 * known.
	 */
	@Test
	void whenNodeDoesNotTellTheCodeOfThePayerThenPaymentIsNotCalledInvalid() throws Exception {
		FacilitatorRequest forged = ChainBuyer.request(this.offer,
				new ChainBuyer(TestChain.signer()).sign(this.offer, this.buyer.unsigned(this.offer)));
		try (FlakyNode node = new FlakyNode(this.chain, (name) -> false,
				(call) -> call.contains("\"eth_getCode\"") ? "null" : "")) {
			assertThat(facilitator(node, 50).verify(forged)).isInstanceOf(Unavailable.class);
		}
	}

	@Test
	void whenNodeRefusesToEstimateThenNothingIsExecutedAndTheSamePaymentSettlesLater() throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		try (FlakyNode node = new FlakyNode(this.chain, (method) -> method.equals("eth_estimateGas"))) {
			assertThat(facilitator(node, 50).settle(request)).isNotInstanceOf(SettlementOutcome.Declined.class);
		}
		settle(request);
	}

	@Test
	void whenTooManySettlementsAreUnderWayThenFurtherOnesAreNotExecuted() throws Exception {
		this.chain.mineNothing();
		AtomicBoolean sent = new AtomicBoolean();
		try (FlakyNode node = new FlakyNode(this.chain, (method) -> false, (call) -> {
			sent.compareAndSet(false, call.contains("\"eth_sendRawTransaction\""));
			return "";
		})) {
			OnChainFacilitator narrow = facilitator(node, 1);
			FacilitatorRequest first = this.buyer.pay(this.offer);
			CompletableFuture<SettlementOutcome> running = CompletableFuture.supplyAsync(() -> narrow.settle(first));
			while (!sent.get()) {
				Thread.onSpinWait();
			}
			assertThat(narrow.settle(this.buyer.pay(this.offer))).isInstanceOf(NotExecuted.class);
			assertThat(narrow.settle(first)).as("it is being settled").isInstanceOf(Unknown.class);
			assertThat(narrow.verify(this.buyer.pay(this.offer))).isInstanceOfSatisfying(Unavailable.class,
					(unavailable) -> assertThat(unavailable.detail())
						.contains("x402.facilitator.limits.max-concurrent-settlements is "));
			this.chain.mineAtOnce();
			this.chain.mine(1);
			assertThat(running.join()).isInstanceOf(Settled.class);
		}
	}

	@Test
	void whenSeveralLookAtOnePaymentThenOneLookAtEachBlockServesAll() throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		settle(request);
		AtomicInteger looks = new AtomicInteger();
		try (FlakyNode node = new FlakyNode(this.chain, (method) -> false, (call) -> {
			looks.addAndGet(call.contains("\"eth_getLogs\"") ? 1 : 0);
			return "";
		})) {
			OnChainSettlementProbe probe = TestChain.probe(TestChain.chains(node.node()), 100_000);
			assertThat(IntStream.range(0, 20)
				.mapToObj((i) -> CompletableFuture.supplyAsync(() -> probe.probe(request, null)))
				.toList()
				.stream()
				.map(CompletableFuture::join)).allSatisfy((outcome) -> assertThat(outcome).isInstanceOf(Unknown.class));
			assertThat(looks.get()).isLessThanOrEqualTo(3);
		}
	}

	@Test
	void whenPaymentGoesThroughCircleGatewayThenItIsRefused() {
		PaymentRequirements gateway = new PaymentRequirements("exact", TestChain.NETWORK, ChainBuyer.PRICE,
				TestChain.USDC, this.payTo, 300,
				Map.of("name", "GatewayWalletBatched", "version", "1", "verifyingContract", TestChain.WALLET));
		FacilitatorRequest request = this.buyer.pay(gateway);
		OnChainFacilitator facilitator = this.chain.facilitator(List.of(this.key));
		assertThat(facilitator.verify(request)).isEqualTo(new Invalid(ReasonCode.UNSUPPORTED_PAYLOAD));
		assertThat(facilitator.settle(request)).isInstanceOf(SettlementOutcome.Declined.class);
	}

	private OnChainFacilitator facilitator(FlakyNode node, int maxConcurrent) {
		OnChainSettings usual = TestChain.settings(Duration.ofSeconds(30));
		return TestChain.facilitator(TestChain.chains(node.node()), List.of(this.key), 1, new OnChainSettings(
				usual.settleTimeout(), usual.pollInterval(), maxConcurrent, usual.factories(), usual.gas()));
	}

	private void settle(FacilitatorRequest request) {
		assertThat(this.chain.facilitator(List.of(this.key)).settle(request)).isInstanceOf(Settled.class);
	}

	private void assertUnknown(FacilitatorRequest request, UnaryOperator<ObjectNode> change) throws Exception {
		assertThat(probe(request, change)).isInstanceOf(Unknown.class);
	}

	/** Probe through a node that changes every receipt. */
	private SettlementOutcome probe(FacilitatorRequest request, UnaryOperator<ObjectNode> change) throws Exception {
		try (FlakyNode node = new FlakyNode(this.chain, (method) -> false, (call) -> {
			JsonNode parsed = JsonMapper.shared().readTree(call);
			if (!parsed.path("method").asString().equals("eth_getTransactionReceipt")) {
				return "";
			}
			JsonNode receipt = this.chain.rpc("eth_getTransactionReceipt", parsed.path("params").get(0).asString());
			return change.apply(((ObjectNode) receipt).deepCopy()).toString();
		})) {
			return TestChain.probe(TestChain.chains(node.node()), 1).probe(request, null);
		}
	}

}
