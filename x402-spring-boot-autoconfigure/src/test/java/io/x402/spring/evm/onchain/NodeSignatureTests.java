/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.evm.EvmAddress;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Signatures of every kind of wallet, checked by an own node before a remote facilitator
 * is asked.
 */
class NodeSignatureTests {

	private static final Invalid INVALID = new Invalid(ReasonCode.INVALID_SIGNATURE);

	private final TestChain chain = TestChain.get();

	private final FacilitatorDouble remote = new FacilitatorDouble();

	private final PaymentRequirements offer = ChainBuyer.offer(TestChain.signer().address());

	private final ChainBuyer stranger = new ChainBuyer(TestChain.signer());

	// account 13 of the public development mnemonic
	private final Signer owner = new PrivateKeySigner(
			"0x47c99abed3324a2707c28affff1267e45918ec8c3f20b8aa892e8b065d2942dd");

	// account 12
	private final Signer other = new PrivateKeySigner(
			"0xa267530f49f8280200edf313ee7af6b827f2a8bce2897751d06a843f644967b1");

	@Test
	void whenAnAccountHasSignedThenTheNodeIsNotCalled() throws Exception {
		try (FlakyNode node = new FlakyNode(this.chain, (method) -> false)) {
			assertThat(verify(node.node(), this.stranger.pay(this.offer))).isInstanceOf(Valid.class);
			assertThat(node.called()).isEmpty();
			assertThat(this.remote.verified()).isOne();
		}
	}

	@Test
	void whenAnAccountHasNotSignedThenTheFacilitatorIsNotAsked() {
		String account = TestChain.signer().address();
		assertInvalid(paid(account, signed(account)));
		assertInvalid(paid(account, "0x" + "11".repeat(65)));
		assertInvalid(paid(account, "0x" + "11".repeat(130)));
	}

	@Test
	void whenAContractWalletTakesASignatureThenTheFacilitatorIsAsked() {
		assertAsked(paid(TestChain.WALLET, signed(TestChain.WALLET, this.owner)));
		assertInvalid(paid(TestChain.WALLET, signed(TestChain.WALLET)));
	}

	@Test
	void whenAContractWalletTakesALongerSignatureThenTheFacilitatorIsAsked() {
		EvmPayload.Eip3009 payment = unsigned(TestChain.TWO_OWNER_WALLET);
		String first = signature(payment, this.owner);
		String second = signature(payment, this.other);
		assertAsked(ChainBuyer.request(this.offer, ChainBuyer.withSignature(payment, first + second.substring(2))));
		assertInvalid(ChainBuyer.request(this.offer, ChainBuyer.withSignature(payment, second + first.substring(2))));
		assertInvalid(ChainBuyer.request(this.offer, ChainBuyer.withSignature(payment, first)));
	}

	@Test
	void whenAWalletDoesNotExistYetThenItIsCreatedToBeAsked() {
		String wallet = walletOf(this.owner);
		assertAsked(paid(wallet, wrapped(TestChain.FACTORY, this.owner, signed(wallet, this.owner))));
		assertInvalid(paid(wallet, wrapped(TestChain.FACTORY, this.owner, signed(wallet))));
		assertInvalid(paid(wallet, signed(wallet, this.owner)));
		String nobody = TestChain.signer().address();
		assertInvalid(paid(nobody, wrapped(TestChain.FACTORY, this.owner, signed(nobody, this.owner))));
		assertThat(this.chain.rpc("eth_getCode", wallet, "latest").asString()).isEqualTo("0x");
	}

	@Test
	void whenTheNodeCannotCreateAWalletThenTheFacilitatorIsAsked() {
		String wallet = walletOf(this.owner);
		assertAsked(paid(wallet, wrapped(TestChain.USDC, this.owner, signed(wallet))));
	}

	@Test
	void whenAnAccountIsDelegatedThenItsCodeDecides() {
		ChainBuyer delegated = new ChainBuyer(TestChain.signer());
		this.chain.rpc("anvil_setCode", delegated.address(),
				"0xef0100" + TestChain.WALLET.substring(2).toLowerCase(Locale.ROOT));
		assertAsked(paid(delegated.address(), signed(delegated.address(), this.owner)));
		assertInvalid(paid(delegated.address(), signed(delegated.address())));
	}

