/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.x402.spring.money.Asset;
import io.x402.spring.money.Networks;
import io.x402.spring.money.TransferMethod;
import io.x402.spring.payment.PaymentEvent;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PaymentMetersTests {

	private static final String PAYER = ObservedPayments.BUYER.address();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final PaymentMeters meters = new PaymentMeters(this.registry, Networks.load());

	@Test
	void whenNothingHappenedThenThereAreNoMeters() {
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void whenPaymentIsRequiredThenCountsWithReason() {
		PaymentEvent event = new PaymentEvent.Refused(ObservedPayments.offers(ObservedPayments.offer()),
				ReasonCode.PAYMENT_REQUIRED);
		this.meters.onPaymentEvent(event);
		this.meters.onPaymentEvent(event);
		assertThat(count("refused", "payment_required")).isEqualTo(2);
	}

	@Test
	void whenPaymentIsVerifiedThenCounts() {
		this.meters.onPaymentEvent(new PaymentEvent.Verified(ObservedPayments.offers(ObservedPayments.offer()),
				ObservedPayments.verified(ObservedPayments.offer(), PAYER)));
		assertThat(count("verified", "none")).isEqualTo(1);
	}

	@Test
	void whenPaymentIsSettledThenCountsAndSumsUpTokens() {
		settle(ObservedPayments.offer());
		settle(ObservedPayments.offer());
		assertThat(count("settled", "none")).isEqualTo(2);
		DistributionSummary amount = this.registry.get("x402.settled.amount")
			.tags("network", "eip155:84532", "asset", "USDC", "scheme", "exact")
			.summary();
		assertThat(amount.count()).isEqualTo(2);
		assertThat(amount.totalAmount()).isEqualTo(2.5);
		assertThat(amount.getId().getBaseUnit()).isEqualTo("tokens");
	}

	@Test
	void whenSettlementIsDeclinedThenCountsWithReason() {
		this.meters.onPaymentEvent(new PaymentEvent.Declined(ObservedPayments.offers(ObservedPayments.offer()),
				ObservedPayments.verified(ObservedPayments.offer(), PAYER), ReasonCode.INSUFFICIENT_FUNDS));
		assertThat(count("declined", "insufficient_funds")).isEqualTo(1);
		assertThat(this.registry.find("x402.settled.amount").meters()).isEmpty();
	}

	@Test
	void whenOutcomeIsUnknownThenCountsAsPending() {
		this.meters.onPaymentEvent(new PaymentEvent.Unknown(ObservedPayments.offers(ObservedPayments.offer()),
				ObservedPayments.verified(ObservedPayments.offer(), PAYER), null));
		assertThat(count("unknown", "settlement_pending")).isEqualTo(1);
		assertThat(this.registry.find("x402.settled.amount").meters()).isEmpty();
	}

	@Test
	void whenOfferNamesTokenInOtherLettersThenSymbolIsTheSame() {
		settle(ObservedPayments.offer(ObservedPayments.SEPOLIA, ObservedPayments.USDC.toLowerCase(), "exact"));
		assertThat(count("settled", "none")).isEqualTo(1);
	}

	@Test
	void whenTokenIsConfiguredThenItsSymbolAndDecimalsAreUsed() {
		Asset asset = new Asset("EURX", "0x1111111111111111111111111111111111111111", 2, "EURX", "1",
				TransferMethod.EIP3009);
		PaymentMeters meters = new PaymentMeters(this.registry,
				Networks.load().withAssets(Map.of(ObservedPayments.SEPOLIA, List.of(asset))));
		PaymentRequirements offer = ObservedPayments.offer(ObservedPayments.SEPOLIA, asset.address(), "exact");
		meters.onPaymentEvent(settled(offer, PAYER));
		assertThat(this.registry.get("x402.settled.amount").tag("asset", "EURX").summary().totalAmount())
			.isEqualTo(12_500);
	}

	@Test
	void whenTokenIsUnknownThenCountsOnly() {
		settle(ObservedPayments.offer(ObservedPayments.SEPOLIA, "0x2222222222222222222222222222222222222222", "exact"));
		assertThat(this.registry.get("x402.payments").tag("asset", "other").counter().count()).isEqualTo(1);
		assertThat(this.registry.find("x402.settled.amount").meters()).isEmpty();
	}

	@Test
	void whenNetworksOfTheOffersDifferThenTheyAreSeveral() {
		this.meters.onPaymentEvent(new PaymentEvent.Refused(
				ObservedPayments.offers(ObservedPayments.offer(),
						ObservedPayments.offer("eip155:8453", "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", "exact")),
				ReasonCode.PAYMENT_REQUIRED));
		Counter counter = this.registry.get("x402.payments").counter();
		assertThat(tags(counter)).contains(Tag.of("network", "several"), Tag.of("asset", "USDC"),
				Tag.of("scheme", "exact"));
	}

	@Test
	void whenPayersReasonsAndNetworksAreMadeUpThenTagValuesStayInTheirSets() {
		for (int i = 0; i < 10_000; i++) {
			String random = UUID.randomUUID().toString();
			PaymentRequirements offer = switch (i % 4) {
				case 0 -> ObservedPayments.offer("eip155:" + (i + 1_000_000), random, "exact");
				case 1 -> ObservedPayments.offer(ObservedPayments.SEPOLIA, random, "exact");
				case 2 -> ObservedPayments.offer(ObservedPayments.SEPOLIA, ObservedPayments.USDC, random);
				default -> ObservedPayments.offer();
			};
			ReasonCode reason = ReasonCode.of(random, ReasonCode.SETTLEMENT_DECLINED);
			this.meters.onPaymentEvent(new PaymentEvent.Refused(ObservedPayments.offers(offer), reason));
			this.meters.onPaymentEvent(new PaymentEvent.Verified(ObservedPayments.offers(offer),
					ObservedPayments.verified(offer, random)));
			this.meters.onPaymentEvent(settled(offer, random));
			this.meters.onPaymentEvent(new PaymentEvent.Declined(ObservedPayments.offers(offer),
					ObservedPayments.verified(offer, random), reason));
			this.meters.onPaymentEvent(new PaymentEvent.Unknown(ObservedPayments.offers(offer),
					ObservedPayments.verified(offer, random), random));
		}
		Set<String> values = this.registry.getMeters()
			.stream()
			.flatMap((meter) -> tags(meter).stream())
			.map(Tag::getValue)
			.collect(Collectors.toSet());
		assertThat(values).containsExactlyInAnyOrder("eip155:84532", "USDC", "exact", "other", "none", "refused",
				"verified", "settled", "declined", "unknown", "settlement_declined", "settlement_pending");
		assertThat(this.registry.getMeters()).hasSize(22);
	}

	@Test
	void whenEveryReasonHappensThenThereAreAsManyCounters() {
		for (ReasonCode reason : ReasonCode.values()) {
			this.meters
				.onPaymentEvent(new PaymentEvent.Refused(ObservedPayments.offers(ObservedPayments.offer()), reason));
		}
		assertThat(this.registry.find("x402.payments").counters()).hasSize(ReasonCode.values().length);
	}

	private void settle(PaymentRequirements offer) {
		this.meters.onPaymentEvent(settled(offer, PAYER));
	}

	private static PaymentEvent settled(PaymentRequirements offer, String payer) {
		return new PaymentEvent.Settled(ObservedPayments.offers(offer), ObservedPayments.verified(offer, payer),
				SettlementResponse.success("0x" + "ab".repeat(32), UUID.randomUUID().toString(), payer));
	}

	private double count(String outcome, String reason) {
		return this.registry.get("x402.payments")
			.tags("outcome", outcome, "reason", reason, "network", "eip155:84532", "asset", "USDC", "scheme", "exact")
			.counter()
			.count();
	}

	private static List<Tag> tags(Meter meter) {
		return meter.getId().getTags();
	}

}
