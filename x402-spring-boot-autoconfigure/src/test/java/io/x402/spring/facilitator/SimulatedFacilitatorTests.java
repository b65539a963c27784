/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.fixture.TrustedPayers;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SimulatedFacilitator}.
 */
class SimulatedFacilitatorTests {

	private static final BigInteger START = BigInteger.valueOf(120_000);

	private static final List<Kind> KINDS = List.of(new Kind(2, "exact", FacilitatorRequests.NETWORK, null),
			new Kind(1, "exact", "base-sepolia", null));

	private final SimulatedFacilitator facilitator = new SimulatedFacilitator(KINDS, List.of(new TrustedPayers()),
			START);

	@Test
	void whenPaymentIsGoodThenVerifyNamesThePayerAndMovesNothing() {
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isEqualTo(new Valid(FacilitatorRequests.PAYER));
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isEqualTo(new Valid(FacilitatorRequests.PAYER));
		assertThat(balance(FacilitatorRequests.PAYER)).isEqualTo(START);
	}

	@Test
	void whenPaymentIsSettledThenMoneyMovesFromPayerToReceiver() {
		SettlementResponse receipt = settled(this.facilitator.settle(FacilitatorRequests.v2()));
		assertThat(receipt.success()).isTrue();
		assertThat(receipt.transaction()).matches("0x[0-9a-f]{64}");
		assertThat(receipt.network()).isEqualTo(FacilitatorRequests.NETWORK);
		assertThat(receipt.payer()).isEqualTo(FacilitatorRequests.PAYER);
		assertThat(balance(FacilitatorRequests.PAYER)).isEqualTo(BigInteger.valueOf(70_000));
		assertThat(balance(FacilitatorRequests.PAY_TO)).isEqualTo(BigInteger.valueOf(170_000));
	}

	@Test
	void whenBuyerSpeaksV1ThenReceiptNamesTheNetworkAsV1Does() {
		assertThat(settled(this.facilitator.settle(FacilitatorRequests.v1())).network()).isEqualTo("base-sepolia");
	}

	@Test
	void whenIdenticalPaymentIsSettledAgainThenReceiptIsTheSameAndNothingMoves() {
		SettlementResponse first = settled(this.facilitator.settle(FacilitatorRequests.v2()));
		assertThat(settled(this.facilitator.settle(FacilitatorRequests.v2()))).isEqualTo(first);
		assertThat(balance(FacilitatorRequests.PAYER)).isEqualTo(BigInteger.valueOf(70_000));
	}

	@Test
	void whenPaymentWasSettledThenVerifyRefusesIt() {
		this.facilitator.settle(FacilitatorRequests.v2());
		assertThat(this.facilitator.verify(FacilitatorRequests.v2()))
			.isEqualTo(new Invalid(ReasonCode.NONCE_ALREADY_USED));
	}

	@Test
	void whenAnotherPaymentUsesTheNonceThenIsDeclined() {
		this.facilitator.settle(FacilitatorRequests.v2());
		Map<String, Object> authorization = FacilitatorRequests.authorization();
		authorization.put("validBefore", "1900000001");
		SettlementOutcome outcome = this.facilitator.settle(request(authorization));
		assertThat(outcome).isEqualTo(new Declined(ReasonCode.NONCE_ALREADY_USED, SettlementResponse
			.failure("invalid_exact_evm_nonce_already_used", FacilitatorRequests.NETWORK, FacilitatorRequests.PAYER)));
		assertThat(balance(FacilitatorRequests.PAYER)).isEqualTo(BigInteger.valueOf(70_000));
	}

