/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.x402.spring.evm.EvmAddress;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.OnChainSettings.Batches;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.web3j.abi.datatypes.Bool;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Scheme {@code exact} by EIP-3009, on a local chain: every reason of the reference
 * facilitator once, and settlements to the last unit.
 */
class OnChainFacilitatorTests {

	private final TestChain chain = TestChain.get();

	private final Signer key = this.chain.richSigner();

	private final OnChainFacilitator facilitator = this.chain.facilitator(List.of(this.key));

	private final String payTo = TestChain.signer().address();

	private final PaymentRequirements offer = ChainBuyer.offer(this.payTo);

	private final ChainBuyer buyer = this.chain.buyer();

	@BeforeEach
	@AfterEach
	void mineAtOnce() {
		this.chain.mineAtOnce();
	}

	@Test
	void whenPaymentIsRightThenIsValid() {
		assertThat(this.facilitator.verify(this.buyer.pay(this.offer))).isEqualTo(new Valid(this.buyer.address()));
	}

	@Test
	void whenBuyerSpeaksVersion1ThenIsValidAndSettles() {
		FacilitatorRequest request = ChainBuyer.requestV1(this.offer, "base-sepolia",
				this.buyer.sign(this.offer, this.buyer.unsigned(this.offer)));
		assertThat(this.facilitator.verify(request)).isInstanceOf(Valid.class);
		assertThat(settled(this.facilitator.settle(request)).receipt().network()).isEqualTo("base-sepolia");
		assertPaid(1);
	}

