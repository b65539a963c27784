/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicBytes;
import org.web3j.abi.datatypes.generated.Uint8;
import org.web3j.crypto.Hash;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the probe says about payments on a local chain, and what a facilitator whose
 * receipts are checked can get away with.
 */
class OnChainSettlementProbeTests {

	private static final String FOREIGN = "0x" + "ab".repeat(32);

	private final TestChain chain = TestChain.get();

	private final OnChainSettlementProbe probe = TestChain.probe(this.chain.chains(), 1);

	private final Signer key = this.chain.richSigner();

	private final String payTo = TestChain.signer().address();

	private final PaymentRequirements offer = ChainBuyer.offer(this.payTo);

	private final ChainBuyer buyer = this.chain.buyer();

	@BeforeEach
	void mineAtOnce() {
		this.chain.mineAtOnce();
	}

	@Test
	void whenPaymentIsNotUsedAndStillCanBeThenIsNotExecutedSoFar() {
		assertThat(this.probe.probe(this.buyer.pay(this.offer), FOREIGN))
			.isEqualTo(new NotExecuted("the authorization is not used, but still can be"));
	}

	@Test
	void whenPaymentIsNotUsedAndTooOldThenIsDeclined() {
		assertThat(this.probe.probe(endingAt(now() - 70), null)).isInstanceOf(Declined.class);
		assertThat(this.probe.probe(endingAt(now() - 5), null)).as("within the margin").isInstanceOf(NotExecuted.class);
	}

	@Test
	void whenOnlyBlocksThatCanBeReplacedAreLateThenIsNotDeclined() {
		mineASecondApart(3);
		Block newest = chain().latest();
		Block deep = chain().block(Hex.quantity(newest.number() - 2));
		assertThat(newest.timestamp()).isGreaterThan(deep.timestamp());
		FacilitatorRequest request = endingAt(deep.timestamp() - 60);
		OnChainSettlementProbe careful = TestChain.probe(this.chain.chains(), 3);
		assertThat(careful.probe(request, null)).isInstanceOf(NotExecuted.class);
		mineASecondApart(2);
		assertThat(careful.probe(request, null)).isInstanceOf(Declined.class);
	}

	private void mineASecondApart(int blocks) {
		this.chain.rpc("anvil_mine", Hex.quantity(blocks), Hex.quantity(1));
	}

	private Chain chain() {
		return Objects.requireNonNull(this.chain.chains().get(TestChain.NETWORK));
	}

	@Test
	void whenPaymentIsSettledThenIsFoundWithAndWithoutItsTransaction() {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		String transaction = settle(request);
		assertSettledBy(this.probe.probe(request, null), transaction);
		assertSettledBy(this.probe.probe(request, transaction), transaction);
		assertSettledBy(this.probe.probe(request, FOREIGN), transaction);
	}

	@Test
	void whenSettlementIsNotDeepEnoughThenIsUnknownWithItsTransaction() {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		String transaction = settle(request);
		OnChainSettlementProbe careful = TestChain.probe(this.chain.chains(), 3);
		assertThat(careful.probe(request, null)).isInstanceOfSatisfying(Unknown.class,
				(unknown) -> assertThat(unknown.transaction()).isEqualTo(transaction));
		this.chain.mine(2);
		assertSettledBy(careful.probe(request, null), transaction);
	}

	@Test
	void whenPaymentIsCanceledThenIsDeclined() {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		EvmPayload.Eip3009 payment = (EvmPayload.Eip3009) Authorizations.of(request, Networks.load(), Set.of())
			.payment();
		cancel(payment);
		assertThat(this.probe.probe(request, null)).isInstanceOf(Declined.class);
	}

	@Test
	void whenNonceWasUsedToPaySomebodyElseThenIsDeclined() {
		PaymentRequirements self = ChainBuyer.offer(this.buyer.address());
		EvmPayload.Eip3009 unsigned = this.buyer.unsigned(this.offer);
		FacilitatorRequest request = ChainBuyer.request(this.offer, this.buyer.sign(this.offer, unsigned));
		EvmPayload.Eip3009 elsewhere = new EvmPayload.Eip3009("0x", unsigned.from(), this.buyer.address(),
				unsigned.value(), unsigned.validAfter(), unsigned.validBefore(), unsigned.nonce());
		settle(ChainBuyer.request(self, this.buyer.sign(self, elsewhere)));
		assertThat(this.probe.probe(request, null)).isInstanceOf(Declined.class);
	}

