/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Permit2Signer}.
 */
class Permit2SignerTests {

	private static final String UPTO_SIGNATURE = "0x356e77b9b1d280f180d65c78691dab3af475518e95733a89d156085eff270f22"
			+ "64c7fa877914d15bb731e2e2b16ceb803f0a8173c3600c1839cbd1828bf515bb1b";

	private static final Instant END = Instant.ofEpochSecond(1_900_000_000);

	private final Permit2Signer signer = new Permit2Signer(new PrivateKeySigner("11".repeat(32)));

	@Test
	void whenSamePermitIsSignedThenSignatureIsThatOfTheOfficialSigner() {
		JsonNode vector = Vectors.get(Vectors.PERMIT2);
		Map<String, Object> payment = this.signer.sign(Vectors.offer(Vectors.PERMIT2), END,
				new BigInteger(vector.at("/message/nonce").asString()));
		assertThat(payment).isEqualTo(Vectors.payload(Vectors.PERMIT2));
	}

	@Test
	void whenSameUptoPermitIsSignedThenSignatureIsThatOfTheOfficialSigner() {
		Map<String, Object> payment = this.signer.sign(upto(Map.of("facilitatorAddress", "0x" + "11".repeat(20))), END,
				BigInteger.valueOf(123_456_789));
		assertThat(payment.get("signature")).isEqualTo(UPTO_SIGNATURE);
		Map<?, ?> permit = (Map<?, ?>) payment.get("permit2Authorization");
		assertThat(permit.get("spender")).isEqualTo("0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002");
		assertThat(permit.get("witness")).isEqualTo(Map.of("to", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
				"facilitator", "0x" + "11".repeat(20), "validAfter", "0"));
	}

	@Test
	void whenUptoOfferNamesNoFacilitatorThenIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.signer.sign(upto(Map.of()), END))
			.withMessageContaining("facilitator");
	}

	@Test
	void whenManyAreSignedThenEachHasANonceOfItsOwnAndPassesTheCheck() {
		PaymentRequirements offer = Vectors.offer(Vectors.PERMIT2);
		Set<Object> nonces = new HashSet<>();
		for (int i = 0; i < 50; i++) {
			Map<String, Object> payment = this.signer.sign(offer, END);
			assertThat(new Permit2SignatureCheck().check(Vectors.request(offer, payment))).isNull();
			nonces.add(((Map<?, ?>) payment.get("permit2Authorization")).get("nonce"));
		}
		assertThat(nonces).hasSize(50);
	}

	private static PaymentRequirements upto(Map<String, Object> extra) {
		return new PaymentRequirements("upto", "eip155:84532", BigInteger.valueOf(1_000_000),
				"0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60, extra);
	}

}
