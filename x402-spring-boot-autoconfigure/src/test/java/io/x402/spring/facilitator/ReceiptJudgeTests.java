/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.math.BigInteger;
import java.util.Map;

import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which receipts prove a settlement.
 */
class ReceiptJudgeTests {

	private final ReceiptJudge judge = new ReceiptJudge(Networks.load());

	@Test
	void whenEverythingFitsThenItIsSettled() {
		assertThat(judge(Payments.TRANSACTION, Payments.NETWORK, Payments.PAYER, "10000")).isInstanceOf(Settled.class);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "0x", "none", "0x1234", "<script>alert(1)</script>", "a b c d e f g h i j k l",
			"0xaaaaaaaaaaaaaaaaaaaa\r\nX: y" })
	void whenThereIsNoTransactionThenItIsUnknown(String transaction) {
		assertThat(judge(transaction, Payments.NETWORK, Payments.PAYER, null)).isInstanceOf(Unknown.class);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "eip155:8453", "base", "solana", "84532" })
	void whenTheNetworkIsAnotherThenItIsUnknown(String network) {
		assertThat(judge(Payments.TRANSACTION, network, Payments.PAYER, null)).isInstanceOf(Unknown.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "9999", "10001", "0", "010000", "10000.0", "1e4" })
	void whenTheAmountIsAnotherThenItIsUnknownAndTheTransactionIsKept(String amount) {
		SettlementOutcome outcome = judge(Payments.TRANSACTION, Payments.NETWORK, Payments.PAYER, amount);
		assertThat(outcome).isInstanceOf(Unknown.class);
		assertThat(((Unknown) outcome).transaction()).isEqualTo(Payments.TRANSACTION);
	}

	@ParameterizedTest
	@CsvSource({ "'', 0, true", "'', , true", "'', 1, false", "0x, 0, false" })
	void whenNothingIsChargedThenThereIsNoTransaction(String transaction, String amount, boolean settled) {
		SettlementOutcome outcome = judgeCharge(BigInteger.ZERO, transaction, amount);
		assertThat(outcome instanceof Settled).isEqualTo(settled);
		if (settled) {
			assertThat(((Settled) outcome).receipt().amount()).isEqualTo("0");
			assertThat(((Settled) outcome).receipt().transaction()).isEmpty();
		}
	}

	@Test
	void whenLessIsChargedThenTheReceiptTellsIt() {
		assertThat(judgeCharge(BigInteger.ONE, "", "1")).isInstanceOf(Unknown.class);
		assertThat(judgeCharge(BigInteger.ONE, Payments.TRANSACTION, "10000")).isInstanceOf(Unknown.class);
		assertThat(((Settled) judgeCharge(BigInteger.ONE, Payments.TRANSACTION, null)).receipt().amount())
			.isEqualTo("1");
	}

	private SettlementOutcome judgeCharge(BigInteger charge, String transaction, String amount) {
		PaymentRequirements upto = new PaymentRequirements("upto", Payments.NETWORK, BigInteger.valueOf(10_000),
				Payments.ASSET, Payments.SELLER, 60, Map.of());
		return this.judge.judge(new Settled(
				new SettlementResponse(true, null, null, null, transaction, Payments.NETWORK, amount, null, null)),
				Payments.request(Payments.payment(1), upto).charging(charge), Payments.PAYER);
	}

	@Test
	void whenThePayerIsAnotherThenItIsUnknown() {
		assertThat(judge(Payments.TRANSACTION, Payments.NETWORK, Payments.SELLER, null)).isInstanceOf(Unknown.class);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "null", textBlock = """
			null, null
			'',   ''
			""")
	void whenPayerAndAmountAreNotToldThenItIsSettledForThePayerWhoSigned(String payer, String amount) {
		SettlementOutcome outcome = judge(Payments.TRANSACTION, Payments.NETWORK, payer, amount);
		assertThat(outcome).isInstanceOf(Settled.class);
		assertThat(((Settled) outcome).receipt().payer()).isEqualTo(Payments.PAYER);
	}

	@Test
	void whenItDidNotSucceedThenItIsUnknown() {
		SettlementResponse failure = SettlementResponse.failure("no", Payments.NETWORK, null);
		assertThat(judge(new Settled(failure), Payments.payment(1))).isInstanceOf(Unknown.class);
	}

	@Test
	void whenTheReceiptNamesAReasonThenItIsNotPassedOn() {
		SettlementResponse odd = new SettlementResponse(true, "oops", "oops", null, Payments.TRANSACTION,
				Payments.NETWORK, null, Map.of("a", "b"), null);
		Settled settled = (Settled) judge(new Settled(odd), Payments.payment(1));
		assertThat(settled.receipt().errorReason()).isNull();
		assertThat(settled.receipt().errorMessage()).isNull();
		assertThat(settled.receipt().extensions()).isEqualTo(Map.of("a", "b"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "base-sepolia", "eip155:84532" })
	void whenTheBuyerSpeaksV1ThenTheReceiptNamesTheNetworkAsV1Does(String network) {
		SettlementResponse receipt = SettlementResponse.success(Payments.TRANSACTION, network, Payments.PAYER);
		assertThat(((Settled) judge(new Settled(receipt), Payments.paymentV1(1))).receipt().network())
			.isEqualTo("base-sepolia");
		assertThat(((Settled) judge(new Settled(receipt), Payments.payment(1))).receipt().network())
			.isEqualTo("eip155:84532");
	}

	@Test
	void whenDeclinedOrUnknownThenItStays() {
		Declined declined = new Declined(ReasonCode.INSUFFICIENT_FUNDS,
				SettlementResponse.failure("no", Payments.NETWORK, null));
		Unknown unknown = new Unknown("?", null);
		assertThat(judge(declined, Payments.payment(1))).isSameAs(declined);
		assertThat(judge(unknown, Payments.payment(1))).isSameAs(unknown);
	}

	private SettlementOutcome judge(String transaction, String network, String payer, String amount) {
		return judge(
				new Settled(new SettlementResponse(true, null, null, payer, transaction, network, amount, null, null)),
				Payments.payment(1));
	}

	private SettlementOutcome judge(SettlementOutcome outcome, PaymentPayload payment) {
		return this.judge.judge(outcome, Payments.request(payment, Payments.OFFER), Payments.PAYER);
	}

}
