/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.TransferBuyer.Quoted;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.observation.EverythingLogged;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicBytes;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Buyers that transfer the price on a local chain and then present the transfer, and
 * attempts to have content for a transfer that does not pay for it.
 */
@SpringBootTest(classes = TransferShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY })
class TransferTests {

	private static final String PAY_TO = TestChain.signer().address();

	private static final BigInteger PRICE = BigInteger.valueOf(50_000);

	private static final Set<String> DOWN = ConcurrentHashMap.newKeySet();

	private static FlakyNode node;

	private final TestChain chain = TestChain.get();

	@LocalServerPort
	private int port;

	@Autowired
	private TransferShop.Goods goods;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private MovingClock clock;

	@Autowired
	private PaymentLedger ledger;

	private TransferBuyer buyer;

	@DynamicPropertySource
	static void node(DynamicPropertyRegistry registry) throws IOException {
		node = new FlakyNode(TestChain.get(), DOWN::contains);
		registry.add("x402.pay-to", () -> PAY_TO);
		registry.add("x402.transfers.enabled", () -> true);
		registry.add("x402.transfers.secret", () -> "s".repeat(32));
		registry.add("x402.redelivery.window", () -> "3h");
		registry.add("x402.transfers.rpc.url", node::url);
		registry.add("x402.transfers.rpc.poll-interval", () -> "10ms");
		registry.add("x402.assets[0].network", () -> "base-sepolia");
		registry.add("x402.assets[0].symbol", () -> "FEE");
		registry.add("x402.assets[0].address", () -> TestChain.FEE_TOKEN);
		registry.add("x402.assets[0].decimals", () -> 6);
		registry.add("x402.assets[0].transfer-method", () -> "permit2");
	}

	@BeforeEach
	void prepare() {
		this.chain.mineAtOnce();
		this.buyer = TransferBuyer.of(this.chain, this.port);
		this.goods.runs.set(0);
		await().atMost(Duration.ofSeconds(30))
			.until(() -> TransferBuyer.document(this.buyer.get("/report")).accepts().size() == 2);
		this.facilitator.verifications().clear();
	}

	@AfterEach
	void repair() {
		DOWN.clear();
		this.goods.fails = false;
		this.clock.pass(this.clock.ahead().negated());
	}

	@Test
	void whenNothingIsPaidThenAQuoteComesLastAndOnlyInVersion2() {
		HttpResponse<String> response = this.buyer.get("/report?city=Bern");
		List<PaymentRequirements> offers = TransferBuyer.document(response).accepts();
		assertThat(offers).extracting(PaymentRequirements::scheme).containsExactly("exact", "transfer");
		PaymentRequirements quote = offers.get(1);
		assertThat(quote.amount()).isEqualTo(PRICE);
		assertThat(quote.payTo()).isEqualTo(PAY_TO);
		assertThat(quote.maxTimeoutSeconds()).isEqualTo(900);
		assertThat(quote.extra()).containsEntry("paymentFlow", "upfront")
			.containsEntry("method", "GET")
			.containsEntry("confirmations", 3)
			.containsKeys("quote", "expiresAt");
		assertThat(response.body()).contains("\"exact\"").doesNotContain("\"transfer\"");
	}

	@Test
	void whenNoNodeOfTheNetworkIsKnownThenNothingIsQuoted() {
		assertThat(TransferBuyer.document(this.buyer.get("/elsewhere")).accepts())
			.extracting(PaymentRequirements::scheme)
			.containsExactly("exact");
	}

	/**
	 * Who signs for a part of the URL could not present its transfer.
	 */
	@Test
	void whenTheUrlDoesNotFitTheHeaderThenNothingIsQuoted() {
		List<PaymentRequirements> offers = TransferBuyer.document(this.buyer.get("/report?city=" + "x".repeat(4_000)))
			.accepts();
		assertThat(offers).extracting(PaymentRequirements::scheme).containsExactly("exact");
		String target = "/report?city=" + "x".repeat(3_000);
		assertThat(this.buyer.quote(target).document().resource().url()).endsWith(target);
	}

