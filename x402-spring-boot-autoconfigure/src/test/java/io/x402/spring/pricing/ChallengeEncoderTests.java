/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.math.BigInteger;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.PaymentRequirementsV1;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class ChallengeEncoderTests {

	private static final PaymentRefusal UNPAID = PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED);

	private static final PaymentRefusal MISMATCH = PaymentRefusal.of(ReasonCode.REQUIREMENTS_MISMATCH);

	private static final String URL = "https://api.example.com/forecast?city=Z%C3%BCrich&days=2";

	@Test
	void whenThereIsRoomThenHeaderHoldsEverything() {
		for (PaymentRefusal refusal : List.of(UNPAID, MISMATCH)) {
			PaymentRequiredDocument document = document(
					Offers.encoder(6144, "Wetter für Zürich", Offers.BASE_SEPOLIA, Offers.ARBITRUM_SEPOLIA)
						.header(new ChallengedResource(URL), refusal));
			assertThat(document.x402Version()).isEqualTo(2);
			assertThat(document.resource().url()).isEqualTo(URL);
			assertThat(document.resource().description()).isEqualTo("Wetter für Zürich");
			assertThat(document.resource().mimeType()).isEqualTo("application/json");
			assertThat(document.accepts()).containsExactly(Offers.BASE_SEPOLIA, Offers.ARBITRUM_SEPOLIA);
		}
	}

	@Test
	void whenBudgetShrinksThenDescriptionGoesBeforeQueryAndQueryBeforeOffers() {
		PaymentRequirements[] offers = { Offers.BASE_SEPOLIA, Offers.ARBITRUM_SEPOLIA, Offers.on("eip155:80002"),
				Offers.on("eip155:43113") };
		for (PaymentRefusal refusal : List.of(UNPAID, MISMATCH)) {
			int full = Offers.encoder(100_000, "d".repeat(300), offers)
				.header(new ChallengedResource(URL), refusal)
				.length();
			Set<String> stages = new LinkedHashSet<>();
			for (int budget = full + 4; budget > 700; budget -= 12) {
				String header = Offers.encoder(budget, "d".repeat(300), offers)
					.header(new ChallengedResource(URL), refusal);
				assertThat(header.length()).isLessThanOrEqualTo(budget);
				PaymentRequiredDocument document = document(header);
				boolean description = document.resource().description() != null;
				boolean query = document.resource().url().contains("?");
				stages.add((description ? "description " : "") + (query ? "query " : "") + document.accepts().size());
				assertThat(document.accepts()).startsWith(offers[0]).isSubsetOf(offers);
			}
			assertThat(stages).containsExactly("description query 4", "query 4", "4", "3", "2", "1");
		}
	}

	@Test
	void whenHeaderIsTrimmedThenBodyKeepsEverything() {
		ChallengeEncoder encoder = Offers.encoder(1024, "d".repeat(300), Offers.BASE_SEPOLIA, Offers.on("eip155:80002"),
				Offers.on("eip155:43113"));
		for (PaymentRefusal refusal : List.of(UNPAID, MISMATCH)) {
			assertThat(document(encoder.header(new ChallengedResource(URL), refusal)).accepts()).hasSizeLessThan(3);
			JsonNode body = body(encoder, refusal);
			assertThat(body.path("accepts")).hasSize(3).allSatisfy((offer) -> {
				assertThat(offer.path("resource").asString()).isEqualTo(URL);
				assertThat(offer.path("description").asString()).hasSize(300);
			});
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 500, 2000, 5000, 20_000 })
	void whenUrlIsTooLongForTheHeaderThenItsPathGoesToo(int length) {
		ChallengeEncoder encoder = Offers.encoder(1536, "d", Offers.BASE_SEPOLIA, Offers.ARBITRUM_SEPOLIA);
		String url = "https://api.example.com:8443/" + "x".repeat(length) + "?q=1";
		for (PaymentRefusal refusal : List.of(UNPAID, MISMATCH)) {
			String header = encoder.header(new ChallengedResource(url), refusal);
			assertThat(header.length()).isLessThanOrEqualTo(1536);
			assertThat(document(header).accepts()).isNotEmpty();
			assertThat(document(header).resource().url()).startsWith("https://api.example.com:8443/");
			assertThat(encoder.body(new ChallengedResource(url), refusal)).asString().contains("x".repeat(length));
		}
	}

	@Test
	void whenNotEvenOneOfferFitsThenSaysSo() {
		assertThatIllegalStateException().isThrownBy(() -> Offers.encoder(300, "d", Offers.BASE_SEPOLIA).checkBudget())
			.withMessageContaining("300");
	}

	@Test
	void whenOfferFitsExactlyThenItsMaximumDoesNotMatter() {
		ChallengedResource usual = new ChallengedResource("https://".concat("x".repeat(200)));
		PaymentRequirements quoted = with(Offers.BASE_SEPOLIA, "exact", BigInteger.TEN,
				Map.of("name", "\"".repeat(50)));
		int length = Offers.encoder(20_000, null, quoted)
			.header(usual, PaymentRefusal.of(ReasonCode.AMOUNT_MISMATCH))
			.length();
		assertThatNoException().isThrownBy(() -> Offers.encoder(length, "d".repeat(400), quoted).checkBudget());
	}

	@Test
	void whenLengthOfExtraIsNotKnownThenOfferIsEncodedToCheckIt() {
		PaymentRequirements unknown = with(Offers.BASE_SEPOLIA, "exact", BigInteger.TEN, Map.of("rate", 1.5));
		assertThatNoException().isThrownBy(() -> Offers.encoder(6144, "d", unknown).checkBudget());
		assertThatIllegalStateException().isThrownBy(() -> Offers.encoder(300, "d", unknown).checkBudget());
	}

	@Test
	void whenOfferIsNotForLegacyBuyersThenBodyLeavesItOut() {
		PaymentRequirements permit2 = with(Offers.BASE_SEPOLIA, "exact", BigInteger.TEN,
				Map.of("assetTransferMethod", "permit2"));
		PaymentRequirements huge = with(Offers.BASE_SEPOLIA, "exact", BigInteger.TEN.pow(18), Map.of());
		PaymentRequirements upto = with(Offers.BASE_SEPOLIA, "upto", BigInteger.TEN, Map.of());
		PaymentRequirements longest = with(Offers.BASE_SEPOLIA, "exact",
				BigInteger.TEN.pow(18).subtract(BigInteger.ONE), Map.of());
		// Known to v1, but not to the legacy buyers
		PaymentRequirements celo = Offers.on("eip155:42220");
		ChallengeEncoder encoder = Offers.encoder(20_000, "d", permit2, huge, upto, longest, celo,
				Offers.ARBITRUM_SEPOLIA);
		JsonNode body = body(encoder, UNPAID);
		assertThat(body.path("x402Version").asInt()).isOne();
		assertThat(body.path("accepts")).singleElement().satisfies((offer) -> {
			assertThat(offer.path("network").asString()).isEqualTo("base-sepolia");
			assertThat(offer.path("maxAmountRequired").asString()).isEqualTo("999999999999999999");
			assertThat(offer.has("extra")).isFalse();
			assertThat(offer.has("outputSchema")).isFalse();
		});
	}

	@Test
	void whenNothingIsSaidThenLegacyBuyersGetEmptyTexts() {
		ChallengeEncoder encoder = new ChallengeEncoder(Offers.CODEC,
				new ChallengeSettings(Set.of(ProtocolVersion.V1), 6144, 500, Map.of(), false), Offers.NETWORKS,
				new PaymentOffers(new ResourceInfo("", null, null), List.of(Offers.BASE_SEPOLIA)));
		JsonNode offer = body(encoder, UNPAID).path("accepts").path(0);
		assertThat(offer.path("description").asString()).isEmpty();
		assertThat(offer.path("mimeType").asString()).isEmpty();
		assertThat(Offers.CODEC.read(Offers.CODEC.write(offer), PaymentRequirementsV1.class).maxTimeoutSeconds())
			.isEqualTo(60);
	}

	@Test
	void whenNoOfferIsForLegacyBuyersThenBodyIsTheCurrentDocument() {
		ChallengeEncoder encoder = Offers.encoder(6144, "Wetter", Offers.ARBITRUM_SEPOLIA);
		for (PaymentRefusal refusal : List.of(UNPAID, MISMATCH)) {
			PaymentRequiredDocument document = Offers.CODEC.read(encoder.body(new ChallengedResource(URL), refusal),
					PaymentRequiredDocument.class);
			assertThat(document.x402Version()).isEqualTo(2);
			assertThat(document.resource().url()).isEqualTo(URL);
			assertThat(document.resource().description()).isEqualTo("Wetter");
			assertThat(document.accepts()).containsExactly(Offers.ARBITRUM_SEPOLIA);
		}
	}

	@ParameterizedTest
	@EnumSource(ReasonCode.class)
	void everyRefusalSaysWhyAndWhatNext(ReasonCode reason) {
		PaymentRefusal refusal = PaymentRefusal.of(reason, reason.code(), "0xpayer");
		JsonNode body = body(Offers.encoder(6144, "d", Offers.BASE_SEPOLIA), refusal);
		assertThat(body.path("code").asString()).isEqualTo(reason.code());
		assertThat(body.path("error").asString()).isNotBlank();
		assertThat(body.path("message").asString()).isEqualTo(reason.message());
		assertThat(body.path("retryable").asBoolean()).isEqualTo(reason.retryable());
		assertThat(body.path("payer").asString("none"))
			.isEqualTo((reason == ReasonCode.PAYMENT_REQUIRED) ? "none" : "0xpayer");
		boolean offers = reason.status() == 402 || reason.status() == 412;
		assertThat(body.has("accepts")).isEqualTo(offers);
		assertThat(ChallengeEncoder.asksForPayment(refusal)).isEqualTo(offers);
	}

	@Test
	void whenSettlementFailedThenAsksForNoOtherPayment() {
		PaymentRefusal refusal = new PaymentRefusal(ReasonCode.SETTLEMENT_DECLINED, "insufficient_funds", null,
				SettlementResponse.failure("insufficient_funds", "eip155:84532", null), "0xabc", null);
		assertThat(ChallengeEncoder.asksForPayment(refusal)).isFalse();
		JsonNode body = body(Offers.encoder(6144, "d", Offers.BASE_SEPOLIA), refusal);
		assertThat(body.has("accepts")).isFalse();
		assertThat(body.path("transaction").asString()).isEqualTo("0xabc");
		assertThat(body.path("error").asString()).isEqualTo("insufficient_funds");
	}

	private static PaymentRequirements with(PaymentRequirements offer, String scheme, BigInteger amount,
			Map<String, Object> extra) {
		return new PaymentRequirements(scheme, offer.network(), amount, offer.asset(), offer.payTo(),
				offer.maxTimeoutSeconds(), extra);
	}

	private static PaymentRequiredDocument document(String header) {
		return Offers.CODEC.decode(header, PaymentRequiredDocument.class);
	}

	private static JsonNode body(ChallengeEncoder encoder, PaymentRefusal refusal) {
		return new JsonMapper().readTree(encoder.body(new ChallengedResource(URL), refusal));
	}

}
