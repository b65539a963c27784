/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * Offers for tests.
 */
public final class Offers {

	static final PaymentCodec CODEC = new PaymentCodec(1024 * 1024);

	public static final Networks NETWORKS = Networks.load();

	static final PaymentRequirements BASE_SEPOLIA = on("eip155:84532");

	static final PaymentRequirements ARBITRUM_SEPOLIA = on("eip155:421614");

	private Offers() {
	}

	static PaymentRequirements on(String network) {
		return new PaymentRequirements("exact", network, BigInteger.valueOf(50000),
				NETWORKS.get(network).assets().get(0).address(), "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60,
				Map.of("name", "USDC", "version", "2"));
	}

	static PaymentOffers offers(String url, @Nullable String description, PaymentRequirements... offers) {
		return new PaymentOffers(new ResourceInfo(url, description, "application/json"), List.of(offers));
	}

	/**
	 * Refuse a request for one offer on Base Sepolia.
	 */
	public static PaymentChallenge challenge(String url, String description, PaymentRefusal refusal) {
		return new EncodedChallenge(offers(url, description, BASE_SEPOLIA), refusal,
				encoder(6144, description, BASE_SEPOLIA), Map.of(), Map.of(), List.of());
	}

	/**
	 * Begin to build prices that are paid to an address on a network.
	 */
	static HandlerPricing.Builder pricing(String payTo, String network, int headerLimit) {
		return HandlerPricing.builder(NETWORKS, new DefaultListableBeanFactory(), CODEC)
			.payTo(payTo)
			.networks(List.of(network))
			.versions(Set.of(ProtocolVersion.V2))
			.headerLimit(headerLimit);
	}

	static ChallengeEncoder encoder(int budget, @Nullable String description, PaymentRequirements... offers) {
		return new ChallengeEncoder(CODEC,
				new ChallengeSettings(Set.of(ProtocolVersion.V1, ProtocolVersion.V2), budget, 500, Map.of(), false),
				NETWORKS, offers("", description, offers));
	}

}