	@Test
	void whenTransferIsConfirmedThenTheHandlerRunsOnceAndTheResponseCanBeCollected() {
		Quoted quoted = this.buyer.quote("/report?city=Bern");
		String transaction = this.buyer.transfer(quoted);
		String payment = this.buyer.payment(quoted, transaction);
		assertPending(this.buyer.present("/report?city=Bern", payment));
		assertThat(this.goods.runs).hasValue(0);
		this.chain.mine(2);
		HttpResponse<String> response = delivered("/report?city=Bern", payment);
		assertThat(response.body()).isEqualTo("report Bern for " + this.buyer.address());
		assertThat(TransferBuyer.receipt(response).transaction()).isEqualTo(transaction);
		assertThat(TransferBuyer.receipt(response).payer()).isEqualTo(this.buyer.address());
		HttpResponse<String> again = this.buyer.present("/report?city=Bern", payment);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
		assertThat(this.goods.runs).hasValue(1);
		assertThat(this.facilitator.verifications()).isEmpty();
		assertThat(entries(transaction)).singleElement().satisfies((entry) -> {
			assertThat(entry.event()).isEqualTo(LedgerEvent.SETTLED);
			assertThat(entry.scheme()).isEqualTo("transfer");
			assertThat(entry.amount()).isEqualTo(PRICE);
		});
	}

	private List<LedgerEntry> entries(String transaction) {
		return this.ledger.find(LedgerQuery.all(LedgerQuery.MAX_LIMIT))
			.stream()
			.filter((entry) -> transaction.equals(entry.transaction()))
			.filter((entry) -> entry.event() == LedgerEvent.SETTLED)
			.toList();
	}

	@Test
	void whenBlocksAreMissingThenRepetitionsAskTheNodeForNoMoreThanTheNewestBlock() {
		Quoted quoted = this.buyer.quote("/report");
		String payment = this.buyer.payment(quoted, this.buyer.transfer(quoted));
		assertPending(this.buyer.present("/report", payment));
		int receipts = node.calls("eth_getTransactionReceipt");
		IntStream.range(0, 20).forEach((i) -> assertPending(this.buyer.present("/report", payment)));
		assertThat(node.calls("eth_getTransactionReceipt")).isEqualTo(receipts);
	}

	@Test
	void whenTransactionIsUnknownThenItIsLookedForOncePerBlock() {
		Quoted quoted = this.buyer.quote("/report");
		String payment = this.buyer.payment(quoted, "0x" + "ab".repeat(32));
		assertPending(this.buyer.present("/report", payment));
		int receipts = node.calls("eth_getTransactionReceipt");
		IntStream.range(0, 20).forEach((i) -> assertPending(this.buyer.present("/report", payment)));
		assertThat(node.calls("eth_getTransactionReceipt")).isEqualTo(receipts);
		this.chain.mine(1);
		await().atMost(Duration.ofSeconds(10)).until(() -> {
			assertPending(this.buyer.present("/report", payment));
			return node.calls("eth_getTransactionReceipt") == receipts + 1;
		});
	}

	@Test
	void whenHandlerFailsThenItRunsAgainForTheSameTransfer() {
		Quoted quoted = this.buyer.quote("/report");
		String payment = confirmed(quoted);
		this.goods.fails = true;
		HttpResponse<String> failed = this.buyer.present("/report", payment);
		assertThat(failed.statusCode()).isEqualTo(500);
		this.goods.fails = false;
		assertThat(delivered("/report", payment).body()).startsWith("report");
		assertThat(this.goods.runs).hasValue(2);
	}

	@Test
	void whenTransferIsPresentedForAnotherRequestThenItIsNotUsed() {
		Quoted quoted = this.buyer.quote("/report?city=Bern");
		String payment = confirmed(quoted);
		assertRefused(this.buyer.present("/report?city=Basel", payment), 402, "quote_invalid");
		assertRefused(this.buyer.send("POST", "/report?city=Bern", "text", "PAYMENT-SIGNATURE", payment), 402,
				"requirements_mismatch");
		assertRefused(this.buyer.present("/changing", payment), 402, "quote_invalid");
		assertThat(this.goods.runs).hasValue(0);
		delivered("/report?city=Bern", payment);
	}

