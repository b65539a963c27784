/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EvmPayload}.
 */
class EvmPayloadTests {

	private static final String SIGNATURE = "0x" + "4f".repeat(65);

	private static final String FROM = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";

	private static final String TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final String PROXY = "0x402085c248EeA27D92E8b30b2C58ed07f9E20001";

	private static final String TOKEN = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	@Test
	void whenPayloadIsEip3009ThenAllMembersAreRead() {
		assertThat(EvmPayload.from(eip3009()))
			.isEqualTo(new EvmPayload.Eip3009(SIGNATURE, FROM, TO, BigInteger.valueOf(50_000), BigInteger.ZERO,
					BigInteger.valueOf(1_900_000_000L), "0x" + "ab".repeat(32)));
	}

	@Test
	void whenPayloadIsPermit2ThenAllMembersAreRead() {
		assertThat(EvmPayload.from(permit2()))
			.isEqualTo(new EvmPayload.Permit2(SIGNATURE, FROM, TOKEN, BigInteger.valueOf(50_000), PROXY, "77",
					BigInteger.valueOf(1_900_000_000L), TO, BigInteger.ZERO, null));
	}

	@Test
	void whenPayloadIsSentOnThenItHoldsTheKnownMembersOnly() {
		Map<String, Object> eip3009 = eip3009();
		eip3009.put("unknown", "x");
		authorization(eip3009).put("unknown", "x");
		Map<String, Object> permit2 = permit2();
		permit2.put("unknown", "x");
		assertThat(read(eip3009).toMap()).isEqualTo(eip3009());
		assertThat(read(permit2).toMap()).isEqualTo(permit2());
	}

	@Test
	void whenNonceIsInUpperCaseThenItIsTheSameNonce() {
		Map<String, Object> payload = eip3009();
		authorization(payload).put("nonce", "0x" + "AB".repeat(32));
		assertThat(read(payload).nonce()).isEqualTo(read(eip3009()).nonce());
		assertThat(new EvmPayload.Eip3009(SIGNATURE, FROM, TO, BigInteger.ONE, BigInteger.ZERO, BigInteger.ONE,
				"0x" + "AB".repeat(32))
			.nonce()).isEqualTo("0x" + "ab".repeat(32));
	}

	@ParameterizedTest
	@ValueSource(strings = { "from", "to", "value", "validAfter", "validBefore", "nonce" })
	void whenAMemberOfEip3009IsMissingOrOfAnotherTypeThenThereIsNoPayload(String member) {
		Map<String, Object> payload = eip3009();
		authorization(payload).put(member, 1.5);
		assertThat(EvmPayload.from(payload)).isNull();
		authorization(payload).remove(member);
		assertThat(EvmPayload.from(payload)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "from", "permitted", "spender", "nonce", "deadline", "witness" })
	void whenAMemberOfPermit2IsMissingOrOfAnotherTypeThenThereIsNoPayload(String member) {
		Map<String, Object> payload = permit2();
		permit2Authorization(payload).put(member, 1.5);
		assertThat(EvmPayload.from(payload)).isNull();
		permit2Authorization(payload).remove(member);
		assertThat(EvmPayload.from(payload)).isNull();
	}

	@Test
	void whenIntegersAreJsonNumbersThenTheyAreReadAndSentOnAsStrings() {
		Map<String, Object> eip3009 = eip3009();
		authorization(eip3009).put("value", 50_000);
		authorization(eip3009).put("validAfter", 0);
		authorization(eip3009).put("validBefore", 1_900_000_000L);
		Map<String, Object> permit2 = permit2();
		permit2Authorization(permit2).put("nonce", BigInteger.valueOf(77));
		permit2Authorization(permit2).put("deadline", 1_900_000_000);
		permit2Authorization(permit2).put("permitted", Map.of("token", TOKEN, "amount", 50_000));
		permit2Authorization(permit2).put("witness", Map.of("to", TO, "validAfter", 0));
		assertThat(read(eip3009).toMap()).isEqualTo(eip3009());
		assertThat(read(permit2).toMap()).isEqualTo(permit2());
	}