	@Test
	void whenMoneyIsSpentThenIsRefused() {
		settled(this.facilitator.settle(request(nonce(1))));
		settled(this.facilitator.settle(request(nonce(2))));
		assertThat(this.facilitator.verify(request(nonce(3)))).isEqualTo(new Invalid(ReasonCode.INSUFFICIENT_FUNDS));
		assertThat(this.facilitator.settle(request(nonce(3)))).isInstanceOfSatisfying(Declined.class,
				(declined) -> assertThat(declined.code()).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS));
		assertThat(balance(FacilitatorRequests.PAYER)).isEqualTo(BigInteger.valueOf(20_000));
	}

	@Test
	void whenManySettleTheSamePaymentAtOnceThenMoneyMovesOnce() throws Exception {
		List<Callable<SettlementOutcome>> calls = new ArrayList<>();
		for (int i = 0; i < 32; i++) {
			calls.add(() -> this.facilitator.settle(FacilitatorRequests.v2()));
		}
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			SettlementResponse first = null;
			for (Future<SettlementOutcome> outcome : threads.invokeAll(calls)) {
				SettlementResponse receipt = settled(outcome.get());
				first = (first != null) ? first : receipt;
				assertThat(receipt).isEqualTo(first);
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(balance(FacilitatorRequests.PAYER)).isEqualTo(BigInteger.valueOf(70_000));
	}

	@Test
	void whenCheckObjectsThenItsReasonIsGivenAndNothingMoves() {
		SimulatedFacilitator strict = new SimulatedFacilitator(KINDS,
				List.of((request) -> null, (request) -> ReasonCode.INVALID_SIGNATURE), START);
		assertThat(strict.verify(FacilitatorRequests.v2())).isEqualTo(new Invalid(ReasonCode.INVALID_SIGNATURE));
		assertThat(strict.settle(FacilitatorRequests.v2())).isInstanceOfSatisfying(Declined.class,
				(declined) -> assertThat(declined.code()).isEqualTo(ReasonCode.INVALID_SIGNATURE));
		assertThat(strict.balance(FacilitatorRequests.NETWORK, FacilitatorRequests.ASSET, FacilitatorRequests.PAYER))
			.isEqualTo(START);
	}

	@Test
	void whenForgedPaymentRepeatsANonceThenChecksAreNotSkipped() {
		SimulatedFacilitator strict = new SimulatedFacilitator(KINDS,
				List.of(new TrustedPayers((request) -> "0x00".equals(request.payload().payload().get("signature"))
						? ReasonCode.INVALID_SIGNATURE : null)),
				START);
		settled(strict.settle(FacilitatorRequests.v2()));
		Map<String, Object> forged = FacilitatorRequests.payload("authorization", FacilitatorRequests.authorization());
		forged.put("signature", "0x00");
		assertThat(strict.settle(new FacilitatorRequest(FacilitatorRequests.v2(forged),
				FacilitatorRequests.offer(Map.of()), FacilitatorRequests.RESOURCE)))
			.isInstanceOfSatisfying(Declined.class,
					(declined) -> assertThat(declined.code()).isEqualTo(ReasonCode.INVALID_SIGNATURE));
	}

	@Test
	void whenNetworkIsNotListedThenNothingSettles() {
		PaymentRequirements mainnet = new PaymentRequirements("exact", "eip155:8453", BigInteger.valueOf(50_000),
				FacilitatorRequests.ASSET, FacilitatorRequests.PAY_TO, 60, Map.of());
		FacilitatorRequest v2 = new FacilitatorRequest(FacilitatorRequests.v2().payload(), mainnet,
				FacilitatorRequests.RESOURCE);
		FacilitatorRequest v1 = new FacilitatorRequest(FacilitatorRequests.v1().payload(), mainnet,
				FacilitatorRequests.RESOURCE);
		assertThat(this.facilitator.verify(v2)).isInstanceOf(Invalid.class);
		assertThat(this.facilitator.settle(v2)).isInstanceOf(Declined.class);
		assertThat(this.facilitator.verify(v1)).isInstanceOf(Invalid.class);
		assertThat(this.facilitator.settle(v1)).isInstanceOf(Declined.class);
	}

	@Test
	void whenV1NetworkIsNotListedThenNothingSettles() {
		FacilitatorRequest request = new FacilitatorRequest(
				new PaymentPayload.V1(1, "exact", "base",
						FacilitatorRequests.payload("authorization", FacilitatorRequests.authorization())),
				FacilitatorRequests.offer(Map.of()), FacilitatorRequests.RESOURCE);
		assertThat(this.facilitator.settle(request)).isInstanceOf(Declined.class);
	}

	@Test
	void whenPayloadIsNotUnderstoodThenIsRefused() {
		FacilitatorRequest request = new FacilitatorRequest(FacilitatorRequests.v2(Map.of("transaction", "AQAB")),
				FacilitatorRequests.offer(Map.of()), FacilitatorRequests.RESOURCE);
		assertThat(this.facilitator.verify(request)).isEqualTo(new Invalid(ReasonCode.UNSUPPORTED_PAYLOAD));
	}

	@Test
	void whenAskedThenListsItsKinds() {
		assertThat(this.facilitator.supported().supports(ProtocolVersion.V2, "exact", FacilitatorRequests.NETWORK))
			.isTrue();
		assertThat(this.facilitator.supported().supports(ProtocolVersion.V1, "exact", "base-sepolia")).isTrue();
		assertThat(this.facilitator.supported().supports(ProtocolVersion.V2, "exact", "eip155:8453")).isFalse();
	}

	@Test
	void whenStartingBalanceIsNegativeThenIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new SimulatedFacilitator(KINDS, List.of(), BigInteger.ONE.negate()));
	}

	private BigInteger balance(String account) {
		return this.facilitator.balance(FacilitatorRequests.NETWORK, FacilitatorRequests.ASSET, account);
	}

	private static Map<String, Object> nonce(int nonce) {
		Map<String, Object> authorization = FacilitatorRequests.authorization();
		authorization.put("nonce", "0x%064x".formatted(nonce));
		return authorization;
	}

	private static FacilitatorRequest request(Map<String, Object> authorization) {
		return new FacilitatorRequest(
				FacilitatorRequests.v2(FacilitatorRequests.payload("authorization", authorization)),
				FacilitatorRequests.offer(Map.of()), FacilitatorRequests.RESOURCE);
	}

	private static SettlementResponse settled(SettlementOutcome outcome) {
		assertThat(outcome).isInstanceOf(Settled.class);
		return ((Settled) outcome).receipt();
	}

}
