/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What follows from the scheme of an offer.
 */
class SchemesTests {

	private static final String NETWORK = "eip155:84532";

	private static final String ACCOUNT = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final String OTHER = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	private static final EvmPayload.Eip3009 EIP3009 = new EvmPayload.Eip3009("0x00", ACCOUNT, ACCOUNT, BigInteger.TEN,
			BigInteger.ZERO, BigInteger.TEN, "0x00");

	@Test
	void whenExactThenThePriceIsChargedAndThePaymentHasTheFormThatTheOfferAsksFor() {
		PaymentRequirements byToken = offer("exact", Map.of());
		PaymentRequirements byPermit2 = offer("exact", Map.of("assetTransferMethod", "permit2"));
		assertThat(Schemes.EXACT.isMetered()).isFalse();
		assertThat(Schemes.EXACT.receiptAmount(BigInteger.ONE)).isNull();
		assertThat(Schemes.EXACT.isSettledByNothing(BigInteger.ZERO)).isFalse();
		for (ProtocolVersion version : ProtocolVersion.values()) {
			assertThat(Schemes.EXACT.takes(EIP3009, byToken, version)).isTrue();
			assertThat(Schemes.EXACT.takes(permit2(null), byToken, version)).isFalse();
			assertThat(Schemes.EXACT.takes(permit2(null), byPermit2, version)).isTrue();
			assertThat(Schemes.EXACT.takes(permit2(ACCOUNT), byPermit2, version)).isFalse();
			assertThat(Schemes.EXACT.takes(EIP3009, byPermit2, version)).isFalse();
		}
		assertThat(Schemes.EXACT.takes(EIP3009, offer("exact", Map.of("assetTransferMethod", "other")),
				ProtocolVersion.V2))
			.isFalse();
	}

	@Test
	void whenUptoThenThePriceIsTheMaximumAndOnlyPermit2WithAFacilitatorPays() {
		PaymentRequirements offer = offer("upto", Map.of("facilitatorAddress", ACCOUNT));
		assertThat(Schemes.UPTO.isMetered()).isTrue();
		assertThat(Schemes.UPTO.receiptAmount(BigInteger.ONE)).isEqualTo("1");
		assertThat(Schemes.UPTO.isSettledByNothing(BigInteger.ZERO)).isTrue();
		assertThat(Schemes.UPTO.isSettledByNothing(BigInteger.ONE)).isFalse();
		assertThat(Schemes.UPTO.takes(permit2(ACCOUNT), offer, ProtocolVersion.V2)).isTrue();
		assertThat(Schemes.UPTO.takes(permit2(ACCOUNT), offer, ProtocolVersion.V1)).isFalse();
		assertThat(Schemes.UPTO.takes(permit2(null), offer, ProtocolVersion.V2)).isFalse();
		assertThat(Schemes.UPTO.takes(EIP3009, offer, ProtocolVersion.V2)).isFalse();
		assertThat(Schemes.UPTO.isComplete(offer)).isTrue();
		assertThat(Schemes.UPTO.isComplete(offer("upto", Map.of()))).isFalse();
		assertThat(Schemes.UPTO.comparedExtra(offer)).isEmpty();
		assertThat(Schemes.UPTO.isOn(new NetworkId("solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1"))).isFalse();
	}

	@Test
	void whenTheSchemeIsUnknownThenItIsLeftToTheFacilitator() {
		SchemeRules rules = Schemes.named("batch-settlement");
		assertThat(rules.name()).isEqualTo("batch-settlement");
		assertThat(rules.isMetered()).isFalse();
		assertThat(rules.isUnderstood()).isFalse();
		assertThat(rules.isIn(ProtocolVersion.V1)).isFalse();
		assertThat(rules.permit2Proxy()).isNull();
		assertThat(rules.takes(EIP3009, offer("batch-settlement", Map.of()), ProtocolVersion.V2)).isTrue();
	}

	@Test
	void whenSupportedThenVersionOneIsNamedWhereSchemeAndNetworkExistThere() {
		NetworkId network = new NetworkId(NETWORK);
		assertThat(Schemes.EXACT.kinds(network, "base-sepolia", ACCOUNT)).containsExactly(
				new SupportedResponse.Kind(2, "exact", NETWORK, null),
				new SupportedResponse.Kind(1, "exact", "base-sepolia", null));
		assertThat(Schemes.UPTO.kinds(network, "base-sepolia", ACCOUNT))
			.containsExactly(new SupportedResponse.Kind(2, "upto", NETWORK, Map.of("facilitatorAddress", ACCOUNT)));
		assertThat(Schemes.UPTO.kinds(new NetworkId("stellar:testnet"), null, ACCOUNT)).isEmpty();
	}

	private static PaymentRequirements offer(String scheme, Map<String, Object> extra) {
		return new PaymentRequirements(scheme, NETWORK, BigInteger.TEN, OTHER, ACCOUNT, 60, extra);
	}

	private static EvmPayload.Permit2 permit2(String facilitator) {
		return new EvmPayload.Permit2("0x00", ACCOUNT, OTHER, BigInteger.TEN, EvmPayload.Permit2.EXACT_PROXY, "1",
				BigInteger.TEN, ACCOUNT, BigInteger.ZERO, facilitator);
	}

}
