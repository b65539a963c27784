/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.util.List;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentEvent;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ToolMeters}.
 */
class ToolMetersTests {

	private static final String PAYER = ObservedPayments.BUYER.address();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ToolMeters meters = new ToolMeters(this.registry, Networks.load());

	@Test
	void whenSomethingElseIsPaidThenNothingIsCounted() {
		this.meters.onPaymentEvent(new PaymentEvent.Refused(ObservedPayments.offers(ObservedPayments.offer()),
				ReasonCode.PAYMENT_REQUIRED));
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void whenToolsArePaidThenEachIsCountedAndSummedUp() {
		settle("forecast");
		settle("forecast");
		settle("record");
		this.meters.onPaymentEvent(new PaymentEvent.Refused(offers("record"), ReasonCode.PAYMENT_REQUIRED));
		this.meters.onPaymentEvent(new PaymentEvent.Declined(offers("record"),
				ObservedPayments.verified(ObservedPayments.offer(), PAYER), ReasonCode.INSUFFICIENT_FUNDS));
		this.meters.onPaymentEvent(new PaymentEvent.Unknown(offers("record"),
				ObservedPayments.verified(ObservedPayments.offer(), PAYER), null));
		assertThat(count("forecast", "settled", "none")).isEqualTo(2);
		assertThat(count("record", "settled", "none")).isOne();
		assertThat(count("record", "refused", "payment_required")).isOne();
		assertThat(count("record", "declined", "insufficient_funds")).isOne();
		assertThat(count("record", "unknown", "settlement_pending")).isOne();
		DistributionSummary amount = this.registry.get("x402.tool.settled.amount")
			.tags("tool", "forecast", "asset", "USDC")
			.summary();
		assertThat(amount.totalAmount()).isEqualTo(2.5);
	}

	@Test
	void whenToolsComeAndGoThenTagValuesDoNotGrowWithoutEnd() {
		for (int i = 0; i < ToolMeters.MAX_TOOLS + 10; i++) {
			this.meters.onPaymentEvent(new PaymentEvent.Refused(offers("tool" + i), ReasonCode.PAYMENT_REQUIRED));
		}
		assertThat(this.registry.getMeters()).hasSize(ToolMeters.MAX_TOOLS + 1);
		assertThat(count("other", "refused", "payment_required")).isEqualTo(10);
		assertThat(count("tool0", "refused", "payment_required")).isOne();
	}

	private void settle(String tool) {
		this.meters.onPaymentEvent(
				new PaymentEvent.Settled(offers(tool), ObservedPayments.verified(ObservedPayments.offer(), PAYER),
						SettlementResponse.success("0x01", ObservedPayments.SEPOLIA, PAYER)));
	}

	private double count(String tool, String outcome, String reason) {
		return this.registry.get("x402.tool.payments")
			.tags("tool", tool, "outcome", outcome, "reason", reason)
			.counter()
			.count();
	}

	private static PaymentOffers offers(String tool) {
		return new PaymentOffers(new ResourceInfo(ResourceInfo.toolUrl(tool), null, null),
				List.of(ObservedPayments.offer()));
	}

}