	/**
	 * One transaction uses the nonce of a payment to pay the buyer himself, and another
	 * authorization to pay the seller the same amount. That is one payment, not two.
	 */
	@Test
	void whenOneTransferIsMadeToLookLikeTwoThenOnlyOneIsSettled() {
		PaymentRequirements self = ChainBuyer.offer(this.buyer.address());
		EvmPayload.Eip3009 first = this.buyer.unsigned(this.offer);
		FacilitatorRequest honest = this.buyer.pay(this.offer);
		FacilitatorRequest claimed = ChainBuyer.request(this.offer, this.buyer.sign(this.offer, first));
		EvmPayload.Eip3009 diverted = new EvmPayload.Eip3009("0x", first.from(), this.buyer.address(), first.value(),
				first.validAfter(), first.validBefore(), first.nonce());
		ContractCall divert = call(ChainBuyer.request(self, this.buyer.sign(self, diverted)));
		this.chain.send(this.chain.richSigner().address(), new ContractCall(TestChain.BATCH, Abi.encode(
				Abi.selector("run(address,bytes[])"), Abi.address(TestChain.USDC),
				new DynamicArray<>(DynamicBytes.class, Abi.bytes(call(honest).data()), Abi.bytes(divert.data())))));
		assertThat(this.probe.probe(honest, null)).isInstanceOf(Settled.class);
		assertThat(this.probe.probe(claimed, null)).isInstanceOf(Declined.class);
	}

	@Test
	void whenTransactionRevertedThenIsNotExecutedAsLongAsItCanBeTriedAgain() {
		FacilitatorRequest request = new ChainBuyer(TestChain.signer()).pay(this.offer);
		String transaction = this.chain.send(this.chain.richSigner().address(), call(request));
		assertThat(this.probe.probe(request, transaction)).isInstanceOf(NotExecuted.class);
	}

	@Test
	void whenNetworkOrTokenIsUnknownThenIsUnknown() {
		PaymentRequirements elsewhere = new PaymentRequirements("exact", "eip155:1", ChainBuyer.PRICE, TestChain.USDC,
				this.payTo, 300, this.offer.extra());
		assertThat(this.probe.probe(this.buyer.pay(elsewhere), null)).isInstanceOf(Unknown.class);
		PaymentRequirements noToken = new PaymentRequirements("exact", TestChain.NETWORK, ChainBuyer.PRICE, this.payTo,
				this.payTo, 300, this.offer.extra());
		FacilitatorRequest old = ChainBuyer.request(noToken,
				this.buyer.sign(noToken, new EvmPayload.Eip3009("0x", this.buyer.address(), this.payTo,
						ChainBuyer.PRICE, BigInteger.ZERO, BigInteger.TEN, ChainBuyer.nonce())));
		assertThat(this.probe.probe(old, null)).as("a state that cannot be read").isInstanceOf(Unknown.class);
	}

