/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.TransferFacilitator.Settings;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.TransferPayload;
import io.x402.spring.protocol.TransferQuote;
import io.x402.spring.protocol.TransferQuotes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Looks for transfers on a local chain: how deep they must be, how many looks there are,
 * and nodes and wallets that change their mind.
 */
class TransferFacilitatorTests {

	private static final String URL = "https://shop.example.test/weather";

	/** Of anvil: a block is final after two epochs of 32 blocks. */
	private static final int FINAL = 64;

	private final TestChain chain = TestChain.get();

	private final Signer signer = this.chain.richSigner();

	private final TransferQuotes quotes = new TransferQuotes("secret".getBytes(StandardCharsets.UTF_8),
			Duration.ofHours(1), Duration.ofHours(1));

	private final PaymentRequirements quote = this.quotes.quote(ChainBuyer.offer(TestChain.signer().address()), "GET",
			URL, "", Instant.now());

	@BeforeEach
	void fund() {
		this.chain.mineAtOnce();
		this.chain.mint(this.signer.address(), TestChain.MONEY);
	}

	@Test
	void whenItsBlockMustBeFinalizedThenATransferWaitsForThat() {
		FacilitatorRequest request = pay(transfer());
		this.chain.mine(FINAL / 2);
		assertThat(facilitator(this.chain.node(), new Settings(1, false, Duration.ofSeconds(30), 1, 0)).verify(request))
			.isInstanceOf(Valid.class);
		Settings settings = new Settings(1, true, Duration.ofSeconds(30), 1, 0);
		assertPending(facilitator(this.chain.node(), settings).verify(request));
		this.chain.mine(FINAL);
		assertThat(facilitator(this.chain.node(), settings).verify(request)).isInstanceOf(Valid.class);
	}

	@Test
	void whenAMinuteHasNoLooksLeftThenTransfersArePendingAndTheNodeIsNotAsked() throws IOException {
		FacilitatorRequest request = pay(transfer());
		try (FlakyNode node = new FlakyNode(this.chain, (method) -> false)) {
			TransferFacilitator facilitator = facilitator(node.node(),
					new Settings(1, false, Duration.ofSeconds(30), 1, 2));
			assertPending(facilitator.verify(pay("0x" + "1".repeat(64))));
			assertPending(facilitator.verify(pay("0x" + "2".repeat(64))));
			assertThat(node.calls("eth_getTransactionReceipt")).isEqualTo(2);
			assertPending(facilitator.verify(request));
			assertThat(node.calls("eth_getTransactionReceipt")).isEqualTo(2);
		}
		assertThat(facilitator(this.chain.node()).verify(request)).isInstanceOf(Valid.class);
	}

	@Test
	void whenTheNodeHangsThenNoMoreLooksThanConfiguredWaitForIt() throws Exception {
		FacilitatorRequest request = pay(transfer());
		FacilitatorRequest other = pay(transfer());
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		try (FlakyNode node = new FlakyNode(this.chain, (method) -> {
			if (method.equals("eth_getTransactionReceipt")) {
				asked.countDown();
				await(answer);
			}
			return false;
		})) {
			TransferFacilitator facilitator = facilitator(node.node(),
					new Settings(1, false, Duration.ofSeconds(30), 1, 0));
			CompletableFuture<VerificationOutcome> first = CompletableFuture
				.supplyAsync(() -> facilitator.verify(request));
			asked.await();
			assertPending(facilitator.verify(other));
			answer.countDown();
			assertThat(first.get()).isInstanceOf(Valid.class);
			assertThat(facilitator.verify(other)).isInstanceOf(Valid.class);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * A node that lags, or lies, has the receipt of a block that was replaced.
	 */
	@Test
	void whenTheBlockHasAnotherHashThenTheTransferIsPendingUntilTheNodeAgreesWithItself() throws IOException {
		FacilitatorRequest request = pay(transfer());
		String hash = this.chain.rpc("eth_getBlockByNumber", "latest", false).path("hash").asString();
		AtomicBoolean replaced = new AtomicBoolean(true);
		this.chain.mine(2);
		try (FlakyNode node = FlakyNode.spoiling(this.chain, (answer) -> {
			boolean lie = replaced.get() && answer.contains("\"logs\"");
			return lie ? answer.replace(hash, "0x" + "f".repeat(64)) : answer;
		})) {
			TransferFacilitator facilitator = facilitator(node.node());
			assertPending(facilitator.verify(request));
			assertThat(facilitator.settle(request)).isInstanceOf(NotExecuted.class);
			replaced.set(false);
			this.chain.mine(1);
			org.awaitility.Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.until(() -> facilitator.verify(request) instanceof Valid);
			assertThat(facilitator.settle(request)).isInstanceOf(Settled.class);
		}
	}

	@Test
	void whenAWalletChangesItsMindBeforeTheSettlementThenNothingIsSettled() {
		String wallet = TestChain.signer().address();
		this.chain.place("LabAccount", wallet);
		own(wallet, this.signer.address());
		this.chain.mint(wallet, TestChain.MONEY);
		ContractCall transfer = TransferBuyer.call(TestChain.USDC, this.quote.payTo(), this.quote.amount());
		String transaction = this.chain.send(this.signer.address(), new ContractCall(wallet, Abi
			.encode(Abi.selector("execute(address,bytes)"), Abi.address(transfer.to()), Abi.bytes(transfer.data()))));
		FacilitatorRequest request = pay(transaction, wallet);
		TransferFacilitator facilitator = facilitator(this.chain.node());
		assertThat(facilitator.verify(request)).isInstanceOf(Valid.class);
		own(wallet, TestChain.signer().address());
		assertThat(facilitator.settle(request)).isInstanceOf(NotExecuted.class);
		own(wallet, this.signer.address());
		assertThat(facilitator.settle(request)).isInstanceOf(Settled.class);
	}

	private void own(String wallet, String owner) {
		this.chain.send(this.signer.address(),
				new ContractCall(wallet, Abi.encode(Abi.selector("own(address)"), Abi.address(owner))));
	}

	private static void assertPending(VerificationOutcome outcome) {
		assertThat(outcome).isInstanceOfSatisfying(Unavailable.class,
				(unavailable) -> assertThat(unavailable.code()).isEqualTo(ReasonCode.SETTLEMENT_PENDING));
	}

	private TransferFacilitator facilitator(EvmNode node) {
		return facilitator(node, new Settings(1, false, Duration.ofSeconds(30), 4, 0));
	}

	private static TransferFacilitator facilitator(EvmNode node, Settings settings) {
		return new TransferFacilitator(new FacilitatorDouble(), TestChain.chains(node), settings);
	}

	private String transfer() {
		return this.chain.send(this.signer.address(),
				TransferBuyer.call(TestChain.USDC, this.quote.payTo(), this.quote.amount()));
	}

	private FacilitatorRequest pay(String transaction) {
		return pay(transaction, this.signer.address());
	}

	private FacilitatorRequest pay(String transaction, String from) {
		String id = String.valueOf(this.quote.extraText("quote"));
		String text = TransferQuotes.text(this.quote, URL,
				new TransferPayload("0x", from, transaction, 0, TransferQuote.parse(id)));
		String signature = Hex.of(this.signer.sign(PersonalMessage.digest(text)));
		return new FacilitatorRequest(
				new PaymentPayload.V2(2, null, Map.of("scheme", "transfer", "network", this.quote.network()),
						Map.of("signature", signature, "transfer",
								Map.of("quote", id, "from", from, "transaction", transaction, "event", 0)),
						null),
				this.quote, new ResourceInfo(URL, null, null));
	}

}