	@Test
	void whenTransferIsUsedThenItPaysForNoOtherQuoteAndNoOtherBody() {
		Quoted first = this.buyer.quote("/report?city=Bern");
		Quoted other = this.buyer.quote("/report?city=Basel");
		String transaction = this.buyer.transfer(first);
		this.chain.mine(2);
		delivered("/report?city=Bern", this.buyer.payment(first, transaction));
		assertRefused(this.buyer.present("/report?city=Basel", this.buyer.payment(other, transaction)), 409,
				"payment_already_bound");
		assertRefused(
				this.buyer.present("/report?city=Basel",
						this.buyer.payment(other, transaction.toUpperCase(Locale.ROOT).replace("0X", "0x"))),
				409, "payment_already_bound");
		this.clock.pass(Duration.ofSeconds(2));
		Quoted again = this.buyer.quote("/report?city=Bern");
		assertRefused(this.buyer.present("/report?city=Bern", this.buyer.payment(again, transaction)), 409,
				"payment_already_used");
		assertThat(this.goods.runs).hasValue(1);
	}

	/**
	 * The quote says which request is paid, never what a buyer says of it.
	 */
	@Test
	void whenPaymentNamesAnotherResourceThenTheQuotedRequestIsPaidAndNoOther() {
		Quoted quoted = this.buyer.quote("/report?city=Bern");
		String url = quoted.document().resource().url();
		String other = url.replace("Bern", "Basel");
		String payment = confirmed(quoted);
		assertRefused(this.buyer.present("/report?city=Basel", TransferBuyer.naming(payment, url)), 402,
				"quote_invalid");
		assertRefused(this.buyer.present("/report?city=Basel", TransferBuyer.naming(payment, other)), 402,
				"quote_invalid");
		assertThat(this.goods.runs).hasValue(0);
		assertThat(delivered("/report?city=Bern", TransferBuyer.naming(payment, other)).body())
			.isEqualTo("report Bern for " + this.buyer.address());
		assertRefused(this.buyer.present("/report?city=Bern", TransferBuyer.naming(payment, url)), 409,
				"payment_already_used");
		assertThat(this.buyer.present("/report?city=Bern", TransferBuyer.naming(payment, other)).statusCode())
			.isEqualTo(200);
		assertRefused(this.buyer.present("/report?city=Basel", TransferBuyer.naming(payment, other)), 402,
				"quote_invalid");
		assertThat(this.goods.runs).hasValue(1);
	}

	@Test
	void whenBodiesDifferThenTheTransferPaysForTheFirstOne() {
		Quoted quoted = this.buyer.quote("POST", "/report");
		String payment = confirmed(quoted);
		HttpResponse<String> response = this.buyer.send("POST", "/report", "one", "PAYMENT-SIGNATURE", payment);
		assertThat(response.body()).isEqualTo("wrote one");
		assertRefused(this.buyer.send("POST", "/report", "two", "PAYMENT-SIGNATURE", payment), 409,
				"payment_already_bound");
		assertThat(this.goods.runs).hasValue(1);
	}

	@Test
	void whenTransferIsNotTheSignersThenItIsRefused() {
		TransferBuyer thief = TransferBuyer.of(this.chain, this.port);
		Quoted quoted = thief.quote("/report");
		String transaction = this.buyer.transfer(quoted);
		this.chain.mine(2);
		assertRefused("/report", thief.payment(quoted, transaction), "transfer_sender_mismatch");
		assertRefused("/report", thief.payment(quoted, transaction, this.buyer.address(), 0),
				"transfer_signature_invalid");
		delivered("/report", this.buyer.payment(quoted, transaction));
	}

	@Test
	void whenSignatureIsForAnotherTransferThenItIsRefused() {
		Quoted quoted = this.buyer.quote("/report");
		String transaction = this.buyer.transfer(quoted);
		String other = this.buyer.transfer(quoted);
		this.chain.mine(2);
		String signature = this.buyer.sign(quoted, other, this.buyer.address(), 0);
		assertRefused("/report", TransferBuyer.payment(quoted, transaction, this.buyer.address(), 0, signature),
				"transfer_signature_invalid");
	}

