/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentScheme;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the facilitator wants offers to say gets into them.
 */
class OfferCompletionTests {

	private static final String URL = "https://api.example.test/sold";

	private static final String SOLANA = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1";

	private static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final String STATIC = "0.05";

	private static final String DYNAMIC = "#{'0.05'}";

	private final AtomicReference<SupportedResponse> supported = new AtomicReference<>();

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenFacilitatorPaysTheFeesThenOffersNameItAsSoonAsItIsKnown(String price) {
		PricedRequest pricing = pricing(price);
		assertThat(offer(pricing).extra()).doesNotContainKey("feePayer");
		tell(Map.of("feePayer", "F1"));
		assertThat(offer(pricing).extra()).containsEntry("feePayer", "F1");
		assertThat(encoded(pricing).extra()).containsEntry("feePayer", "F1");
		tell(Map.of("feePayer", "F2"));
		assertThat(encoded(pricing).extra()).containsEntry("feePayer", "F2");
		tell(null);
		assertThat(encoded(pricing).extra()).doesNotContainKey("feePayer");
	}

	@Test
	void whenNothingChangesThenStaticOffersStayTheSameObjects() {
		PricedRequest pricing = pricing(STATIC);
		tell(Map.of("feePayer", "F1"));
		List<PaymentRequirements> first = offers(pricing).accepts();
		assertThat(offers(pricing).accepts()).isSameAs(first);
		tell(Map.of("feePayer", "F1"));
		assertThat(offers(pricing).accepts()).isSameAs(first);
	}

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenSellerSaysItDifferentlyThenSellerWins(String price) {
		PricedRequest pricing = pricing(price, (offer) -> new PaymentRequirements(offer.scheme(), offer.network(),
				offer.amount(), offer.asset(), offer.payTo(), offer.maxTimeoutSeconds(), Map.of("feePayer", "MINE")));
		tell(Map.of("feePayer", "F1", "other", 1));
		assertThat(offer(pricing).extra()).isEqualTo(Map.of("feePayer", "MINE", "other", 1));
	}

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenFacilitatorWantsToDecideWhenOrHowMoneyMovesThenItDoesNot(String price) {
		PricedRequest pricing = pricing(price);
		tell(Map.of("paymentFlow", "upfront", "assetTransferMethod", "permit2"));
		assertThat(offer(pricing).extra()).doesNotContainKeys("paymentFlow", "assetTransferMethod");
	}

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenFacilitatorSaysTooMuchThenOfferIsMadeWithoutIt(String price) {
		PricedRequest pricing = pricing(price);
		tell(Map.of("feePayer", "F1", "novel", "x".repeat(2000)));
		assertThat(encoded(pricing).extra()).doesNotContainKeys("feePayer", "novel");
	}

	@Test
	void whenWhatFacilitatorSaysDoesNotFitTheHeaderThenOfferIsMadeWithoutIt() {
		PricedRequest pricing = pricing(STATIC);
		tell(Map.of("novel", "x".repeat(900)));
		assertThat(encoded(pricing).extra()).doesNotContainKey("novel");
	}

	@Test
	void whenAnswerIsMadeOfEarlierTermsThenItSaysWhatTheyDo() {
		PricedRequest pricing = pricing(STATIC);
		PaymentOffers earlier = offers(pricing);
		tell(Map.of("feePayer", "F1"));
		offers(pricing);
		assertThat(decoded(pricing, earlier)).isEqualTo(earlier.accepts().get(0));
	}

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenNobodyIsKnownWhoMaySettleThenOfferIsLeftOut(String price) {
		PricedRequest both = uptoPricing(definition(price, PaymentScheme.UPTO), definition(price, PaymentScheme.EXACT));
		PricedRequest only = uptoPricing(definition(price, PaymentScheme.UPTO));
		assertThat(encoded(both).scheme()).isEqualTo("exact");
		assertThatExceptionOfType(InvalidPricingException.class).isThrownBy(() -> offers(only));
		this.supported.set(new SupportedResponse(
				List.of(new Kind(2, "upto", "eip155:84532", Map.of("facilitatorAddress", PAY_TO))), List.of(),
				Map.of()));
		assertThat(offers(both).accepts()).extracting(PaymentRequirements::scheme).containsExactly("upto", "exact");
		assertThat(encoded(only).extraText("facilitatorAddress")).isEqualTo(PAY_TO);
		this.supported
			.set(new SupportedResponse(List.of(new Kind(2, "exact", "eip155:84532", null)), List.of(), Map.of()));
		assertThat(encoded(both).scheme()).isEqualTo("exact");
		assertThatExceptionOfType(InvalidPricingException.class).isThrownBy(() -> offers(only));
	}

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenFacilitatorSponsorsGasThenOffersByPermit2SaySo(String price) {
		PricedRequest exact = uptoPricing(definition(price, PaymentScheme.EXACT));
		PricedRequest upto = uptoPricing(definition(price, PaymentScheme.UPTO));
		this.supported.set(upto(List.of()));
		assertThat(document(upto).extensions()).isNull();
		this.supported.set(upto(List.of("bazaar", "eip2612GasSponsoring")));
		assertThat(document(upto).extensions()).containsOnlyKeys("eip2612GasSponsoring");
		assertThat(document(exact).extensions()).isNull();
		this.supported.set(upto(List.of("erc20ApprovalGasSponsoring", "eip2612GasSponsoring")));
		assertThat(document(upto).extensions()).containsOnlyKeys("eip2612GasSponsoring", "erc20ApprovalGasSponsoring");
		assertThat(document(exact).extensions()).isNull();
		this.supported.set(upto(List.of()));
		assertThat(document(upto).extensions()).isNull();
	}

