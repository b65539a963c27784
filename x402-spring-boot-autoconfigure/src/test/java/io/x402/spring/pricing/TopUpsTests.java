/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.math.BigInteger;
import java.util.List;

import io.x402.spring.PaymentScheme;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Top-ups beside prices, and where there can be none.
 */
class TopUpsTests {

	private static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	@Test
	void whenTopUpIsNamedThenItStandsAfterThePricesOnTheirNetworks() {
		Pricing pricing = create("",
				OfferDefinition.price("$0.002")
					.networks(List.of("base-sepolia", "arbitrum-sepolia"))
					.topUp("$5")
					.build());
		assertThat(pricing.presentOffers()).extracting(PaymentRequirements::amount)
			.containsExactly(amount(2_000), amount(2_000), amount(5_000_000), amount(5_000_000));
		assertThat(pricing.presentOffers()).extracting(PaymentRequirements::isTopUp)
			.containsExactly(false, false, true, true);
		assertThat(pricing.pass()).isEqualTo(PassTerms.BALANCE);
		assertThat(pricing.text()).isEqualTo("$0.002 or a top-up of $5");
		assertThat(pricing.withoutTopUps().presentOffers()).hasSize(2);
		assertThat(pricing.withoutTopUps().pass()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "'', $5, 5000000", "$7, $5, 7000000", "'', 5.25, 5250000" })
	void whenThereIsADefaultThenItAppliesWhereNoneIsNamed(String named, String byDefault, long amount) {
		Pricing pricing = create(byDefault, OfferDefinition.price("$0.002").topUp(named).build());
		assertThat(pricing.presentOffers()).extracting(PaymentRequirements::amount)
			.containsExactly(amount(2_000), amount(amount));
		assertThat(pricing.topUp()).isEqualTo(named.isEmpty() ? null : named);
	}

	@Test
	void whenNoneIsNamedThenTheDefaultDoesNotApply() {
		assertThat(create("$5", OfferDefinition.price("$0.002").topUp("none").build()).pass()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "free", "0.05 USDC or so", "#{'$5'}", "@amounts", "-5", "$5,00" })
	void whenTopUpIsNoAmountThenTheRemedyIsNamed(String text) {
		assertRefused("", OfferDefinition.price("$0.002").topUp(text), text);
		assertRefused(text, OfferDefinition.price("$0.002"), text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "$0.002", "$0.001", "$9300000000000" })
	void whenNoBalanceCouldPayThenOneThatIsNamedIsRefusedAndTheDefaultIsLeftOut(String text) {
		assertRefused("", OfferDefinition.price("$0.002").networks(List.of("base")).topUp(text), text);
		assertThat(create(text, OfferDefinition.price("$0.002").networks(List.of("base")).build()).pass()).isNull();
	}

	@Test
	void whenTopUpCostsAsMuchAsAPriceThenOneThatIsNamedIsRefusedAndTheDefaultIsLeftOut() {
		OfferDefinition month = OfferDefinition.price("$5").build();
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> create("", OfferDefinition.price("$0.002").topUp("$5").build(), month))
			.withMessageContaining("Shop#sold")
			.withMessageContaining("version 1")
			.satisfies((ex) -> assertThat(ex.remedy()).isEqualTo("Name another amount."));
		Pricing pricing = create("$5", OfferDefinition.price("$0.002").build(), month);
		assertThat(pricing.presentOffers()).extracting(PaymentRequirements::amount)
			.containsExactly(amount(2_000), amount(5_000_000));
		assertThat(pricing.presentOffers()).noneMatch(PaymentRequirements::isTopUp);
		assertThat(create("$7", OfferDefinition.price("$0.002").build(), month).presentOffers()).hasSize(3);
	}

	@Test
	void whenPriceIsMeteredOrTransactionalOrSellsAPassThenThereIsNoTopUp() {
		List<OfferDefinition.Builder> unsuited = List.of(OfferDefinition.price("$0.002").scheme(PaymentScheme.UPTO),
				OfferDefinition.price("$0.002").pass(new PassDefinition("1h", 0, "", false)));
		for (OfferDefinition.Builder definition : unsuited) {
			assertThat(create("$5", definition.build()).presentOffers()).noneMatch(PaymentRequirements::isTopUp);
			assertRefused("", definition.topUp("$5"), "$5");
		}
	}

	@Test
	void whenNothingTakesBalancesThenOneThatIsNamedIsRefused() {
		HandlerPricing closed = Offers.pricing(PAY_TO, "base-sepolia", 6144).topUp("$5").build();
		assertThat(closed.create("Shop#sold", List.of(OfferDefinition.price("$0.002").build())).pass()).isNull();
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> closed.create("Shop#sold", List.of(OfferDefinition.price("$0.002").topUp("$5").build())))
			.withMessageContaining("Shop#sold")
			.satisfies((ex) -> assertThat(ex.remedy()).contains("PassStore"));
	}

	@Test
	void whenTwoPricesHaveTheSameTopUpThenItIsOfferedOnceAndTheLowerPriceIsPaid() {
		Pricing pricing = create("$5", OfferDefinition.price("$0.02").build(), OfferDefinition.price("$0.01").build());
		List<PaymentRequirements> offers = pricing.presentOffers();
		assertThat(offers).hasSize(3);
		assertThat(new PaymentOffers(new ResourceInfo("/", null, null), offers).priceOf(offers.get(2)))
			.isEqualTo(offers.get(1));
	}

	private static void assertRefused(String byDefault, OfferDefinition.Builder definition, String text) {
		assertThatExceptionOfType(InvalidPricingException.class).isThrownBy(() -> create(byDefault, definition.build()))
			.withMessageContaining("Shop#sold")
			.withMessageContaining(text)
			.satisfies((ex) -> assertThat(ex.remedy()).isNotEmpty());
	}

	private static BigInteger amount(long value) {
		return BigInteger.valueOf(value);
	}

	private static Pricing create(String byDefault, OfferDefinition... definitions) {
		return Offers.pricing(PAY_TO, "base-sepolia", 6144)
			.passes(() -> true)
			.topUp(byDefault)
			.build()
			.create("Shop#sold", List.of(definitions));
	}

}