	@Test
	void whenTransferIsOlderThanTheQuoteThenItIsRefused() {
		Quoted old = this.buyer.quote("/report");
		String transaction = this.buyer.transfer(old);
		this.chain.mine(2);
		this.clock.pass(Duration.ofSeconds(50));
		Quoted quoted = this.buyer.quote("/report");
		assertRefused("/report", this.buyer.payment(quoted, transaction), "transfer_outside_quote");
		delivered("/report", this.buyer.payment(old, transaction));
	}

	@Test
	void whenTransferIsLaterThanTheQuoteThenItIsRefused() {
		this.clock.pass(Duration.ofMinutes(-20));
		Quoted quoted = this.buyer.quote("/report");
		assertRefused("/report", confirmed(quoted), "transfer_outside_quote");
	}

	@Test
	void whenItIsTooLateToPresentThenItIsRefusedUnlessItWasUsedInTime() {
		Quoted quoted = this.buyer.quote("/report");
		String used = confirmed(quoted);
		String unused = confirmed(quoted);
		delivered("/report", used);
		this.clock.pass(Duration.ofMinutes(15 + 120).plusSeconds(1));
		assertRefused("/report", unused, "quote_expired");
		assertThat(this.buyer.present("/report", used).statusCode()).isEqualTo(200);
	}

	@Test
	void whenThePriceHasChangedThenTheQuoteIsHonoured() {
		Quoted quoted = this.buyer.quote("/changing");
		String payment = confirmed(quoted);
		this.goods.price = "0.07";
		try {
			assertThat(TransferBuyer.document(this.buyer.get("/changing")).accepts())
				.extracting(PaymentRequirements::amount)
				.containsOnly(BigInteger.valueOf(70_000));
			assertThat(delivered("/changing", payment).body()).isEqualTo("changing");
		}
		finally {
			this.goods.price = "0.05";
		}
	}

	@Test
	void whenAnotherRequestOfTheSameUrlCostsMoreThenItIsNotSoldForTheQuote() {
		String payment = confirmed(this.buyer.quote("/tier"));
		assertRefused(this.buyer.get("/tier", "X-Tier", "premium", "PAYMENT-SIGNATURE", payment), 402,
				"requirements_mismatch");
		assertThat(this.goods.runs).hasValue(0);
		assertThat(delivered("/tier", payment).body()).isEqualTo("basic");
	}

	@Test
	void whenAnotherClientRepeatsTheRequestThenTheQuoteCountsUnlessThePriceHasRisen() {
		String payment = confirmed(this.buyer.quote("/tier"));
		this.goods.price = "0.07";
		try {
			assertRefused(this.buyer.get("/tier", "User-Agent", "curl", "PAYMENT-SIGNATURE", payment), 402,
					"requirements_mismatch");
			this.goods.price = "0.04";
			assertThat(presented("/tier", payment, "User-Agent", "curl").body()).isEqualTo("basic");
			this.goods.price = "0.07";
			assertThat(this.buyer.get("/tier", "User-Agent", "browser", "PAYMENT-SIGNATURE", payment).statusCode())
				.isEqualTo(200);
		}
		finally {
			this.goods.price = "0.05";
		}
		assertThat(this.goods.runs).hasValue(1);
	}

	@Test
	void whenHeadersDifferInEachRequestThenTheQuoteIsHonoured() {
		String payment = confirmed(this.buyer.quote("/tier"));
		this.goods.price = "0.07";
		try {
			assertThat(presented("/tier", payment, "Traceparent", "00-ab-cd-01", "X-Request-Id", "7").body())
				.isEqualTo("basic");
		}
		finally {
			this.goods.price = "0.05";
		}
	}

	@Test
	void whenTermsOfTheQuoteAreChangedThenItIsNotOurs() {
		Quoted quoted = this.buyer.quote("/changing");
		PaymentRequirements cheaper = quoted.offer().withAmount(BigInteger.ONE);
		Quoted forged = new Quoted(quoted.document(), cheaper);
		assertRefused("/changing", confirmed(forged), "requirements_mismatch");
	}