	private static SupportedResponse upto(List<String> extensions) {
		return new SupportedResponse(List.of(new Kind(2, "upto", "eip155:84532", Map.of("facilitatorAddress", PAY_TO))),
				extensions, Map.of());
	}

	private static PaymentRequiredDocument document(PricedRequest pricing) {
		String header = pricing.challenge(offers(pricing), PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED)).header();
		return Offers.CODEC.decode(header, PaymentRequiredDocument.class);
	}

	@Test
	void whenSchemeCannotBeHadThenIsRefused() {
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> pricing(PAY_TO, "solana-devnet", List.of(definition(STATIC, PaymentScheme.UPTO))));
		assertThatExceptionOfType(InvalidPricingException.class).isThrownBy(() -> uptoPricing(
				OfferDefinition.price(STATIC).scheme(PaymentScheme.UPTO).flow(PaymentFlow.UPFRONT).build()));
	}

	private PricedRequest uptoPricing(OfferDefinition... definitions) {
		return pricing(PAY_TO, "base-sepolia", List.of(definitions));
	}

	private PricedRequest pricing(String payTo, String network, List<OfferDefinition> definitions,
			PaymentRequirementsCustomizer... customizers) {
		PricedRequest priced = Offers.pricing(payTo, network, 1536)
			.customizers(List.of(customizers))
			.supported(this.supported::get)
			.routes(List.of(new PaymentRoute("/sold", Set.of(), definitions)), new PathPatternParser())
			.build()
			.find(PlainRequest.of("GET", "/sold"), new Object());
		assertThat(priced).isNotNull();
		return priced;
	}

	private static OfferDefinition definition(String price, PaymentScheme scheme) {
		return OfferDefinition.price(price).scheme(scheme).flow(PaymentFlow.AUTHORIZATION).build();
	}

	private void tell(Map<String, Object> extra) {
		this.supported.set(new SupportedResponse(List.of(new Kind(2, "exact", "eip155:84532", Map.of("novel", "no")),
				new Kind(1, "exact", SOLANA, null), new Kind(2, "exact", SOLANA, extra)), List.of(), Map.of()));
	}

	private static PaymentRequirements offer(PricedRequest pricing) {
		return offers(pricing).accepts().get(0);
	}

	private static PaymentRequirements encoded(PricedRequest pricing) {
		PaymentOffers offers = offers(pricing);
		PaymentRequirements decoded = decoded(pricing, offers);
		assertThat(decoded).isEqualTo(offers.accepts().get(0));
		return decoded;
	}

	private static PaymentRequirements decoded(PricedRequest pricing, PaymentOffers offers) {
		String header = pricing.challenge(offers, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED)).header();
		return Offers.CODEC.decode(header, PaymentRequiredDocument.class).accepts().get(0);
	}

	private static PaymentOffers offers(PricedRequest pricing) {
		PaymentOffers offers = pricing.offers(URL);
		assertThat(offers).isNotNull();
		return offers;
	}

	private PricedRequest pricing(String price, PaymentRequirementsCustomizer... customizers) {
		return pricing("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "solana-devnet",
				List.of(definition(price, PaymentScheme.EXACT)), customizers);
	}

}