	@Test
	void whenSchemeOfClaimIsOtherThenIsInvalid() {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		PaymentPayload.V2 payload = new PaymentPayload.V2(2, null, Map.of("scheme", "upto", "network", "eip155:84532"),
				request.payload().payload(), null);
		assertInvalid(new FacilitatorRequest(payload, this.offer, request.resource()), "invalid_exact_evm_scheme",
				ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenOfferNamesNoDomainThenIsInvalid() {
		PaymentRequirements bare = withExtra(Map.of("version", "2"));
		assertInvalid(ChainBuyer.request(bare, this.buyer.sign(this.offer, this.buyer.unsigned(this.offer))),
				"invalid_exact_evm_missing_eip712_domain", ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenNetworkOfClaimIsOtherThenIsInvalid() {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		PaymentPayload.V2 payload = new PaymentPayload.V2(2, null, Map.of("scheme", "exact", "network", "eip155:8453"),
				request.payload().payload(), null);
		assertInvalid(new FacilitatorRequest(payload, this.offer, request.resource()),
				"invalid_exact_evm_network_mismatch", ReasonCode.PAYMENT_REJECTED);
		assertInvalid(
				ChainBuyer.requestV1(this.offer, "base", this.buyer.sign(this.offer, this.buyer.unsigned(this.offer))),
				"invalid_exact_evm_network_mismatch", ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenSignatureIsOfSomebodyElseThenIsInvalid() {
		EvmPayload.Eip3009 stolen = new ChainBuyer(TestChain.signer()).sign(this.offer,
				this.buyer.unsigned(this.offer));
		assertInvalid(ChainBuyer.request(this.offer, stolen), "invalid_exact_evm_signature",
				ReasonCode.INVALID_SIGNATURE);
	}

	@Test
	void whenReceiverIsOtherThenIsInvalid() {
		PaymentRequirements other = ChainBuyer.offer(TestChain.signer().address());
		assertInvalid(ChainBuyer.request(this.offer, this.buyer.sign(other, this.buyer.unsigned(other))),
				"invalid_exact_evm_recipient_mismatch", ReasonCode.RECIPIENT_MISMATCH);
	}

	@Test
	void whenPaymentEndsInFiveSecondsThenIsInvalid() {
		assertInvalid(times(0, now() + 4), "invalid_exact_evm_payload_authorization_valid_before", ReasonCode.EXPIRED);
	}

	@Test
	void whenPaymentStartsInFutureThenIsInvalid() {
		assertInvalid(times(now() + 1000, now() + 3000), "invalid_exact_evm_payload_authorization_valid_after",
				ReasonCode.NOT_YET_VALID);
	}

	@Test
	void whenAmountIsOtherThenIsInvalidWithCodeOfVersion() {
		PaymentRequirements less = this.offer.withAmount(ChainBuyer.PRICE.subtract(BigInteger.ONE));
		EvmPayload.Eip3009 payment = this.buyer.sign(less, this.buyer.unsigned(less));
		assertInvalid(ChainBuyer.request(this.offer, payment), "invalid_exact_evm_payload_authorization_value_mismatch",
				ReasonCode.AMOUNT_MISMATCH);
		assertInvalid(ChainBuyer.requestV1(this.offer, "base-sepolia", payment),
				"invalid_exact_evm_authorization_value", ReasonCode.AMOUNT_MISMATCH);
	}

	@Test
	void whenTokenIsNoContractThenIsInvalid() {
		assertInvalid(this.buyer.pay(withAsset(TestChain.signer().address())), "asset_not_deployed_contract",
				ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenTokenKnowsNoAuthorizationsThenIsInvalid() {
		assertInvalid(this.buyer.pay(withAsset(TestChain.WALLET)), "invalid_exact_evm_eip3009_not_supported",
				ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenAuthorizationIsUsedThenIsInvalid() {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		settled(this.facilitator.settle(request));
		assertInvalid(request, "invalid_exact_evm_nonce_already_used", ReasonCode.NONCE_ALREADY_USED);
	}

	@Test
	void whenDomainOfOfferIsWrongThenIsInvalid() {
		assertInvalid(this.buyer.pay(withExtra(Map.of("name", "USD Coin", "version", "2"))),
				"invalid_exact_evm_token_name_mismatch", ReasonCode.PAYMENT_REJECTED);
		assertInvalid(this.buyer.pay(withExtra(Map.of("name", "USDC", "version", "1"))),
				"invalid_exact_evm_token_version_mismatch", ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenBuyerHasNotEnoughThenIsInvalidAndNothingIsSent() {
		ChainBuyer poor = new ChainBuyer(TestChain.signer());
		assertInvalid(poor.pay(this.offer), "invalid_exact_evm_insufficient_balance", ReasonCode.INSUFFICIENT_FUNDS);
		assertThat(this.facilitator.settle(poor.pay(this.offer))).isInstanceOfSatisfying(Declined.class, (declined) -> {
			assertThat(declined.code()).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
			assertThat(declined.receipt().transaction()).isEmpty();
		});
		assertThat(this.chain.transactions(this.key.address())).isZero();
	}

	@Test
	void whenTokenRefusesForAnotherReasonThenIsInvalid() {
		ChainBuyer blocked = this.chain.buyer();
		this.chain.send("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", new ContractCall(TestChain.USDC, Abi
			.encode(Abi.selector("setBlacklisted(address,bool)"), Abi.address(blocked.address()), new Bool(true))));
		assertInvalid(blocked.pay(this.offer), "invalid_exact_evm_transaction_simulation_failed",
				ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenPaymentIsSettledThenMoneyMovesOnceHoweverOftenItIsAsked() {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		SettlementOutcome first = this.facilitator.settle(request);
		assertThat(settled(first).receipt().payer()).isEqualTo(this.buyer.address());
		assertThat(this.facilitator.settle(request)).isEqualTo(first);
		assertThat(this.chain.facilitator(List.of(this.key)).settle(request)).as("after a restart").isEqualTo(first);
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
		assertPaid(1);
	}

	@Test
	void whenSamePaymentIsSettledAtOnceBySeveralThenOneTransactionIsSent() {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		this.chain.mineNothing();
		List<CompletableFuture<SettlementOutcome>> settlements = IntStream.range(0, 5)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> this.facilitator.settle(request)))
			.toList();
		while (this.chain.rpc("txpool_status").path("pending").asString().equals("0x0")) {
			Thread.onSpinWait();
		}
		this.chain.mineAtOnce();
		this.chain.mine(1);
		assertThat(settlements.stream().map(CompletableFuture::join).distinct()).hasSize(1)
			.allSatisfy((outcome) -> assertThat(outcome).isInstanceOf(Settled.class));
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
		assertPaid(1);
	}

	@Test
	void whenNoBlockComesInTimeThenIsUnknownAndSettledLater() {
		this.chain.mineNothing();
		FacilitatorRequest request = this.buyer.pay(this.offer);
		OnChainFacilitator hasty = TestChain.facilitator(this.chain.chains(), List.of(this.key), 1,
				TestChain.settings(Duration.ofMillis(200)));
		SettlementOutcome outcome = hasty.settle(request);
		assertThat(outcome).isInstanceOf(Unknown.class);
		String transaction = ((Unknown) outcome).transaction();
		assertThat(transaction).matches("0x[0-9a-f]{64}");
		assertThat(hasty.settle(request)).as("again").isEqualTo(outcome);
		OnChainFacilitator restarted = TestChain.facilitator(this.chain.chains(), List.of(this.key), 1,
				TestChain.settings(Duration.ofMillis(200)));
		assertThat(restarted.settle(request)).as("after a restart").isInstanceOf(Unknown.class);
		this.chain.mine(1);
		assertThat(settled(hasty.settle(request)).receipt().transaction()).isEqualTo(transaction);
		assertThat(settled(restarted.settle(request)).receipt().transaction()).isEqualTo(transaction);
		this.chain.mine(1);
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
		assertPaid(1);
	}

	@Test
	void whenMoreConfirmationsAreAskedForThenWaitsForThem() {
		OnChainFacilitator careful = TestChain.facilitator(this.chain.chains(), List.of(this.key), 3,
				TestChain.settings(Duration.ofMillis(300)));
		FacilitatorRequest request = this.buyer.pay(this.offer);
		assertThat(careful.settle(request)).isInstanceOf(Unknown.class);
		this.chain.mine(1);
		assertThat(careful.settle(request)).isInstanceOf(Unknown.class);
		this.chain.mine(1);
		settled(careful.settle(request));
		assertPaid(1);
	}

	@Test
	void whenSomebodyElseWasFasterThenIsSettledByTheirTransaction() {
		FacilitatorRequest request = this.buyer.pay(this.offer);
		String transaction = this.chain.send(this.chain.richSigner().address(),
				Authorizations.of(request, Networks.load(), Set.of()).transfer());
		assertThat(settled(this.facilitator.settle(request)).receipt().transaction()).isEqualTo(transaction);
		assertThat(this.chain.transactions(this.key.address())).isZero();
		assertPaid(1);
	}

	@Test
	void whenTransactionRevertsThenIsDeclinedWithIt() {
		this.chain.mineNothing();
		FacilitatorRequest request = this.buyer.pay(this.offer);
		CompletableFuture<SettlementOutcome> settlement = CompletableFuture
			.supplyAsync(() -> this.facilitator.settle(request));
		while (this.chain.rpc("txpool_status").path("pending").asString().equals("0x0")) {
			Thread.onSpinWait();
		}
		// the money is gone before the block comes
		this.chain.rpc("anvil_dealERC20", this.buyer.address(), TestChain.USDC, "0x0");
		this.chain.mine(1);
		assertThat(settlement.join()).isInstanceOfSatisfying(Declined.class, (declined) -> {
			assertThat(declined.receipt().errorReason()).isEqualTo("invalid_exact_evm_transaction_failed");
			assertThat(declined.receipt().transaction()).matches("0x[0-9a-f]{64}");
		});
		assertPaid(0);
	}

	@Test
	void whenTokenMovesNothingThenIsNotSettled() {
		PaymentRequirements lie = withAsset(TestChain.DISHONEST_TOKEN);
		FacilitatorRequest request = this.buyer.pay(lie);
		assertThat(this.facilitator.verify(request)).isInstanceOf(Valid.class);
		assertThat(this.facilitator.settle(request)).isInstanceOfSatisfying(Unknown.class,
				(unknown) -> assertThat(unknown.detail()).isEqualTo("invalid_exact_evm_transfer_event_mismatch"));
	}

	@Test
	void whenKeyCannotPayForGasThenNothingIsExecuted() {
		OnChainFacilitator broke = this.chain.facilitator(List.of(TestChain.signer()));
		assertThat(broke.settle(this.buyer.pay(this.offer))).isInstanceOf(NotExecuted.class);
		assertPaid(0);
	}

	@Test
	void whenContractWalletSignedThenSettles() {
		this.chain.mint(TestChain.WALLET, ChainBuyer.PRICE);
		// account 13 of the public development mnemonic owns this wallet
		ChainBuyer owner = new ChainBuyer(
				new PrivateKeySigner("0x47c99abed3324a2707c28affff1267e45918ec8c3f20b8aa892e8b065d2942dd"));
		EvmPayload.Eip3009 payment = ofWallet(TestChain.WALLET);
		FacilitatorRequest request = ChainBuyer.request(this.offer, owner.sign(this.offer, payment));
		assertThat(this.facilitator.verify(request)).isEqualTo(new Valid(TestChain.WALLET));
		settled(this.facilitator.settle(request));
		assertPaid(1);
		assertInvalid(ChainBuyer.request(this.offer, this.buyer.sign(this.offer, ofWallet(TestChain.WALLET))),
				"invalid_exact_evm_signature", ReasonCode.INVALID_SIGNATURE);
	}

	@Test
	void whenContractWalletOfTwoOwnersSignedThenSettles() {
		this.chain.mint(TestChain.TWO_OWNER_WALLET, ChainBuyer.PRICE);
		// accounts 13 and 12 of the public development mnemonic own this wallet
		EvmPayload.Eip3009 payment = ofWallet(TestChain.TWO_OWNER_WALLET);
		String first = signature(payment, "0x47c99abed3324a2707c28affff1267e45918ec8c3f20b8aa892e8b065d2942dd");
		String second = signature(payment, "0xa267530f49f8280200edf313ee7af6b827f2a8bce2897751d06a843f644967b1");
		FacilitatorRequest request = ChainBuyer.request(this.offer,
				ChainBuyer.withSignature(payment, first + second.substring(2)));
		assertThat(this.facilitator.verify(request)).isEqualTo(new Valid(TestChain.TWO_OWNER_WALLET));
		settled(this.facilitator.settle(request));
		assertPaid(1);
	}

	private String signature(EvmPayload.Eip3009 payment, String key) {
		return new ChainBuyer(new PrivateKeySigner(key)).sign(this.offer, payment).signature();
	}

	/** An account with delegated code (EIP-7702) is asked as a contract, as tokens do. */
	@Test
	void whenAccountHasDelegatedCodeThenItsCodeDecides() {
		this.chain.rpc("anvil_setCode", this.buyer.address(),
				"0xef0100" + TestChain.WALLET.substring(2).toLowerCase(Locale.ROOT));
		ChainBuyer owner = new ChainBuyer(
				new PrivateKeySigner("0x47c99abed3324a2707c28affff1267e45918ec8c3f20b8aa892e8b065d2942dd"));
		FacilitatorRequest request = ChainBuyer.request(this.offer,
				owner.sign(this.offer, ofWallet(this.buyer.address())));
		assertThat(this.facilitator.verify(request)).isEqualTo(new Valid(this.buyer.address()));
		settled(this.facilitator.settle(request));
		assertPaid(1);
		assertInvalid(this.buyer.pay(this.offer), "invalid_exact_evm_signature", ReasonCode.INVALID_SIGNATURE);
	}

	@Test
	void whenWalletDoesNotExistYetThenIsCreatedIfFactoryIsAllowed() {
		FacilitatorRequest request = payOfNewWallet();
		assertThat(this.facilitator.verify(request)).isEqualTo(new Valid(wallet()));
		settled(this.facilitator.settle(request));
		assertPaid(1);
	}

	@Test
	void whenWalletCannotBeCreatedThenIsDeclinedAndNothingIsSent() {
		OnChainFacilitator frugal = TestChain.facilitator(this.chain.chains(), List.of(this.key), 1,
				new OnChainSettings(Duration.ofSeconds(60), Duration.ofMillis(50), 50, Set.of(TestChain.FACTORY),
						new OnChainSettings.Gas(Duration.ofMinutes(5), BigInteger.TEN.pow(12), 30_000, Batches.NONE)));
		FacilitatorRequest request = payOfNewWallet();
		assertThat(frugal.verify(request)).isInstanceOf(Valid.class);
		assertThat(frugal.settle(request)).isInstanceOfSatisfying(Declined.class,
				(declined) -> assertThat(declined.receipt().errorReason()).isEqualTo("smart_wallet_deployment_failed"));
		assertThat(this.chain.transactions(this.key.address())).isZero();
		assertPaid(0);
	}

	private FacilitatorRequest payOfNewWallet() {
		ContractCall creation = new ContractCall(TestChain.FACTORY,
				Abi.encode(Abi.selector("create(address)"), Abi.address(this.buyer.address())));
		this.chain.mint(wallet(), ChainBuyer.PRICE);
		EvmPayload.Eip3009 signed = this.buyer.sign(this.offer, ofWallet(wallet()));
		return ChainBuyer.request(this.offer, ChainBuyer.withSignature(signed, wrapped(creation, signed.signature())));
	}

	@Test
	void whenFactoryIsNotAllowedThenIsInvalid() {
		ContractCall creation = new ContractCall(TestChain.BATCH,
				Abi.encode(Abi.selector("create(address)"), Abi.address(this.buyer.address())));
		EvmPayload.Eip3009 signed = this.buyer.sign(this.offer, ofWallet(wallet()));
		assertInvalid(
				ChainBuyer.request(this.offer, ChainBuyer.withSignature(signed, wrapped(creation, signed.signature()))),
				"eip6492_factory_not_allowed", ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenNoNodeOfNetworkAnswersThenIsUnavailable() {
		PaymentRequirements elsewhere = new PaymentRequirements("exact", "eip155:8453", ChainBuyer.PRICE,
				TestChain.USDC, this.payTo, 300, this.offer.extra());
		FacilitatorRequest request = this.buyer.pay(elsewhere);
		assertThat(this.facilitator.verify(request)).isInstanceOf(Unavailable.class);
		assertThat(this.facilitator.settle(request)).isInstanceOf(Unknown.class);
	}

	@Test
	void supportsBothVersionsAndTellsItsAddresses() {
		assertThat(this.facilitator.supported().supports(ProtocolVersion.V2, "exact", TestChain.NETWORK)).isTrue();
		assertThat(this.facilitator.supported().supports(ProtocolVersion.V2, "upto", TestChain.NETWORK)).isTrue();
		assertThat(this.facilitator.supported().supports(ProtocolVersion.V1, "exact", "base-sepolia")).isTrue();
		assertThat(this.facilitator.supported().signers()).containsEntry("eip155:*", List.of(this.key.address()));
	}

	private void assertInvalid(FacilitatorRequest request, String reason, ReasonCode code) {
		assertThat(this.facilitator.verify(request)).isEqualTo(new Invalid(code, reason));
	}

	private void assertPaid(int times) {
		assertThat(this.chain.balance(this.payTo)).isEqualTo(ChainBuyer.PRICE.multiply(BigInteger.valueOf(times)));
	}

	private static Settled settled(SettlementOutcome outcome) {
		assertThat(outcome).isInstanceOf(Settled.class);
		return (Settled) outcome;
	}

	private FacilitatorRequest times(long validAfter, long validBefore) {
		EvmPayload.Eip3009 payment = new EvmPayload.Eip3009("0x", this.buyer.address(), this.payTo, ChainBuyer.PRICE,
				BigInteger.valueOf(validAfter), BigInteger.valueOf(validBefore), ChainBuyer.nonce());
		return ChainBuyer.request(this.offer, this.buyer.sign(this.offer, payment));
	}

	private EvmPayload.Eip3009 ofWallet(String wallet) {
		return new EvmPayload.Eip3009("0x", wallet, this.payTo, ChainBuyer.PRICE, BigInteger.ZERO, ChainBuyer.soon(),
				ChainBuyer.nonce());
	}

	private String wallet() {
		String result = this.chain
			.rpc("eth_call",
					Map.of("to", TestChain.FACTORY, "data",
							Abi.encode(Abi.selector("addressOf(address)"), Abi.address(this.buyer.address()))),
					"latest")
			.asString();
		return EvmAddress.toChecksum("0x" + result.substring(26));
	}

	private static String wrapped(ContractCall creation, String signature) {
		return Abi.encode("0x", Abi.address(creation.to()), Abi.bytes(creation.data()), Abi.bytes(signature))
				+ "6492".repeat(16);
	}

	private PaymentRequirements withExtra(Map<String, Object> extra) {
		return new PaymentRequirements("exact", TestChain.NETWORK, ChainBuyer.PRICE, TestChain.USDC, this.payTo, 300,
				extra);
	}

	private PaymentRequirements withAsset(String asset) {
		return new PaymentRequirements("exact", TestChain.NETWORK, ChainBuyer.PRICE, asset, this.payTo, 300,
				this.offer.extra());
	}

	private static long now() {
		return System.currentTimeMillis() / 1000;
	}

}
