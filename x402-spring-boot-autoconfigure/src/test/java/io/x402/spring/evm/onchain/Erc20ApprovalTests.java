/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.OnChainSettings.ApprovalGas;
import io.x402.spring.evm.onchain.OnChainSettings.Batches;
import io.x402.spring.evm.onchain.OnChainSettings.Gas;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpDecoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Buyers who never approved their token to Permit2 and sign the transaction that does, on
 * a local chain: what is refused, and who has how much after each step.
 */
class Erc20ApprovalTests {

	private static final BigInteger ALL = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);

	private static final BigInteger GAS = BigInteger.valueOf(70_000);

	private static final BigInteger FEE = BigInteger.valueOf(5_000_000_000L);

	/** What an approval costs at most. */
	private static final BigInteger COST = GAS.multiply(FEE);

	private static final BigInteger CHAIN = BigInteger.valueOf(84532);

	/** More than sending the gas costs. */
	private static final BigInteger SENDING = COST.shiftRight(1);

	/** The fees of the tests leave little of what is sent. */
	private static final BigInteger BASE_FEE = BigInteger.valueOf(2_000_000_000L);

	private static final String DATA_FEES = "0x420000000000000000000000000000000000000F";

	/** Where the token says in its storage that it is paused. */
	private static final String PAUSED = "0x1";

	private final TestChain chain = TestChain.get();

	private final Signer key = this.chain.richSigner();

	private final OnChainFacilitator facilitator = facilitator(COST, COST, COST);

	private final String payTo = TestChain.signer().address();

	private final PaymentRequirements offer = ChainBuyer.permit2Offer(this.payTo);

	private final ChainBuyer buyer = this.chain.buyer();

	@BeforeEach
	@AfterEach
	void mineAtOnce() {
		this.chain.mineAtOnce();
		this.chain.rpc("anvil_setNextBlockBaseFeePerGas", Hex.quantity(BASE_FEE));
		this.chain.mine(1);
	}

	@Test
	void whenPayerHasNoGasThenIsSentWhatIsMissingAndPaysOnce() {
		FacilitatorRequest request = approving(approval());
		assertThat(this.facilitator.verify(request)).isEqualTo(new Valid(this.buyer.address()));
		assertThat(money()).as("verified").isZero();
		Settled settled = (Settled) this.facilitator.settle(request);
		assertThat(this.facilitator.settle(request)).isEqualTo(settled);
		assertThat(facilitator(COST, COST, COST).settle(request)).as("after a restart").isEqualTo(settled);
		assertThat(TestChain.probe(this.chain.chains(), 1).probe(request, null)).isEqualTo(settled);
		assertPaid(1);
		assertThat(this.chain.transactions(this.key.address())).as("gas and payment").isEqualTo(2);
		assertThat(this.chain.transactions(this.buyer.address())).as("approval").isEqualTo(1);
		assertThat(money()).isBetween(BigInteger.ZERO, COST);
		assertThat(allowance()).isEqualTo(ALL);
	}

	@Test
	void whenPayerHasSomeGasThenIsSentTheRest() {
		BigInteger own = COST.subtract(BigInteger.TEN);
		give(own);
		BigInteger before = balanceOfKey();
		assertThat(facilitator(BigInteger.TEN, BigInteger.TEN, BigInteger.TEN).settle(approving(approval())))
			.isInstanceOf(Settled.class);
		assertPaid(1);
		assertThat(before.subtract(balanceOfKey())).as("rest and gas of two transactions").isLessThan(COST);
	}

	@Test
	void whenPayerHasGasThenIsSentNothing() {
		give(COST);
		assertThat(facilitator(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO).settle(approving(approval())))
			.isInstanceOf(Settled.class);
		assertPaid(1);
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
	}

	@Test
	void whenTokenIsApprovedThenTheApprovalDoesNotMatter() {
		this.chain.approve(this.buyer.address());
		FacilitatorRequest request = approving("0x02");
		assertThat(this.facilitator.verify(request)).isInstanceOf(Valid.class);
		assertThat(this.facilitator.settle(request)).isInstanceOf(Settled.class);
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
	}

	@Test
	void whenSchemeIsUptoThenLessCanBeCharged() {
		PaymentRequirements upto = ChainBuyer.uptoOffer(this.payTo, this.key.address());
		FacilitatorRequest request = with(this.buyer.payUpto(upto, this.key.address()), info(approval()));
		assertThat(this.facilitator.verify(request)).isInstanceOf(Valid.class);
		assertThat(this.facilitator.settle(request.charging(BigInteger.TEN))).isInstanceOf(Settled.class);
		assertThat(this.chain.balance(this.payTo)).isEqualTo(10);
	}

	@Test
	void whenApprovalsAreNotTakenThenTheyAreNeitherAnnouncedNorSent() {
		OnChainFacilitator other = this.chain.facilitator(List.of(this.key));
		assertThat(other.supportedKinds().get().extensions()).containsExactly("eip2612GasSponsoring");
		assertThat(this.facilitator.supportedKinds().get().extensions()).containsExactly("eip2612GasSponsoring",
				"erc20ApprovalGasSponsoring");
		give(COST);
		FacilitatorRequest request = approving(approval());
		assertThat(other.verify(request))
			.isEqualTo(new Invalid(ReasonCode.ALLOWANCE_REQUIRED, "permit2_allowance_required"));
		assertThat(other.settle(request)).isInstanceOf(Declined.class);
		assertThat(this.chain.transactions(this.buyer.address())).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "from", "signedTransaction", "amount" })
	void whenBuyerOnlyEchoesWhatWasAnnouncedThenThereIsNoApproval(String missing) {
		Map<String, Object> info = info(approval());
		info.remove(missing);
		assertRefused(with(this.buyer.payByPermit2(this.offer), info), "permit2_allowance_required");
	}

	@ParameterizedTest
	@CsvSource({ "from, 0x01, invalid_erc20_approval_extension_format",
			"asset, '', invalid_erc20_approval_extension_format", "amount, -1, invalid_erc20_approval_extension_format",
			"signedTransaction, 02, invalid_erc20_approval_extension_format",
			"version, one, invalid_erc20_approval_extension_format",
			"from, 0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002, erc20_approval_from_mismatch",
			"asset, 0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002, erc20_approval_asset_mismatch",
			"spender, 0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002, erc20_approval_spender_not_permit2",
			"signedTransaction, 0x02, erc20_approval_tx_parse_failed",
			"signedTransaction, 0x02c0, erc20_approval_tx_parse_failed",
			"signedTransaction, 0xf86c, erc20_approval_tx_parse_failed" })
	void whenApprovalIsForSomethingElseThenIsInvalid(String member, String value, String reason) {
		Map<String, Object> info = info(approval());
		info.put(member, value);
		assertRefused(with(this.buyer.payByPermit2(this.offer), info), reason);
	}

	@Test
	void whenTransactionIsAnotherThenIsInvalid() {
		String spender = Permit2Authorization.PERMIT2;
		ContractCall approve = approve(spender, ALL);
		assertRefused(sign(approve, BigInteger.valueOf(8453), 0), "erc20_approval_tx_wrong_chain");
		assertRefused(sign(approve, BigInteger.ZERO, 0), "erc20_approval_tx_wrong_chain");
		assertRefused(sign(new ContractCall(TestChain.DISHONEST_TOKEN, approve.data()), CHAIN, 0),
				"erc20_approval_tx_wrong_target");
		assertRefused(sign(new ContractCall(TestChain.USDC, "0xa9059cbb" + approve.data().substring(10)), CHAIN, 0),
				"erc20_approval_tx_wrong_selector");
		assertRefused(sign(new ContractCall(TestChain.USDC, "0x"), CHAIN, 0), "erc20_approval_tx_wrong_selector");
		assertRefused(sign(approve(this.payTo, ALL), CHAIN, 0), "erc20_approval_tx_wrong_spender");
		assertRefused(sign(approve(spender, ChainBuyer.PRICE.subtract(BigInteger.ONE)), CHAIN, 0),
				"erc20_approval_tx_invalid_calldata");
		assertRefused(sign(new ContractCall(TestChain.USDC, approve.data() + "00"), CHAIN, 0),
				"erc20_approval_tx_invalid_calldata");
		assertRefused(sign(new ContractCall(TestChain.USDC, approve.data().substring(0, 100)), CHAIN, 0),
				"erc20_approval_tx_invalid_calldata");
		assertRefused(sign(new ContractCall(TestChain.USDC, approve.data(), BigInteger.ONE), CHAIN, 0),
				"erc20_approval_tx_wrong_value");
		assertRefused(signed(TestChain.signer(), approve, CHAIN, 0, GAS, FEE), "erc20_approval_tx_signer_mismatch");
	}

	@Test
	void whenTransactionIsOfAnotherTypeOrEncodingThenIsInvalid() {
		String right = approval();
		String refused = "erc20_approval_tx_parse_failed";
		assertRefused("0x01" + right.substring(4), refused);
		assertRefused("0x03" + right.substring(4), refused);
		assertRefused("0x" + right.substring(4), refused);
		assertRefused(right + "00", refused);
		assertRefused(right.substring(0, right.length() - 2), refused);
		assertRefused("0x02" + "c1".repeat(900), refused);
		RlpList entry = new RlpList(RlpString.create(Hex.bytes(TestChain.USDC)), new RlpList());
		assertRefused(changed(right, 8, new RlpList(entry)), refused);
		assertRefused(changed(right, 5, RlpString.create(new byte[0])), refused);
		assertRefused(changed(right, 1, RlpString.create(new byte[] { 0 })), refused);
		assertRefused(changed(right, 9, RlpString.create(27)), refused);
		assertRefused(changed(right, 2, RlpString.create(FEE.add(BigInteger.ONE))), refused);
	}

	/**
	 * The other signature that the same key has for the same transaction, which networks
	 * refuse.
	 */
	@Test
	void whenSignatureIsOfTheUpperHalfThenIsInvalid() {
		String right = approval();
		BigInteger order = new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
		List<RlpType> fields = fields(right);
		BigInteger parity = ((RlpString) fields.get(9)).asPositiveBigInteger();
		BigInteger s = ((RlpString) fields.get(11)).asPositiveBigInteger();
		fields.set(9, RlpString.create(BigInteger.ONE.subtract(parity)));
		fields.set(11, RlpString.create(order.subtract(s)));
		assertRefused(Hex.of(SignedTransaction.encode(fields)), "erc20_approval_tx_signer_mismatch");
	}

	@Test
	void whenNonceIsNotNextThenIsInvalid() {
		assertRefused(sign(approve(Permit2Authorization.PERMIT2, ALL), CHAIN, 1), "erc20_approval_tx_wrong_nonce");
		give(COST);
		useNonce();
		assertThat(this.facilitator.verify(approving(approval()))).isEqualTo(invalid("erc20_approval_tx_wrong_nonce"));
	}

	@Test
	void whenGasOrFeeIsTooLowThenIsInvalid() {
		ContractCall approve = approve(Permit2Authorization.PERMIT2, ALL);
		assertRefused(signed(this.buyer.signer(), approve, CHAIN, 0, BigInteger.valueOf(21_000), FEE),
				"erc20_approval_tx_gas_too_low");
		assertRefused(signed(this.buyer.signer(), approve, CHAIN, 0, GAS, BigInteger.ONE),
				"erc20_approval_tx_gas_too_low");
	}

	@Test
	void whenFeeOrGasExceedsWhatIsPaidForThenIsInvalid() {
		ContractCall approve = approve(Permit2Authorization.PERMIT2, ALL);
		assertRefused(signed(this.buyer.signer(), approve, CHAIN, 0, GAS, FEE.add(BigInteger.ONE)),
				"erc20_approval_insufficient_eth_for_gas");
		assertRefused(signed(this.buyer.signer(), approve, CHAIN, 0, GAS.add(BigInteger.ONE), FEE),
				"erc20_approval_insufficient_eth_for_gas");
	}

	/**
	 * Somebody could make accounts in order to be sent the rest.
	 */
	@Test
	void whenApprovalLeavesMostOfItsGasThenItIsNotPaidFor() {
		BigInteger plenty = COST.multiply(BigInteger.valueOf(100));
		OnChainFacilitator generous = facilitator(plenty, plenty, plenty);
		ContractCall approve = approve(Permit2Authorization.PERMIT2, ALL);
		for (String transaction : List.of(
				signed(this.buyer.signer(), approve, CHAIN, 0, GAS.multiply(BigInteger.valueOf(50)), FEE),
				signed(this.buyer.signer(), approve, CHAIN, 0, GAS, FEE.multiply(BigInteger.valueOf(50))))) {
			FacilitatorRequest request = approving(transaction);
			assertThat(generous.verify(request)).isEqualTo(invalid("erc20_approval_insufficient_eth_for_gas"));
			assertDeclined(generous.settle(request), "erc20_approval_insufficient_eth_for_gas");
		}
		assertThat(money()).isZero();
		give(COST.multiply(BigInteger.valueOf(50)));
		assertThat(generous.settle(
				approving(signed(this.buyer.signer(), approve, CHAIN, 0, GAS, FEE.multiply(BigInteger.valueOf(50))))))
			.as("with gas of its own")
			.isInstanceOf(Settled.class);
	}

	@Test
	void whenSendingTheGasExceedsTheBudgetThenItIsNotSent() {
		OnChainFacilitator other = facilitator(this.key, new ApprovalGas(COST, COST, COST), Duration.ofSeconds(30));
		assertDeclined(other.settle(approving(approval())), "erc20_approval_insufficient_eth_for_gas");
		assertThat(money()).isZero();
		assertThat(this.chain.transactions(this.key.address())).isZero();
	}

	/**
	 * Approvals that get into no block keep no other payment waiting.
	 */
	@Test
	void whenManyPaymentsWaitForApprovalsThenFurtherOnesAreNotExecuted() throws Exception {
		give(COST);
		String approval = approval();
		List<FacilitatorRequest> requests = Stream.generate(() -> approving(approval)).limit(21).toList();
		this.chain.mineNothing();
		ExecutorService threads = Executors.newCachedThreadPool();
		try {
			CompletionService<SettlementOutcome> settlements = new ExecutorCompletionService<>(threads);
			requests.forEach((request) -> settlements.submit(() -> this.facilitator.settle(request)));
			assertThat(settlements.take().get()).isEqualTo(new NotExecuted("too many payments wait for an approval"));
			this.chain.mineAtOnce();
			this.chain.mine(1);
			for (int i = 1; i < requests.size(); i++) {
				assertThat(settlements.take().get()).isInstanceOf(Settled.class);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenPaymentCannotSucceedWithTheApprovalThenIsInvalid() {
		ChainBuyer poor = new ChainBuyer(TestChain.signer());
		String transaction = signed(poor.signer(), approve(Permit2Authorization.PERMIT2, ALL), CHAIN, 0, GAS, FEE);
		Map<String, Object> info = info(transaction);
		info.put("from", poor.address());
		assertThat(this.facilitator.verify(with(poor.payByPermit2(this.offer), info)))
			.isEqualTo(new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "permit2_insufficient_balance"));
		FacilitatorRequest forged = with(
				ChainBuyer.request(this.offer,
						new ChainBuyer(TestChain.signer()).sign(this.offer,
								this.buyer.unsignedPermit(this.offer, EvmPayload.Permit2.EXACT_PROXY))),
				info(approval()));
		assertRefused(forged, "invalid_permit2_signature");
	}

	/**
	 * Anybody can make a token, and collect gas with it.
	 */
	@Test
	void whenTokenIsNotKnownThenTheApprovalIsNotSent() {
		PaymentRequirements other = new PaymentRequirements("exact", TestChain.NETWORK, ChainBuyer.PRICE,
				TestChain.FEE_TOKEN, this.payTo, 300, this.offer.extra());
		ContractCall approve = new ContractCall(TestChain.FEE_TOKEN, approve(Permit2Authorization.PERMIT2, ALL).data());
		Map<String, Object> info = info(sign(approve, CHAIN, 0));
		info.put("asset", TestChain.FEE_TOKEN);
		assertThat(this.facilitator.verify(with(this.buyer.payByPermit2(other), info))).isInstanceOf(Invalid.class);
		assertThat(this.facilitator.settle(with(this.buyer.payByPermit2(other), info))).isInstanceOf(Declined.class);
		assertThat(this.chain.transactions(this.key.address())).isZero();
		assertThat(money()).isZero();
	}

	/**
	 * Each step is repeated while no block has it, by the same process.
	 */
	@Test
	void whenNoBlockHasAStepThenIsNotExecutedAndRepeatedWithoutPayingTwice() {
		OnChainFacilitator hasty = hasty();
		FacilitatorRequest request = approving(approval());
		BigInteger before = balanceOfKey();
		this.chain.mineNothing();
		assertThat(hasty.settle(request)).as("gas waits").isInstanceOf(NotExecuted.class);
		assertThat(hasty.settle(request)).as("gas waits still").isInstanceOf(NotExecuted.class);
		assertThat(pending(this.key.address())).isEqualTo(1);
		this.chain.mine(1);
		assertThat(money()).isEqualTo(COST);
		assertThat(hasty.settle(request)).as("approval waits").isInstanceOf(NotExecuted.class);
		assertThat(hasty.settle(request)).as("approval waits still").isInstanceOf(NotExecuted.class);
		assertThat(pending(this.key.address())).as("gas was sent once").isEqualTo(1);
		this.chain.mine(1);
		assertThat(allowance()).isEqualTo(ALL);
		assertThat(hasty.settle(request)).as("payment waits").isInstanceOf(Unknown.class);
		assertPaid(0);
		this.chain.mine(1);
		assertThat(hasty.settle(request)).isInstanceOf(Settled.class);
		assertPaid(1);
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(2);
		assertThat(before.subtract(balanceOfKey())).isGreaterThan(COST).isLessThan(COST.shiftLeft(1));
	}

	/**
	 * A new process knows nothing of what the one before has sent.
	 */
	@Test
	void whenRestartedBetweenStepsThenNoGasIsPaidTwice() {
		FacilitatorRequest request = approving(approval());
		this.chain.mineNothing();
		assertThat(hasty().settle(request)).as("gas waits").isInstanceOf(NotExecuted.class);
		assertThat(hasty().settle(request)).as("gas of an earlier run waits").isInstanceOf(NotExecuted.class);
		assertThat(pending(this.key.address())).isEqualTo(1);
		this.chain.mine(1);
		assertThat(money()).isEqualTo(COST);
		assertThat(hasty().settle(request)).as("approval waits").isInstanceOf(NotExecuted.class);
		assertThat(hasty().settle(request)).as("approval of an earlier run waits").isInstanceOf(NotExecuted.class);
		this.chain.mine(1);
		assertThat(hasty().settle(request)).as("payment waits").isInstanceOf(Unknown.class);
		this.chain.mine(1);
		assertThat(hasty().settle(request)).isInstanceOf(Settled.class);
		assertPaid(1);
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(2);
	}

	@Test
	void whenAnotherInstanceTakesOverThenNoGasIsPaidTwice() {
		FacilitatorRequest request = approving(approval());
		Signer other = this.chain.richSigner();
		this.chain.mineNothing();
		assertThat(hasty().settle(request)).isInstanceOf(NotExecuted.class);
		OnChainFacilitator instance = hasty(COST, other);
		assertThat(instance.settle(request)).isInstanceOf(NotExecuted.class);
		assertThat(pending(other.address())).isZero();
		this.chain.mine(1);
		assertThat(money()).isEqualTo(COST);
		this.chain.mineAtOnce();
		assertThat(instance.settle(request)).isInstanceOf(Settled.class);
		assertPaid(1);
		assertThat(this.chain.transactions(other.address())).as("payment").isEqualTo(1);
	}

	/**
	 * The payer costs the budget once.
	 */
	@Test
	void whenPayerKeepsTheGasThenIsDeclinedAndNotPaidForAgain() {
		BigInteger plenty = COST.multiply(BigInteger.TEN);
		ApprovalGas limits = new ApprovalGas(COST, plenty, plenty);
		OnChainFacilitator hasty = facilitator(this.key, limits, Duration.ofMillis(300));
		this.chain.mineNothing();
		assertThat(hasty.settle(approving(approval()))).isInstanceOf(NotExecuted.class);
		this.chain.mineAtOnce();
		this.chain.mine(1);
		assertThat(money()).isEqualTo(COST);
		useNonce();
		assertDeclined(hasty.settle(approving(approval())), "erc20_approval_tx_wrong_nonce");
		BigInteger kept = money();
		assertThat(kept).isPositive().isLessThan(COST);
		FacilitatorRequest again = approving(sign(approve(Permit2Authorization.PERMIT2, ALL), CHAIN, 1));
		assertThat(hasty.verify(again)).isEqualTo(invalid("erc20_approval_insufficient_eth_for_gas"));
		assertDeclined(hasty.settle(again), "erc20_approval_insufficient_eth_for_gas");
		assertThat(money()).isEqualTo(kept);
		assertPaid(0);
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
	}

	@Test
	void whenApprovalFailsInABlockThenIsDeclined() {
		give(COST);
		String approval = approval();
		this.chain.mineNothing();
		assertThat(hasty().settle(approving(approval))).isInstanceOf(NotExecuted.class);
		this.chain.rpc("anvil_setStorageAt", TestChain.USDC, PAUSED, "0x" + "0".repeat(63) + "1");
		try {
			this.chain.mine(1);
			assertDeclined(hasty().settle(approving(approval)), "erc20_approval_tx_failed");
		}
		finally {
			this.chain.rpc("anvil_setStorageAt", TestChain.USDC, PAUSED, "0x" + "0".repeat(64));
		}
		assertPaid(0);
		assertThat(this.chain.transactions(this.key.address())).isZero();
	}

	@Test
	void whenBudgetOfAnHourIsSpentThenOthersWait() {
		OnChainFacilitator other = facilitator(COST, COST, COST.add(BigInteger.TEN));
		assertThat(other.settle(approving(approval()))).isInstanceOf(Settled.class);
		ChainBuyer second = this.chain.buyer();
		String transaction = signed(second.signer(), approve(Permit2Authorization.PERMIT2, ALL), CHAIN, 0, GAS, FEE);
		Map<String, Object> info = info(transaction);
		info.put("from", second.address());
		FacilitatorRequest request = with(second.payByPermit2(this.offer), info);
		assertThat(other.verify(request)).isEqualTo(invalid("erc20_approval_insufficient_eth_for_gas"));
		assertDeclined(other.settle(request), "erc20_approval_insufficient_eth_for_gas");
		assertPaid(1);
		assertThat(other.settle(with(second.payByPermit2(this.offer), info))).as("with gas of its own")
			.isInstanceOf(Declined.class);
		this.chain.rpc("anvil_setBalance", second.address(), Hex.quantity(COST));
		assertThat(other.settle(with(second.payByPermit2(this.offer), info))).isInstanceOf(Settled.class);
		assertPaid(2);
	}

	@Test
	void whenTwoPaymentsHaveTheSameApprovalThenGasIsSentOnce() throws Exception {
		String approval = approval();
		List<Callable<SettlementOutcome>> settlements = Stream.of(approving(approval), approving(approval))
			.map((request) -> (Callable<SettlementOutcome>) () -> this.facilitator.settle(request))
			.toList();
		// Not the threads that all share, which HTTP clients need as well
		ExecutorService threads = Executors.newCachedThreadPool();
		try {
			for (Future<SettlementOutcome> settlement : threads.invokeAll(settlements)) {
				assertThat(settlement.get()).isInstanceOf(Settled.class);
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertPaid(2);
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(3);
	}

	/**
	 * Networks that publish their data on another one ask for more than gas.
	 */
	@Test
	void whenNetworkChargesForDataThenThatIsSentToo() {
		// returns 1000
		this.chain.rpc("anvil_setCode", DATA_FEES, "0x6103e860005260206000f3");
		try {
			FacilitatorRequest request = approving(approval());
			assertThat(this.facilitator.verify(request)).isEqualTo(invalid("erc20_approval_insufficient_eth_for_gas"));
			BigInteger cost = COST.add(BigInteger.valueOf(2000));
			this.chain.mineNothing();
			assertThat(hasty(cost, this.key).settle(request)).isInstanceOf(NotExecuted.class);
			this.chain.mine(1);
			assertThat(money()).isEqualTo(cost);
		}
		finally {
			this.chain.rpc("anvil_setCode", DATA_FEES, "0x");
		}
	}

	private OnChainFacilitator hasty() {
		return hasty(COST, this.key);
	}

	private OnChainFacilitator hasty(BigInteger limit, Signer signer) {
		return facilitator(signer, new ApprovalGas(limit, limit, limit.add(SENDING)), Duration.ofMillis(300));
	}

	private OnChainFacilitator facilitator(BigInteger payment, BigInteger payer, BigInteger hour) {
		return facilitator(this.key, new ApprovalGas(payment, payer, hour.add(SENDING)), Duration.ofSeconds(30));
	}

	private OnChainFacilitator facilitator(Signer signer, ApprovalGas limits, Duration timeout) {
		return TestChain.facilitator(this.chain.chains(), List.of(signer), 1,
				new OnChainSettings(timeout, Duration.ofMillis(50), 50, Set.of(),
						new Gas(Duration.ofMinutes(5), BigInteger.TEN.pow(12), 3_000_000, Batches.NONE, limits)));
	}

	private void assertRefused(String transaction, String reason) {
		assertRefused(approving(transaction), reason);
	}

	private void assertRefused(FacilitatorRequest request, String reason) {
		assertThat(this.facilitator.verify(request)).isInstanceOfSatisfying(Invalid.class,
				(invalid) -> assertThat(invalid.reason()).isEqualTo(reason));
		assertDeclined(this.facilitator.settle(request), reason);
		assertPaid(0);
		assertThat(this.chain.transactions(this.key.address())).isZero();
		assertThat(this.chain.transactions(this.buyer.address())).isZero();
		assertThat(money()).isZero();
	}

	private static void assertDeclined(SettlementOutcome outcome, String reason) {
		assertThat(outcome).isInstanceOfSatisfying(Declined.class,
				(declined) -> assertThat(declined.receipt().errorReason()).isEqualTo(reason));
	}

	private static Invalid invalid(String reason) {
		return new Invalid(ReasonCode.PAYMENT_REJECTED, reason);
	}

	private void assertPaid(int times) {
		assertThat(this.chain.balance(this.payTo)).isEqualTo(ChainBuyer.PRICE.multiply(BigInteger.valueOf(times)));
	}

	private void give(BigInteger amount) {
		this.chain.rpc("anvil_setBalance", this.buyer.address(), Hex.quantity(amount));
	}

	/** The payer sends another transaction instead. */
	private void useNonce() {
		this.chain.rpc("eth_sendRawTransaction", signed(this.buyer.signer(),
				ContractCall.transfer(this.payTo, BigInteger.ONE), CHAIN, 0, BigInteger.valueOf(30_000), FEE));
	}

	private BigInteger money() {
		return Hex.number(this.chain.rpc("eth_getBalance", this.buyer.address(), "latest").asString());
	}

	private BigInteger balanceOfKey() {
		return Hex.number(this.chain.rpc("eth_getBalance", this.key.address(), "latest").asString());
	}

	private long pending(String account) {
		return Hex.number(this.chain.rpc("eth_getTransactionCount", account, "pending").asString()).longValueExact();
	}

	private BigInteger allowance() {
		return Hex.number(this.chain
			.rpc("eth_call",
					Map.of("to", TestChain.USDC, "data", Abi.encode(Abi.selector("allowance(address,address)"),
							Abi.address(this.buyer.address()), Abi.address(Permit2Authorization.PERMIT2))),
					"latest")
			.asString());
	}

	private FacilitatorRequest approving(String transaction) {
		return with(this.buyer.payByPermit2(this.offer), info(transaction));
	}

	private static FacilitatorRequest with(FacilitatorRequest request, Map<String, Object> info) {
		PaymentPayload.V2 payload = (PaymentPayload.V2) request.payload();
		return new FacilitatorRequest(
				new PaymentPayload.V2(2, null, payload.accepted(), payload.payload(),
						Map.of("erc20ApprovalGasSponsoring", Map.of("info", info))),
				request.requirements(), request.resource());
	}

	private Map<String, Object> info(String transaction) {
		Map<String, Object> info = new LinkedHashMap<>();
		info.put("from", this.buyer.address());
		info.put("asset", TestChain.USDC);
		info.put("spender", Permit2Authorization.PERMIT2);
		info.put("amount", ALL.toString());
		info.put("signedTransaction", transaction);
		info.put("version", "1");
		return info;
	}

	private String approval() {
		return sign(approve(Permit2Authorization.PERMIT2, ALL), CHAIN, 0);
	}

	private String sign(ContractCall call, BigInteger chainId, long nonce) {
		return signed(this.buyer.signer(), call, chainId, nonce, GAS, FEE);
	}

	private static String signed(Signer signer, ContractCall call, BigInteger chainId, long nonce, BigInteger gas,
			BigInteger fee) {
		return SignedTransaction.sign(signer, chainId, nonce, new GasFees(BigInteger.ONE, fee), gas, call).raw();
	}

	private static ContractCall approve(String spender, BigInteger amount) {
		return new ContractCall(TestChain.USDC, Abi.encode("0x095ea7b3", Abi.address(spender), Abi.uint(amount)));
	}

	/**
	 * Replace one field of a transaction and sign it again.
	 */
	private String changed(String raw, int index, RlpType field) {
		List<RlpType> fields = fields(raw);
		fields.set(index, field);
		byte[] signature = this.buyer.signer().sign(Hash.sha3(SignedTransaction.encode(fields.subList(0, 9))));
		if (index < 9) {
			fields.set(9, RlpString.create(BigInteger.valueOf(signature[64] - 27L)));
		}
		fields.set(10, RlpString.create(new BigInteger(1, Arrays.copyOfRange(signature, 0, 32))));
		fields.set(11, RlpString.create(new BigInteger(1, Arrays.copyOfRange(signature, 32, 64))));
		return Hex.of(SignedTransaction.encode(fields));
	}

	private static List<RlpType> fields(String raw) {
		RlpList list = (RlpList) RlpDecoder.decode(Hex.bytes("0x" + raw.substring(4))).getValues().get(0);
		return new ArrayList<>(list.getValues());
	}

}