	@Test
	void whenTheNodeFailsThenTheFacilitatorIsAsked() throws Exception {
		FacilitatorRequest garbage = paid(this.stranger.address(), "0x" + "11".repeat(65));
		for (String failing : new String[] { "eth_getCode", "eth_chainId" }) {
			try (FlakyNode node = new FlakyNode(this.chain, failing::equals)) {
				assertThat(verify(node.node(), garbage)).isInstanceOf(Valid.class);
			}
		}
		try (FlakyNode node = FlakyNode.spoiling(this.chain, (response) -> "{}")) {
			assertThat(verify(node.node(), garbage)).isInstanceOf(Valid.class);
		}
		assertThat(this.remote.verified()).isEqualTo(3);
	}

	@Test
	void whenTheOfferDoesNotNameTheTokenThenTheFacilitatorIsAsked() {
		PaymentRequirements bare = new PaymentRequirements("exact", TestChain.NETWORK, ChainBuyer.PRICE, TestChain.USDC,
				this.offer.payTo(), 300, Map.of());
		assertAsked(ChainBuyer.request(bare,
				ChainBuyer.withSignature(this.stranger.unsigned(bare), "0x" + "11".repeat(65))));
	}

	private void assertAsked(FacilitatorRequest request) {
		int before = this.remote.verified();
		assertThat(verify(this.chain.node(), request)).isInstanceOf(Valid.class);
		assertThat(this.remote.verified() - before).isOne();
	}

	private void assertInvalid(FacilitatorRequest request) {
		int before = this.remote.verified();
		assertThat(verify(this.chain.node(), request)).isEqualTo(INVALID);
		assertThat(this.remote.verified() - before).isZero();
	}

	private VerificationOutcome verify(EvmNode node, FacilitatorRequest request) {
		Chains chains = TestChain.chains(node);
		return new ReceiptCheckingFacilitator(this.remote, TestChain.probe(chains, 1), (offer) -> true,
				Duration.ofSeconds(1), Duration.ofMillis(50))
			.checkingSignatures(chains, Networks.load())
			.verify(request);
	}

	private FacilitatorRequest paid(String payer, EvmPayload.Eip3009 payment) {
		assertThat(payment.from()).isEqualTo(payer);
		return ChainBuyer.request(this.offer, payment);
	}

	private FacilitatorRequest paid(String payer, String signature) {
		return paid(payer, ChainBuyer.withSignature(unsigned(payer), signature));
	}

	private EvmPayload.Eip3009 signed(String payer) {
		return signed(payer, this.stranger.signer());
	}

	private EvmPayload.Eip3009 signed(String payer, Signer signer) {
		return new ChainBuyer(signer).sign(this.offer, unsigned(payer));
	}

	private String signature(EvmPayload.Eip3009 payment, Signer signer) {
		return new ChainBuyer(signer).sign(this.offer, payment).signature();
	}

	private EvmPayload.Eip3009 unsigned(String payer) {
		return new EvmPayload.Eip3009("0x", payer, this.offer.payTo(), ChainBuyer.PRICE, BigInteger.ZERO,
				ChainBuyer.soon(), ChainBuyer.nonce());
	}

	private static EvmPayload.Eip3009 wrapped(String factory, Signer owner, EvmPayload.Eip3009 payment) {
		String creation = Abi.encode(Abi.selector("create(address)"), Abi.address(owner.address()));
		return ChainBuyer.withSignature(payment,
				Abi.encode("0x", Abi.address(factory), Abi.bytes(creation), Abi.bytes(payment.signature()))
						+ "6492".repeat(16));
	}

	private String walletOf(Signer owner) {
		String address = this.chain
			.rpc("eth_call",
					Map.of("to", TestChain.FACTORY, "data",
							Abi.encode(Abi.selector("addressOf(address)"), Abi.address(owner.address()))),
					"latest")
			.asString();
		return EvmAddress.toChecksum("0x" + address.substring(26));
	}

}
