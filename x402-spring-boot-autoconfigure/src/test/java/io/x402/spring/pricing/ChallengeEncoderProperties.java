/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.math.BigInteger;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ResourceInfo;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The answer that is encoded once and spliced means the same as one that is encoded for
 * its URL, whatever that holds.
 */
class ChallengeEncoderProperties {

	private static final JsonMapper MAPPER = new JsonMapper();

	private static final PaymentRefusal UNPAID = PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED);

	private static final ChallengeEncoder ENCODER = Offers.encoder(1_000_000, "für \"alle\" \\ {{url}} 🎉",
			Offers.BASE_SEPOLIA, Offers.ARBITRUM_SEPOLIA);

	@Property(tries = 500, seed = "1")
	void splicedHeaderEqualsPlainOne(@ForAll("urls") String url) {
		String header = ENCODER.header(new ChallengedResource(url), UNPAID);
		assertThat(header).matches("[A-Za-z0-9+/]*={0,2}").hasSizeGreaterThan(4);
		assertThat(header.length() % 4).isZero();
		PaymentRequiredDocument plain = new PaymentRequiredDocument("Payment required",
				new ResourceInfo(url, "für \"alle\" \\ {{url}} 🎉", "application/json"),
				List.of(Offers.BASE_SEPOLIA, Offers.ARBITRUM_SEPOLIA));
		JsonNode spliced = MAPPER.readTree(Base64.getDecoder().decode(header));
		assertThat(spliced).isEqualTo(MAPPER.readTree(Offers.CODEC.write(plain)));
	}

	@Property(tries = 500, seed = "1")
	void splicedBodyNamesTheUrlInEveryOffer(@ForAll("urls") String url) {
		JsonNode body = MAPPER.readTree(ENCODER.body(new ChallengedResource(url), UNPAID));
		assertThat(body.path("accepts")).hasSize(1)
			.allSatisfy((offer) -> assertThat(offer.path("resource").asString()).isEqualTo(url));
		assertThat(body.path("code").asString()).isEqualTo("payment_required");
	}

	@Property(tries = 500, seed = "1")
	void encodedDocumentIsNotLongerThanItsMaximum(@ForAll("urls") String text) {
		PaymentRequirements offer = new PaymentRequirements(text, "eip155:84532", BigInteger.TEN.pow(60), text, text,
				Integer.MAX_VALUE, Map.of(text, List.of(text, true, List.of()), "b", Map.of("c", Long.MIN_VALUE)));
		PaymentRequiredDocument document = new PaymentRequiredDocument(2, text,
				new ResourceInfo(text, text, text, text, List.of(text, ""), text), List.of(offer, Offers.BASE_SEPOLIA),
				Map.of(text, Map.of(text, text, "n", -1)));
		assertThat(EncodedLength.maximum(document)).isBetween((long) Offers.CODEC.encode(document).length(), 60_000L);
	}

	@Property(tries = 100, seed = "1")
	void encodedDocumentOfPlainTextIsNotLongerThanItsMaximum(@ForAll @AlphaChars @StringLength(max = 9) String text,
			@ForAll @IntRange(max = 9) int offers) {
		PaymentRequirements offer = new PaymentRequirements(text, text, BigInteger.TEN, text, text, 60,
				Map.of(text, text));
		PaymentRequiredDocument document = new PaymentRequiredDocument(2, text,
				new ResourceInfo(text, text, text, text, List.of(text), text), Collections.nCopies(offers, offer),
				Map.of(text, text));
		assertThat(EncodedLength.maximum(document))
			.isGreaterThanOrEqualTo(Base64.getEncoder().encodeToString(Offers.CODEC.write(document)).length());
	}

	@Provide
	Arbitrary<String> urls() {
		Arbitrary<String> any = Arbitraries.strings().ofMaxLength(60).filter(ChallengeEncoderProperties::isText);
		Arbitrary<String> nasty = Arbitraries.of("\"", "\\", "\\\"", " ", "\u0000", "\n", "\u2028", "ü", "€", "🎉",
				"%20", "</script>", "?a=b&c=d", "#", "{{url}}", "\u007f", "\uFEFF");
		return Arbitraries.oneOf(any, nasty.list().ofMaxSize(12).map((parts) -> String.join("", parts)))
			.map((text) -> "https://api.example.com/" + text);
	}

	private static boolean isText(String text) {
		return text.codePoints().noneMatch((point) -> point >= 0xD800 && point <= 0xDFFF);
	}

}
