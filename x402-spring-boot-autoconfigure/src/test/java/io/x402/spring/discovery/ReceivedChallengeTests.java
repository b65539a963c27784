/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is found in the responses of sellers, ours and others.
 */
class ReceivedChallengeTests {

	private static final String VERSION_1 = "{\"x402Version\":1,\"accepts\":[{}]}";

	private static final Map<String, Object> BAZAAR = Map.of("bazaar", Map.of());

	private final PaymentCodec codec = new PaymentCodec();

	@Test
	void whenEverythingIsThereThenNothingIsFound() {
		ReceivedChallenge challenge = challenge(402, header("https://api.example.com/a", "Goods", BAZAAR), VERSION_1);
		assertThat(challenge.findings(true)).isEmpty();
		assertThat(challenge.index()).isEqualTo("402, priced and described");
		assertThat(challenge.version2()).isEqualTo("1 offer");
		assertThat(challenge.version1()).isEqualTo("1 offer");
	}

	@ParameterizedTest
	@CsvSource({ "http://localhost:8080/a, local_url", "http://127.0.0.1/a, local_url", "http://10.1.2.3/a, local_url",
			"http://192.168.0.7/a, local_url", "http://[::1]/a, local_url", "http://shop/a, local_url",
			"not a url, local_url", "http://api.example.com/a, insecure_url" })
	void urlThatNobodyCanUseIsFound(String url, String code) {
		assertThat(codes(challenge(402, header(url, "Goods", BAZAAR), VERSION_1))).containsExactly(code);
	}

	@Test
	void whenHeaderIsMissingThenBuyersOfVersion2AreMissed() {
		assertThat(codes(challenge(402, null, VERSION_1))).containsExactly("no_version_2", "not_described");
	}

	@Test
	void whenHeaderIsGarbageThenItHasNoOffers() {
		ReceivedChallenge challenge = challenge(402, "garbage", VERSION_1);
		assertThat(challenge.version2()).isEqualTo("no offers");
		assertThat(codes(challenge)).contains("no_version_2");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "{}", "not JSON", "{\"x402Version\":2,\"accepts\":[{}]}",
			"{\"x402Version\":1,\"accepts\":[]}", "{\"x402Version\":\"1\",\"accepts\":[{}]}" })
	void whenBodyHasNoOffersThenBuyersOfVersion1AreMissed(String body) {
		assertThat(codes(challenge(402, header("https://api.example.com/a", "Goods", BAZAAR), body)))
			.containsExactly("no_version_1");
	}

	@ParameterizedTest
	@CsvSource({ "exact, x402.protocol-versions", "upto, fixed price" })
	void whenSchemeIsNoneOfVersion1ThenTheRemedyIsAnother(String scheme, String remedy) {
		PaymentRequirements offer = new PaymentRequirements(scheme, "eip155:84532", BigInteger.valueOf(50000),
				"0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 300,
				Map.of());
		String header = this.codec.encode(new PaymentRequiredDocument(2, null,
				new ResourceInfo("https://api.example.com/a", "Goods", null), List.of(offer), BAZAAR));
		assertThat(challenge(402, header, "{}").findings(true)).singleElement()
			.satisfies((finding) -> assertThat(finding.remedy()).contains(remedy));
	}

	@ParameterizedTest
	@CsvSource({ "200", "404", "415", "503" })
	void whenResponseAsksForNoPaymentThenThereIsNoPrice(int status) {
		ReceivedChallenge challenge = challenge(status, null, "{}");
		assertThat(codes(challenge)).containsExactly("no_price");
		assertThat(challenge.index()).isEqualTo(status + ", no price");
	}

	@Test
	void whenNothingIsOfferedThenThereIsNoPrice() {
		assertThat(codes(challenge(402, null, "{}"))).containsExactly("no_price");
	}

	@Test
	void whenHeaderIsTooLongForProxiesThenItIsFound() {
		String header = header("https://api.example.com/a", "Goods".repeat(600), BAZAAR);
		assertThat(codes(challenge(402, header, VERSION_1))).containsExactly("long_header");
	}

	private List<String> codes(ReceivedChallenge challenge) {
		return challenge.findings(true).stream().map(ListingFinding::code).toList();
	}

	private ReceivedChallenge challenge(int status, @Nullable String header, String body) {
		return new ReceivedChallenge(this.codec,
				new ListingClient.Response(status, "application/json", header, body.getBytes(StandardCharsets.UTF_8)));
	}

	private String header(String url, String description, Map<String, Object> extensions) {
		PaymentRequirements offer = new PaymentRequirements("exact", "eip155:84532", BigInteger.valueOf(50000),
				"0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 300,
				Map.of());
		return this.codec.encode(new PaymentRequiredDocument(2, null,
				new ResourceInfo(url, description, "application/json"), List.of(offer), extensions));
	}

}