	@Test
	void whenTheTransferIsOfAnotherTokenRecipientOrAmountThenItIsRefused() {
		Quoted quoted = this.buyer.quote("/report");
		this.chain.send(this.buyer.address(), new ContractCall(TestChain.FEE_TOKEN,
				Abi.encode(Abi.selector("mint(address,uint256)"), Abi.address(this.buyer.address()), Abi.uint(PRICE))));
		assertTransfer(quoted, TestChain.FEE_TOKEN, PAY_TO, PRICE, "transfer_token_mismatch");
		assertTransfer(quoted, TestChain.USDC, TestChain.WALLET, PRICE, "transfer_recipient_mismatch");
		assertTransfer(quoted, TestChain.USDC, PAY_TO, PRICE.subtract(BigInteger.ONE), "transfer_amount_mismatch");
		assertTransfer(quoted, TestChain.USDC, PAY_TO, PRICE.add(BigInteger.ONE), "transfer_amount_mismatch");
	}

	private void assertTransfer(Quoted quoted, String token, String to, BigInteger amount, String code) {
		String transaction = this.buyer.transfer(token, to, amount);
		this.chain.mine(2);
		assertRefused("/report", this.buyer.payment(quoted, transaction), code);
	}

	@Test
	void whenTheTokenKeepsAFeeThenTheRecipientHasNotGotThePrice() {
		Quoted quoted = this.buyer.quote("/fee");
		this.chain.send(this.buyer.address(), new ContractCall(TestChain.FEE_TOKEN,
				Abi.encode(Abi.selector("mint(address,uint256)"), Abi.address(this.buyer.address()), Abi.uint(PRICE))));
		assertRefused("/fee", confirmed(quoted), "transfer_amount_mismatch");
		assertThat(this.goods.runs).hasValue(0);
	}

	@Test
	void whenTheTransactionHasFailedThenItIsRefused() {
		TransferBuyer poor = new TransferBuyer(this.chain, this.port, this.chain.richSigner());
		Quoted quoted = poor.quote("/report");
		String payment = poor.payment(quoted, poor.transfer(quoted));
		this.chain.mine(2);
		assertRefused("/report", payment, "transfer_failed");
	}

	@Test
	void whenATransactionHasTwoTransfersThenEachPaysOnce() {
		String account = account();
		Quoted quoted = this.buyer.quote("/report");
		this.chain.place("LabBatch", account);
		ContractCall call = TransferBuyer.call(TestChain.USDC, PAY_TO, PRICE);
		String transaction = this.chain.send(this.buyer.address(), batch(account, call, call));
		this.chain.place("LabAccount", account);
		this.chain.mine(2);
		String first = this.buyer.payment(quoted, transaction, account, 0);
		String second = this.buyer.payment(quoted, transaction, account, 1);
		delivered("/report", first);
		delivered("/report", second);
		assertThat(this.goods.runs).hasValue(2);
		assertRefused("/report", this.buyer.payment(quoted, transaction, account, 2), "transfer_token_mismatch");
	}

	private static ContractCall batch(String account, ContractCall... calls) {
		return new ContractCall(account,
				Abi.encode(Abi.selector("run(address,bytes[])"), Abi.address(calls[0].to()), new DynamicArray<>(
						DynamicBytes.class, Arrays.stream(calls).map((call) -> Abi.bytes(call.data())).toList())));
	}

	@Test
	void whenAContractSendsThenItsOwnSignatureCounts() {
		String account = account();
		Quoted quoted = this.buyer.quote("/report");
		String transaction = sentBy(account);
		this.chain.mine(2);
		assertRefused("/report", this.buyer.payment(quoted, transaction), "transfer_sender_mismatch");
		assertRefused("/report", TransferBuyer.of(this.chain, this.port).payment(quoted, transaction, account, 0),
				"transfer_signature_invalid");
		assertThat(delivered("/report", this.buyer.payment(quoted, transaction, account, 0)).body())
			.isEqualToIgnoringCase("report  for " + account);
	}

