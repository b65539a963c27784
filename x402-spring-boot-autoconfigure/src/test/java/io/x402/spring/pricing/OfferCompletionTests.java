package io.x402.spring.pricing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentScheme;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.payment.PaymentTerms;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.mock.web.MockHttpServletRequest;

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
		Pricing pricing = pricing(price);
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
		Pricing pricing = pricing(STATIC);
		tell(Map.of("feePayer", "F1"));
		List<PaymentRequirements> first = terms(pricing).accepts();
		assertThat(terms(pricing).accepts()).isSameAs(first);
		tell(Map.of("feePayer", "F1"));
		assertThat(terms(pricing).accepts()).isSameAs(first);
	}

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenSellerSaysItDifferentlyThenSellerWins(String price) {
		Pricing pricing = pricing(price, (offer) -> new PaymentRequirements(offer.scheme(), offer.network(),
				offer.amount(), offer.asset(), offer.payTo(), offer.maxTimeoutSeconds(), Map.of("feePayer", "MINE")));
		tell(Map.of("feePayer", "F1", "other", 1));
		assertThat(offer(pricing).extra()).isEqualTo(Map.of("feePayer", "MINE", "other", 1));
	}

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenFacilitatorWantsToDecideWhenOrHowMoneyMovesThenItDoesNot(String price) {
		Pricing pricing = pricing(price);
		tell(Map.of("paymentFlow", "upfront", "assetTransferMethod", "permit2"));
		assertThat(offer(pricing).extra()).doesNotContainKeys("paymentFlow", "assetTransferMethod");
	}

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenFacilitatorSaysTooMuchThenOfferIsMadeWithoutIt(String price) {
		Pricing pricing = pricing(price);
		tell(Map.of("feePayer", "F1", "novel", "x".repeat(2000)));
		assertThat(encoded(pricing).extra()).doesNotContainKeys("feePayer", "novel");
	}

	@Test
	void whenWhatFacilitatorSaysDoesNotFitTheHeaderThenOfferIsMadeWithoutIt() {
		Pricing pricing = pricing(STATIC);
		tell(Map.of("novel", "x".repeat(900)));
		assertThat(encoded(pricing).extra()).doesNotContainKey("novel");
	}

	@Test
	void whenAnswerIsMadeOfEarlierTermsThenItSaysWhatTheyDo() {
		Pricing pricing = pricing(STATIC);
		PaymentTerms earlier = terms(pricing);
		tell(Map.of("feePayer", "F1"));
		terms(pricing);
		assertThat(decoded(pricing, earlier)).isEqualTo(earlier.accepts().get(0));
	}

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenNobodyIsKnownWhoMaySettleThenOfferIsLeftOut(String price) {
		Pricing both = uptoPricing(definition(price, PaymentScheme.UPTO), definition(price, PaymentScheme.EXACT));
		Pricing only = uptoPricing(definition(price, PaymentScheme.UPTO));
		assertThat(encoded(both).scheme()).isEqualTo("exact");
		assertThatExceptionOfType(InvalidPricingException.class).isThrownBy(() -> terms(only));
		this.supported.set(new SupportedResponse(
				List.of(new Kind(2, "upto", "eip155:84532", Map.of("facilitatorAddress", PAY_TO))), List.of(),
				Map.of()));
		assertThat(terms(both).accepts()).extracting(PaymentRequirements::scheme).containsExactly("upto", "exact");
		assertThat(encoded(only).extraText("facilitatorAddress")).isEqualTo(PAY_TO);
		this.supported
			.set(new SupportedResponse(List.of(new Kind(2, "exact", "eip155:84532", null)), List.of(), Map.of()));
		assertThat(encoded(both).scheme()).isEqualTo("exact");
		assertThatExceptionOfType(InvalidPricingException.class).isThrownBy(() -> terms(only));
	}

	@ParameterizedTest
	@ValueSource(strings = { STATIC, DYNAMIC })
	void whenFacilitatorSponsorsGasThenOffersByPermit2SaySo(String price) {
		Pricing exact = uptoPricing(definition(price, PaymentScheme.EXACT));
		Pricing upto = uptoPricing(definition(price, PaymentScheme.UPTO));
		this.supported.set(upto(List.of()));
		assertThat(document(upto).extensions()).isNull();
		this.supported.set(upto(List.of("bazaar", "eip2612GasSponsoring")));
		assertThat(document(upto).extensions()).containsOnlyKeys("eip2612GasSponsoring");
		assertThat(document(exact).extensions()).isNull();
		this.supported.set(upto(List.of()));
		assertThat(document(upto).extensions()).isNull();
	}

	private static SupportedResponse upto(List<String> extensions) {
		return new SupportedResponse(List.of(new Kind(2, "upto", "eip155:84532", Map.of("facilitatorAddress", PAY_TO))),
				extensions, Map.of());
	}

	private static PaymentRequiredDocument document(Pricing pricing) {
		String header = pricing.challenge(terms(pricing), PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED)).header();
		return Offers.CODEC.decode(header, PaymentRequiredDocument.class);
	}

	@Test
	void whenSchemeCannotBeHadThenIsRefused() {
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> pricing(List.of("solana-devnet"), definition(STATIC, PaymentScheme.UPTO)));
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> uptoPricing(new OfferDefinition(STATIC, List.of(), "", "", "", "", "", PaymentScheme.UPTO,
					PaymentFlow.UPFRONT, false)));
	}

	private Pricing uptoPricing(OfferDefinition... definitions) {
		return pricing(List.of("base-sepolia"), definitions);
	}

	private Pricing pricing(List<String> networks, OfferDefinition... definitions) {
		PricingFactory factory = new PricingFactory(Offers.NETWORKS,
				new PricingDefaults(PAY_TO, networks, Duration.ofMinutes(5), PaymentFlow.AUTHORIZATION),
				new DefaultListableBeanFactory(), (address) -> true, List.of(), Offers.CODEC,
				new ChallengeSettings(Set.of(ProtocolVersion.V2), 1536, 500, Map.of()), this.supported::get,
				() -> false);
		return factory.create("test", List.of(definitions));
	}

	private static OfferDefinition definition(String price, PaymentScheme scheme) {
		return new OfferDefinition(price, List.of(), "", "", "", "", "", scheme, PaymentFlow.AUTHORIZATION, false);
	}

	private void tell(Map<String, Object> extra) {
		this.supported.set(new SupportedResponse(List.of(new Kind(2, "exact", "eip155:84532", Map.of("novel", "no")),
				new Kind(1, "exact", SOLANA, null), new Kind(2, "exact", SOLANA, extra)), List.of(), Map.of()));
	}

	private static PaymentRequirements offer(Pricing pricing) {
		return terms(pricing).accepts().get(0);
	}

	private static PaymentRequirements encoded(Pricing pricing) {
		PaymentTerms terms = terms(pricing);
		PaymentRequirements decoded = decoded(pricing, terms);
		assertThat(decoded).isEqualTo(terms.accepts().get(0));
		return decoded;
	}

	private static PaymentRequirements decoded(Pricing pricing, PaymentTerms terms) {
		String header = pricing.challenge(terms, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED)).header();
		return Offers.CODEC.decode(header, PaymentRequiredDocument.class).accepts().get(0);
	}

	private static PaymentTerms terms(Pricing pricing) {
		PaymentTerms terms = pricing.terms(new MockHttpServletRequest("GET", "/sold"), URL);
		assertThat(terms).isNotNull();
		return terms;
	}

	private Pricing pricing(String price, PaymentRequirementsCustomizer... customizers) {
		PricingFactory factory = new PricingFactory(Offers.NETWORKS,
				new PricingDefaults("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", List.of("solana-devnet"),
						Duration.ofMinutes(5), PaymentFlow.AUTHORIZATION),
				new DefaultListableBeanFactory(), (address) -> true, List.of(customizers), Offers.CODEC,
				new ChallengeSettings(Set.of(ProtocolVersion.V2), 1536, 500, Map.of()), this.supported::get,
				() -> false);
		return factory.create("test", List.of(new OfferDefinition(price, List.of(), "", "", "", "", "",
				PaymentScheme.EXACT, PaymentFlow.AUTHORIZATION, false)));
	}

}