	@Test
	void whenNodesAreDownThenNothingIsCovered() throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		try (FlakyNode node = new FlakyNode(this.chain, (method) -> !method.equals("eth_chainId"))) {
			OnChainSettlementProbe blind = TestChain.probe(TestChain.chains(node.node()), 1);
			assertThat(blind.covers(request)).isTrue();
			for (int i = 0; i < 5; i++) {
				assertThat(blind.probe(request, null)).isInstanceOf(Unknown.class);
			}
			assertThat(blind.covers(request)).isFalse();
		}
		assertThat(this.probe.covers(request)).isTrue();
	}

	@Test
	void whenFacilitatorLiesThenItsReceiptIsUnknown() {
		FacilitatorRequest paid = this.buyer.pay(this.offer);
		FacilitatorRequest unpaid = this.buyer.pay(this.offer);
		String transaction = settle(paid);
		assertThat(checked(transaction).settle(paid)).isInstanceOf(Settled.class);
		assertThat(checked(transaction).settle(unpaid)).isInstanceOfSatisfying(Unknown.class,
				(unknown) -> assertThat(unknown.transaction()).isEqualTo(transaction));
		assertThat(checked(FOREIGN).settle(unpaid)).isInstanceOf(Unknown.class);
		assertThat(checked(FOREIGN).settle(paid)).as("another transaction than it names").isInstanceOf(Unknown.class);
	}

	@Test
	void whenReceiptIsNotToBeCheckedThenIsBelieved() {
		Facilitator unchecked = new ReceiptCheckingFacilitator(new Saying(settled(FOREIGN)), this.probe, this.probe,
				(offer) -> false);
		assertThat(unchecked.settle(this.buyer.pay(this.offer))).isInstanceOf(Settled.class);
	}

	@Test
	void whenFacilitatorDeniesASettlementThenTheChainTells() {
		FacilitatorRequest paid = this.buyer.pay(this.offer);
		String transaction = settle(paid);
		assertSettledBy(checked(new Saying(declined(paid))).settle(paid), transaction);
		assertSettledBy(checked(new Saying(new NotExecuted("settle responded with HTTP 400"))).settle(paid),
				transaction);
	}

	@Test
	void whenFacilitatorDeniesASettlementThatIsNotDeepEnoughThenIsUnknown() {
		FacilitatorRequest paid = this.buyer.pay(this.offer);
		settle(paid);
		OnChainSettlementProbe demanding = TestChain.probe(this.chain.chains(), 50);
		Facilitator checked = new ReceiptCheckingFacilitator(new Saying(declined(paid)), demanding, demanding,
				(offer) -> true);
		assertThat(checked.settle(paid)).isInstanceOf(Unknown.class);
	}

	@Test
	void whenFacilitatorDeclinesAndTheAuthorizationIsNotUsedThenIsDeclined() {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		Declined declined = declined(request);
		assertThat(checked(new Saying(declined)).settle(request)).isEqualTo(declined);
		NotExecuted notExecuted = new NotExecuted("connection refused");
		assertThat(checked(new Saying(notExecuted)).settle(request)).isEqualTo(notExecuted);
	}

	@Test
	void whenFacilitatorDeclinesAndTheNodeIsDownThenIsUnknown() throws Exception {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		try (FlakyNode node = new FlakyNode(this.chain, (method) -> !method.equals("eth_chainId"))) {
			OnChainSettlementProbe blind = TestChain.probe(TestChain.chains(node.node()), 1);
			Facilitator checked = new ReceiptCheckingFacilitator(new Saying(declined(request)), blind, blind,
					(offer) -> true);
			assertThat(checked.settle(request)).isInstanceOf(Unknown.class);
		}
	}

	@Test
	void whenFacilitatorNamesATransactionThenTheNodeTellsWhichTransfer() {
		FacilitatorRequest paid = this.buyer.pay(this.offer);
		String transaction = settle(paid);
		assertThat(checked(transaction).settle(paid)).isInstanceOfSatisfying(Settled.class,
				(settled) -> assertThat(settled.transfer()).isNotNull());
	}

	private static Settled settled(String transaction) {
		return new Settled(SettlementResponse.success(transaction, TestChain.NETWORK, TestChain.USDC));
	}

	private static Declined declined(FacilitatorRequest request) {
		return new Declined(ReasonCode.INSUFFICIENT_FUNDS,
				SettlementResponse.failure("insufficient_funds", request.requirements().network(), null));
	}

	private Facilitator checked(String transaction) {
		return checked(new Saying(settled(transaction)));
	}

	private Facilitator checked(Facilitator facilitator) {
		return new ReceiptCheckingFacilitator(facilitator, this.probe,
				new PatientProbe(this.probe, Duration.ofMillis(100), Duration.ofMillis(20)), (offer) -> true);
	}

	private String settle(FacilitatorRequest request) {
		return ((Settled) this.chain.facilitator(List.of(this.key)).settle(request)).receipt().transaction();
	}

	private static ContractCall call(FacilitatorRequest request) {
		return Authorizations.of(request, Networks.load(), Set.of()).transfer();
	}

	private FacilitatorRequest endingAt(long validBefore) {
		return ChainBuyer.request(this.offer,
				this.buyer.sign(this.offer, new EvmPayload.Eip3009("0x", this.buyer.address(), this.payTo,
						ChainBuyer.PRICE, BigInteger.ZERO, BigInteger.valueOf(validBefore), ChainBuyer.nonce())));
	}

	private void cancel(EvmPayload.Eip3009 payment) {
		byte[] signature = this.buyer.signer().sign(cancellation(payment));
		this.chain.send(this.chain.richSigner().address(), new ContractCall(TestChain.USDC,
				Abi.encode(Abi.selector("cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)"),
						Abi.address(payment.from()), Abi.bytes32(payment.nonce()),
						new Uint8(BigInteger.valueOf(signature[64])), Abi.bytes32(Hex.of(signature).substring(0, 66)),
						Abi.bytes32("0x" + Hex.of(signature).substring(66, 130)))));
	}

	/** The digest of EIP-3009 for a cancellation, in the domain of the token itself. */
	private byte[] cancellation(EvmPayload.Eip3009 payment) {
		String domain = this.chain
			.rpc("eth_call", Map.of("to", TestChain.USDC, "data", Abi.selector("DOMAIN_SEPARATOR()")), "latest")
			.asString();
		String struct = Abi.encode(Abi.topic("CancelAuthorization(address authorizer,bytes32 nonce)"),
				Abi.address(payment.from()), Abi.bytes32(payment.nonce()));
		return Hash.sha3(Hex.bytes("0x1901" + domain.substring(2) + Hex.of(Hash.sha3(Hex.bytes(struct))).substring(2)));
	}

	private static void assertSettledBy(SettlementOutcome outcome, String transaction) {
		assertThat(outcome).isInstanceOfSatisfying(Settled.class,
				(settled) -> assertThat(settled.receipt().transaction()).isEqualTo(transaction));
	}

	private static long now() {
		return System.currentTimeMillis() / 1000;
	}

	/** Says that a transaction settled whatever it is asked for. */
	private record Saying(SettlementOutcome outcome) implements Facilitator {

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			return new VerificationOutcome.Valid(null);
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			return this.outcome;
		}

		@Override
		public SupportedResponse supported() {
			return new SupportedResponse(List.of(), List.of(), Map.of());
		}

	}

}
