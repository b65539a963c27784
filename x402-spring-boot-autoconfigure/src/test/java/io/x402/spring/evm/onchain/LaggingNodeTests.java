/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A node of several machines, of which the one that answers about the latest state is
 * some blocks behind those that take and estimate transactions.
 */
class LaggingNodeTests {

	private static final String MINTER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

	private final TestChain chain = TestChain.get();

	private final Signer key = this.chain.richSigner();

	private final PaymentRequirements offer = ChainBuyer.offer(TestChain.signer().address());

	@BeforeEach
	@AfterEach
	void mineAtOnce() {
		this.chain.mineAtOnce();
	}

	@Test
	void whenAnotherPartySettledAndTheLastUnitsAreGoneThenThePaymentIsNotDeclined() throws Exception {
		ChainBuyer buyer = new ChainBuyer(TestChain.signer());
		this.chain.mint(buyer.address(), ChainBuyer.PRICE);
		assertNotDeclinedAfterSettlementOf(buyer.pay(this.offer));
	}

	@Test
	void whenAnotherPartySettledThenThePaymentIsNotDeclined() throws Exception {
		assertNotDeclinedAfterSettlementOf(this.chain.buyer().pay(this.offer));
	}

	@Test
	void whenAnotherPartySettledByPermit2ThenThePaymentIsNotDeclined() throws Exception {
		ChainBuyer buyer = this.chain.buyer();
		this.chain.approve(buyer.address());
		assertNotDeclinedAfterSettlementOf(buyer.payByPermit2(ChainBuyer.permit2Offer(this.offer.payTo())));
	}

	private void assertNotDeclinedAfterSettlementOf(FacilitatorRequest request) throws Exception {
		String before = blockNumber();
		SettlementOutcome first = this.chain.facilitator(List.of(this.chain.richSigner())).settle(request);
		assertThat(first).isInstanceOf(Settled.class);
		try (FlakyNode node = lagging(before, () -> {
		})) {
			SettlementOutcome outcome = facilitator(node).settle(request);
			assertThat(outcome).isInstanceOfAny(Settled.class, NotExecuted.class, SettlementOutcome.Unknown.class);
			assertThat(this.chain.transactions(this.key.address())).isZero();
		}
		assertThat(this.chain.facilitator(List.of(this.key)).settle(request)).isEqualTo(first);
	}

	@Test
	void whenAnotherTransactionOfTheSameBlockWasFirstThenThePaymentIsSettled() throws Exception {
		ChainBuyer buyer = this.chain.buyer();
		FacilitatorRequest request = buyer.pay(this.offer);
		CountDownLatch sent = new CountDownLatch(1);
		String before = blockNumber();
		this.chain.mineNothing();
		try (FlakyNode node = lagging(before, sent::countDown)) {
			CompletableFuture<SettlementOutcome> settling = CompletableFuture
				.supplyAsync(() -> facilitator(node).settle(request));
			assertThat(sent.await(30, TimeUnit.SECONDS)).isTrue();
			await().atMost(Duration.ofSeconds(30)).until(() -> waiting() == 1);
			sendFirst(Authorizations.of(request, Networks.load(), Set.of()).transfer());
			this.chain.mine(1);
			assertThat(settling.get(60, TimeUnit.SECONDS)).isInstanceOf(Settled.class);
		}
	}

	private void sendFirst(ContractCall call) {
		this.chain.rpc("anvil_impersonateAccount", MINTER);
		String fee = Hex.quantity(BigInteger.TEN.pow(12));
		this.chain.rpc("eth_sendTransaction", Map.of("from", MINTER, "to", call.to(), "data", call.data(), "gas",
				Hex.quantity(500_000), "maxFeePerGas", fee, "maxPriorityFeePerGas", fee));
	}

	private long waiting() {
		return Hex.number(this.chain.rpc("eth_getTransactionCount", this.key.address(), Chain.PENDING).asString())
			.longValueExact();
	}

	private OnChainFacilitator facilitator(FlakyNode node) {
		return TestChain.facilitator(TestChain.chains(node.node()), List.of(this.key), 1,
				TestChain.settings(Duration.ofSeconds(60)));
	}

	/**
	 * Start a node of two machines.
	 * @param behind the newest block of the machine that is behind
	 * @param sent is run when a transaction is sent
	 */
	private FlakyNode lagging(String behind, Runnable sent) throws Exception {
		return new FlakyNode(this.chain, (method) -> {
			if (method.equals("eth_sendRawTransaction")) {
				sent.run();
			}
			return false;
		}, (body) -> {
			JsonNode call = JsonMapper.shared().readTree(body);
			JsonNode params = call.path("params");
			String method = call.path("method").asString();
			boolean newest = params.size() == 2
					&& Set.of(Chain.LATEST, Chain.PENDING).contains(params.get(1).asString(""));
			return (newest && Set.of("eth_call", "eth_getCode").contains(method))
					? String.valueOf(this.chain.rpc(method, params.get(0), behind)) : "";
		});
	}

	private String blockNumber() {
		return this.chain.rpc("eth_blockNumber").asString();
	}

}
