/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.payment.Payments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Identity of payments.
 */
class AuthorizationKeyTests {

	private static final String SOLANA = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1";

	@Test
	void whenOnlyTheSignatureDiffersThenItIsTheSamePayment() {
		Map<String, Object> other = new HashMap<>(Payments.authorization(1));
		other.put("signature", "0x" + "11".repeat(65));
		assertThat(key(Payments.OFFER, other)).isEqualTo(key(Payments.OFFER, Payments.authorization(1)));
	}

	@Test
	void whenOnlyTheLetterCaseDiffersThenItIsTheSamePayment() {
		Map<String, Object> authorization = new HashMap<>(member(Payments.authorization(0xabcdef), "authorization"));
		authorization.put("from", Payments.PAYER.toLowerCase(Locale.ROOT));
		authorization.put("nonce", "0x" + Payments.nonce(0xabcdef).substring(2).toUpperCase(Locale.ROOT));
		Map<String, Object> other = Map.of("signature", "0x00", "authorization", authorization);
		PaymentRequirements offer = Payments.offer(Payments.NETWORK, 10_000, Payments.ASSET.toLowerCase(Locale.ROOT),
				Payments.SELLER, Map.of());
		assertThat(key(offer, other)).isEqualTo(key(Payments.OFFER, Payments.authorization(0xabcdef)));
	}

	@Test
	void whenAnythingThatWasSignedDiffersThenItIsAnotherPayment() {
		AuthorizationKey key = key(Payments.OFFER, Payments.authorization(1));
		Map<String, Object> authorization = new HashMap<>(member(Payments.authorization(1), "authorization"));
		authorization.put("from", Payments.SELLER);
		assertThat(key).isNotEqualTo(key(Payments.OFFER, Payments.authorization(2)))
			.isNotEqualTo(key(Payments.OFFER, Map.of("signature", "0x00", "authorization", authorization)))
			.isNotEqualTo(key(offer("eip155:8453"), Payments.authorization(1)))
			.isNotEqualTo(key(Payments.offer(Payments.NETWORK, 1, Payments.SELLER, Payments.SELLER, Map.of()),
					Payments.authorization(1)));
	}

	@Test
	void whenSentInBothVersionsThenItIsTheSamePayment() {
		assertThat(Payments.key(Payments.paymentV1(1))).isEqualTo(Payments.key(Payments.payment(1)));
	}

	@Test
	void whenPermit2ThenPayerAndNonceTellPaymentsApart() {
		AuthorizationKey key = key(Payments.OFFER, permit("7", "0x01"));
		assertThat(key).isEqualTo(new AuthorizationKey(Payments.NETWORK, Payments.ASSET.toLowerCase(Locale.ROOT),
				Payments.PAYER.toLowerCase(Locale.ROOT), "7"));
		assertThat(key).isEqualTo(key(Payments.OFFER, permit("7", "0x02")))
			.isNotEqualTo(key(Payments.OFFER, permit("8", "0x01")));
	}

	@Test
	void whenSolanaThenTheMessageCountsAndNotItsSignatures() {
		AuthorizationKey key = solana(transaction(1, 'a', "message"));
		assertThat(key).isNotNull().isEqualTo(solana(transaction(1, 'b', "message")));
		assertThat(key).isEqualTo(solana(transaction(1, 'a', "message").replace("=", "")));
		assertThat(key).isEqualTo(solana(transaction(2, 'a', "message")));
		assertThat(key).isNotEqualTo(solana(transaction(1, 'a', "another message")));
	}

	@Test
	void whenASolanaPaymentHasAnotherMemberThenItIsTheSamePayment() {
		String transaction = transaction(1, 'a', "message");
		assertThat(key(offer(SOLANA), Map.of("transaction", transaction, "note", "again")))
			.isEqualTo(solana(transaction));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "!", "AQ==", "gAAA", "A AAA", "AA\\nAA" })
	void whenASolanaTransactionCannotBeReadThenItMayHaveOtherKeys(String transaction) {
		SchemePayload payload = new NetworkId(SOLANA).read(Map.of("transaction", transaction.replace("\\n", "\n")));
		assertThat(payload.hasOneKey()).isFalse();
	}

	@Test
	void whenAnotherFamilyThenOrderOfMembersAndSpellingOfNumbersDoNotMatter() {
		Map<String, Object> first = new LinkedHashMap<>();
		first.put("transaction", transaction(1, 'a', "message"));
		first.put("inner", ordered("a", 1, "b", List.of(10, "x")));
		first.put("signature", "one");
		Map<String, Object> second = new LinkedHashMap<>();
		second.put("signature", "two");
		second.put("inner", ordered("b", List.of(new BigDecimal("1e1"), "x"), "a", new BigDecimal("1.0")));
		second.put("transaction", transaction(1, 'a', "message"));
		assertThat(key(offer("stellar:testnet"), first)).isNotNull().isEqualTo(key(offer("stellar:testnet"), second));
	}

	@Test
	void whenAnotherFamilyThenEveryMemberButTheSignatureCounts() {
		PaymentRequirements offer = offer("stellar:testnet");
		assertThat(key(offer, Map.of("transaction", transaction(1, 'a', "message"))))
			.isNotEqualTo(key(offer, Map.of("transaction", transaction(1, 'b', "message"))));
		assertThat(key(offer, Map.of("list", List.of("a", "b"))))
			.isNotEqualTo(key(offer, Map.of("list", List.of("ab"))));
		assertThat(key(offer, Map.of("a", "b"))).isNotEqualTo(key(offer, Map.of("a", Map.of("b", ""))));
	}

	@Test
	void whenPrintedThenTheNonceIsNotShown() {
		assertThat(key(Payments.OFFER, Payments.authorization(0xbeef)).toString()).doesNotContain("beef");
	}

	private static AuthorizationKey key(PaymentRequirements offer, Map<String, Object> payload) {
		return offer.networkId().key(offer.networkId().read(payload), offer.asset());
	}

	private static AuthorizationKey solana(String transaction) {
		return key(offer(SOLANA), Map.of("transaction", transaction));
	}

	private static PaymentRequirements offer(String network) {
		return Payments.offer(network, 10_000, Payments.ASSET, Payments.SELLER, Map.of());
	}

	private static String transaction(int signatures, char signature, String message) {
		String text = (char) signatures + String.valueOf(signature).repeat(64 * signatures) + message;
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	private static Map<String, Object> permit(String nonce, String signature) {
		return Map.of("signature", signature, "permit2Authorization",
				Map.of("from", Payments.PAYER, "permitted", Map.of("token", Payments.ASSET, "amount", "10000"),
						"spender", Payments.SELLER, "nonce", nonce, "deadline", "1900000000", "witness",
						Map.of("to", Payments.SELLER, "validAfter", "0")));
	}

	private static Map<String, Object> ordered(String key, Object value, String otherKey, Object otherValue) {
		Map<String, Object> map = new LinkedHashMap<>();
		map.put(key, value);
		map.put(otherKey, otherValue);
		return map;
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> member(Map<String, Object> map, String name) {
		return (Map<String, Object>) map.get(name);
	}

}