	/**
	 * Not even by the nodes that are asked whether a contract wallet has signed.
	 */
	@Test
	void whenEverythingIsLoggedThenNoSignatureOfASenderIsTold() {
		List<String> secrets = new ArrayList<>();
		List<String> told;
		String account = account();
		try (EverythingLogged log = new EverythingLogged()) {
			for (String from : List.of(this.buyer.address(), account)) {
				Quoted quoted = this.buyer.quote("/report");
				String transaction = from.equals(account) ? sentBy(account) : this.buyer.transfer(quoted);
				String signature = this.buyer.sign(quoted, transaction, from, 0);
				String payment = TransferBuyer.payment(quoted, transaction, from, 0, signature);
				assertPending(this.buyer.present("/report", payment));
				this.chain.mine(2);
				delivered("/report", payment);
				this.buyer.present("/report", payment);
				this.buyer.present("/report?city=Bern", payment);
				this.buyer.present("/report", payment.substring(8));
				secrets.addAll(List.of(signature.substring(2), payment.substring(8),
						quoted.id().substring(quoted.id().lastIndexOf('.') + 1)));
			}
			told = log.texts();
		}
		assertThat(told).anyMatch((text) -> text.startsWith("TRACE ") && text.contains("/report"));
		assertThat(told).allSatisfy((text) -> assertThat(secrets).noneMatch(text::contains));
	}

	private String sentBy(String account) {
		ContractCall transfer = TransferBuyer.call(TestChain.USDC, PAY_TO, PRICE);
		return this.chain.send(this.chain.richSigner().address(), new ContractCall(account, Abi
			.encode(Abi.selector("execute(address,bytes)"), Abi.address(transfer.to()), Abi.bytes(transfer.data()))));
	}

	/** A contract wallet of the buyer. */
	private String account() {
		String account = TestChain.signer().address();
		this.chain.place("LabAccount", account);
		this.chain.send(this.buyer.address(),
				new ContractCall(account, Abi.encode(Abi.selector("own(address)"), Abi.address(this.buyer.address()))));
		this.chain.mint(account, TestChain.MONEY);
		return account;
	}

	@Test
	void whenTheTransferSettledASignedPaymentThenItPaysForNothingElse() {
		Quoted quoted = this.buyer.quote("/report");
		ChainBuyer signing = new ChainBuyer(this.buyer.signer());
		PaymentRequirements exact = quoted.document().accepts().get(0);
		assertSettledIsRefused(quoted, signing.pay(exact));
		this.chain.approve(this.buyer.address());
		PaymentRequirements permit2 = new PaymentRequirements("exact", exact.network(), exact.amount(), exact.asset(),
				exact.payTo(), 300, Map.of("assetTransferMethod", "permit2"));
		assertSettledIsRefused(quoted, signing.payByPermit2(permit2));
	}

	/**
	 * Whoever settles may be the payer itself.
	 */
	private void assertSettledIsRefused(Quoted quoted, FacilitatorRequest request) {
		for (Signer settler : List.of(this.chain.richSigner(), this.buyer.signer())) {
			if (settler == this.buyer.signer()) {
				request = (request.requirements().extra().containsKey("assetTransferMethod"))
						? new ChainBuyer(this.buyer.signer()).payByPermit2(request.requirements())
						: new ChainBuyer(this.buyer.signer()).pay(request.requirements());
			}
			Settled settled = (Settled) this.chain.facilitator(List.of(settler)).settle(request);
			this.chain.mine(2);
			String transaction = settled.receipt().transaction();
			HttpResponse<String> response = presented("/report",
					this.buyer.payment(quoted, transaction, this.buyer.address(), settled.transfer()));
			assertThat(TransferBuyer.code(response)).isIn("transfer_already_used", "transfer_sender_mismatch");
			assertThat(this.goods.runs).hasValue(0);
		}
	}

	@Test
	void whenTheBlockIsReplacedThenTheTransferIsPendingUntilItIsInAnother() {
		Quoted quoted = this.buyer.quote("/report");
		String snapshot = this.chain.rpc("evm_snapshot").asString();
		String transaction = this.buyer.transfer(quoted);
		String payment = this.buyer.payment(quoted, transaction);
		this.chain.mine(1);
		assertPending(this.buyer.present("/report", payment));
		this.chain.rpc("evm_revert", snapshot);
		this.chain.mine(4);
		IntStream.range(0, 3).forEach((i) -> assertPending(this.buyer.present("/report", payment)));
		assertThat(this.goods.runs).hasValue(0);
		String second = this.buyer.transfer(quoted);
		this.chain.mine(2);
		delivered("/report", this.buyer.payment(quoted, second));
	}

