/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Answers of a node that are malformed in any way: nothing is delivered for free because
 * of them, nothing that may be charged is called declined, and no exception gets out.
 */
class MalformedNodeTests {

	private static final int TRIES = 50;

	private static final int SETTLEMENTS = 5;

	/** Number of calls of the node of which one is answered wrongly, or all. */
	private static final int CALLS = 6;

	private final TestChain chain = TestChain.get();

	private final Signer key = this.chain.richSigner();

	private final PaymentRequirements offer = ChainBuyer.offer(TestChain.signer().address());

	private final ChainBuyer buyer = this.chain.buyer();

	private final AtomicReference<UnaryOperator<String>> spoils = new AtomicReference<>(UnaryOperator.identity());

	private FlakyNode node;

	@BeforeEach
	void mineAtOnce() throws IOException {
		this.chain.mineAtOnce();
		this.node = FlakyNode.spoiling(this.chain, (answer) -> this.spoils.get().apply(answer));
	}

	@AfterEach
	void close() {
		this.node.close();
	}

	@Test
	void whenPaymentIsForgedThenNoMalformedAnswerMakesItValid() {
		FacilitatorRequest forged = ChainBuyer.request(this.offer,
				new ChainBuyer(TestChain.signer()).sign(this.offer, this.buyer.unsigned(this.offer)));
		for (int seed = 0; seed < TRIES; seed++) {
			Chains chains = malformed(seed);
			assertThat(facilitator(chains).verify(forged)).as("seed %d", seed)
				.isNotInstanceOf(VerificationOutcome.Valid.class);
		}
	}

	@Test
	void whenPaymentIsNotSettledThenNoMalformedAnswerSettlesIt() {
		FacilitatorRequest unpaid = this.buyer.pay(this.offer);
		for (int seed = 0; seed < TRIES; seed++) {
			Chains chains = malformed(seed);
			assertThat(TestChain.probe(chains, 1).probe(unpaid, null)).as("seed %d", seed)
				.isNotInstanceOf(Settled.class);
		}
	}

	@Test
	void whenPaymentIsSettledThenNoMalformedAnswerDeniesIt() {
		FacilitatorRequest paid = this.buyer.pay(this.offer);
		String transaction = settle(paid);
		for (int seed = 0; seed < TRIES; seed++) {
			Chains chains = malformed(seed);
			OnChainSettlementProbe probe = TestChain.probe(chains, 1);
			assertThat(probe.probe(paid, (seed % 2 == 0) ? transaction : null)).as("seed %d", seed)
				.satisfiesAnyOf((outcome) -> assertThat(outcome).isInstanceOf(Unknown.class),
						(outcome) -> assertThat(((Settled) outcome).receipt().transaction()).isEqualTo(transaction));
		}
	}

	@Test
	void whenReceiptIsCheckedThenNoMalformedAnswerConfirmsALie() {
		String another = settle(this.buyer.pay(this.offer));
		FacilitatorRequest unpaid = this.buyer.pay(this.offer);
		for (int seed = 0; seed < TRIES; seed++) {
			Chains chains = malformed(seed);
			OnChainSettlementProbe probe = TestChain.probe(chains, 1);
			Facilitator checked = new ReceiptCheckingFacilitator(new Liar(another), probe, probe, (offer) -> true);
			assertThat(checked.settle(unpaid)).as("seed %d", seed).isInstanceOf(Unknown.class);
		}
	}

	@Test
	void whenNodeAnswersMalformedlyWhileItSettlesThenNothingThatMayBeChargedIsCalledDeclined() {
		for (int seed = 0; seed < SETTLEMENTS; seed++) {
			FacilitatorRequest request = this.buyer.pay(this.offer);
			SettlementOutcome outcome = facilitator(malformed(seed)).settle(request);
			boolean charged = TestChain.probe(this.chain.chains(), 1).probe(request, null) instanceof Settled;
			if (outcome instanceof Settled || outcome instanceof Declined || outcome instanceof NotExecuted) {
				assertThat(charged).as("seed %d: charged after %s", seed, outcome)
					.isEqualTo(outcome instanceof Settled);
			}
		}
	}

	private OnChainFacilitator facilitator(Chains chains) {
		return TestChain.facilitator(chains, List.of(this.key), 1, TestChain.settings(Duration.ofSeconds(1)));
	}

	private String settle(FacilitatorRequest request) {
		return ((Settled) this.chain.facilitator(List.of(this.key)).settle(request)).receipt().transaction();
	}

	/** Answers one call wrongly, or each. */
	private Chains malformed(int seed) {
		MalformedAnswer malformed = new MalformedAnswer(seed);
		int spoiled = new Random(seed).nextInt(CALLS + 1);
		AtomicInteger calls = new AtomicInteger();
		this.spoils
			.set((answer) -> (spoiled == CALLS || calls.getAndIncrement() == spoiled) ? malformed.of(answer) : answer);
		return TestChain.chains(this.node.node());
	}

	/**
	 * Names a transaction that settled another payment.
	 *
	 * @param transaction the transaction
	 */
	private record Liar(String transaction) implements Facilitator {

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			return new VerificationOutcome.Valid(null);
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			return new Settled(
					SettlementResponse.success(this.transaction, request.requirements().network(), request.payer()));
		}

		@Override
		public SupportedResponse supported() {
			return new SupportedResponse(List.of(), List.of(), Map.of());
		}

	}

}