	@Test
	void whenIntegersAreNumbersOfAnotherKindThenThereIsNoPayload() {
		for (Object number : new Object[] { 1.9e9, 1_900_000_000.5, -1, -1L, BigInteger.TWO.pow(256) }) {
			Map<String, Object> payload = eip3009();
			authorization(payload).put("validBefore", number);
			assertThat(EvmPayload.from(payload)).isNull();
		}
	}

	@Test
	void whenPermit2NonceIsHexadecimalThenThereIsNoPayload() {
		Map<String, Object> payload = permit2();
		permit2Authorization(payload).put("nonce", "0x4d");
		assertThat(EvmPayload.from(payload)).isNull();
	}

	@Test
	void whenSignatureIsMissingThenThereIsNoPayload() {
		Map<String, Object> eip3009 = eip3009();
		eip3009.remove("signature");
		Map<String, Object> permit2 = permit2();
		permit2.put("signature", "0x");
		assertThat(EvmPayload.from(eip3009)).isNull();
		assertThat(EvmPayload.from(permit2)).isNull();
	}

	@Test
	void whenThereAreTwoAuthorizationsThenThereIsNoPayload() {
		Map<String, Object> payload = permit2();
		payload.put("authorization", eip3009().get("authorization"));
		assertThat(EvmPayload.from(payload)).isNull();
	}

	@Test
	void whenTheOtherAuthorizationIsNullThenItIsAbsent() {
		Map<String, Object> eip3009 = eip3009();
		eip3009.put("permit2Authorization", null);
		Map<String, Object> permit2 = permit2();
		permit2.put("authorization", null);
		assertThat(EvmPayload.from(eip3009)).isInstanceOf(EvmPayload.Eip3009.class);
		assertThat(EvmPayload.from(permit2)).isInstanceOf(EvmPayload.Permit2.class);
	}

	@Test
	void whenThereIsNoAuthorizationThenThereIsNoPayload() {
		assertThat(EvmPayload.from(Map.of())).isNull();
		assertThat(EvmPayload.from(Map.of("transaction", "AQID"))).isNull();
		assertThat(EvmPayload.from(Map.of("authorization", "text", "signature", SIGNATURE))).isNull();
		assertThat(EvmPayload.from(Map.of("permit2Authorization", "text", "signature", SIGNATURE))).isNull();
	}

	@Test
	void whenPayloadIsPrintedThenNothingOfItIsShown() {
		assertThat(read(eip3009()).toString()).isEqualTo("EvmPayload.Eip3009[redacted]");
		assertThat(read(permit2()).toString()).isEqualTo("EvmPayload.Permit2[redacted]");
	}

	private static EvmPayload read(Map<String, Object> payload) {
		EvmPayload read = EvmPayload.from(payload);
		assertThat(read).isNotNull();
		return read;
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> authorization(Map<String, Object> payload) {
		return (Map<String, Object>) payload.get("authorization");
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> permit2Authorization(Map<String, Object> payload) {
		return (Map<String, Object>) payload.get("permit2Authorization");
	}

	private static Map<String, Object> eip3009() {
		Map<String, Object> authorization = new LinkedHashMap<>();
		authorization.put("from", FROM);
		authorization.put("to", TO);
		authorization.put("value", "50000");
		authorization.put("validAfter", "0");
		authorization.put("validBefore", "1900000000");
		authorization.put("nonce", "0x" + "ab".repeat(32));
		return new HashMap<>(Map.of("signature", SIGNATURE, "authorization", authorization));
	}

	private static Map<String, Object> permit2() {
		Map<String, Object> authorization = new HashMap<>();
		authorization.put("from", FROM);
		authorization.put("permitted", Map.of("token", TOKEN, "amount", "50000"));
		authorization.put("spender", PROXY);
		authorization.put("nonce", "77");
		authorization.put("deadline", "1900000000");
		authorization.put("witness", Map.of("to", TO, "validAfter", "0"));
		return new HashMap<>(Map.of("signature", SIGNATURE, "permit2Authorization", authorization));
	}

}