	@Test
	void whenTheNodeIsDownThenTheTransferIsPendingAndNotLost() {
		Quoted quoted = this.buyer.quote("/report");
		String payment = confirmed(quoted);
		DOWN.addAll(Set.of("eth_getTransactionReceipt", "eth_getBlockByNumber"));
		IntStream.range(0, 3).forEach((i) -> assertPending(this.buyer.present("/report", payment)));
		assertThat(this.goods.runs).hasValue(0);
		DOWN.clear();
		delivered("/report", payment);
	}

	@Test
	void whenTheNodeKeepsFailingThenNothingIsQuotedUntilItWorks() {
		Quoted quoted = this.buyer.quote("/report");
		String payment = confirmed(quoted);
		DOWN.addAll(Set.of("eth_getTransactionReceipt", "eth_getBlockByNumber"));
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			assertPending(this.buyer.present("/report", payment));
			return TransferBuyer.document(this.buyer.get("/report")).accepts().size() == 1;
		});
		DOWN.clear();
		delivered("/report", payment);
		assertThat(this.buyer.quote("/report")).isNotNull();
	}

	@Test
	void whenAPassIsSoldThenATransferBuysIt() {
		Quoted quoted = this.buyer.quote("/pass");
		HttpResponse<String> response = delivered("/pass", confirmed(quoted));
		String token = response.headers().firstValue("X402-Pass").orElseThrow();
		assertThat(this.buyer.get("/pass", "X402-Pass", token).statusCode()).isEqualTo(200);
	}

	@Test
	void whenPayloadIsMalformedThenItIsRefused() {
		Quoted quoted = this.buyer.quote("/report");
		String good = "0x" + "ab".repeat(32);
		String signature = "0x" + "cd".repeat(65);
		Quoted unknown = new Quoted(quoted.document(),
				new PaymentRequirements("transfer", quoted.offer().network(), quoted.offer().amount(),
						quoted.offer().asset(), quoted.offer().payTo(), quoted.offer().maxTimeoutSeconds(),
						Map.of("paymentFlow", "upfront", "method", "GET", "quote", "1.2.3.x")));
		assertRefused("/report", TransferBuyer.payment(unknown, good, this.buyer.address(), 0, signature),
				"unsupported_payload_type");
		assertRefused("/report", TransferBuyer.payment(quoted, "0xab", this.buyer.address(), 0, signature),
				"unsupported_payload_type");
		assertRefused("/report", TransferBuyer.payment(quoted, good, "0xab", 0, signature), "unsupported_payload_type");
		assertRefused("/report", TransferBuyer.payment(quoted, good, this.buyer.address(), 10_000, signature),
				"unsupported_payload_type");
	}

	private String confirmed(Quoted quoted) {
		String payment = this.buyer.payment(quoted, this.buyer.transfer(quoted));
		this.chain.mine(2);
		return payment;
	}

	/**
	 * The newest block is known some milliseconds later.
	 */
	private HttpResponse<String> presented(String target, String payment, String... headers) {
		String[] all = Stream.concat(Stream.of("PAYMENT-SIGNATURE", payment), Stream.of(headers))
			.toArray(String[]::new);
		return await().atMost(Duration.ofSeconds(20))
			.until(() -> this.buyer.get(target, all), (response) -> response.statusCode() != 503);
	}

	private HttpResponse<String> delivered(String target, String payment) {
		HttpResponse<String> response = presented(target, payment);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return response;
	}

	private static void assertPending(HttpResponse<String> response) {
		assertRefused(response, 503, "settlement_pending");
		assertThat(response.headers().firstValue("Retry-After")).hasValue("2");
	}

	private void assertRefused(String target, String payment, String code) {
		assertRefused(presented(target, payment), 402, code);
		assertThat(this.goods.fails).isFalse();
	}

	private static void assertRefused(HttpResponse<String> response, int status, String... codes) {
		assertThat(TransferBuyer.code(response)).as(response.body()).isIn((Object[]) codes);
		assertThat(response.statusCode()).isEqualTo(status);
	}

}
