/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.protocol.GasSponsorship;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SupportedResponse;
import org.jspecify.annotations.Nullable;

/**
 * Completes offers with the entries that the facilitator adds to them, and encodes them.
 */
final class Challenges {

	private final PaymentCodec codec;

	private final ChallengeSettings settings;

	private final Networks networks;

	private final Supplier<@Nullable SupportedResponse> supported;

	/**
	 * Create an instance.
	 * @param codec encodes offers
	 * @param settings how challenges are written
	 * @param networks the known networks
	 * @param supported returns without waiting what the facilitator supports,
	 * {@code null} while that is unknown
	 */
	Challenges(PaymentCodec codec, ChallengeSettings settings, Networks networks,
			Supplier<@Nullable SupportedResponse> supported) {
		this.codec = codec;
		this.settings = settings;
		this.networks = networks;
		this.supported = supported;
	}

	/**
	 * Return the maximum length of a description.
	 */
	int maxDescriptionLength() {
		return this.settings.maxDescriptionLength();
	}

	/**
	 * Return what facilitators get with a payment besides it.
	 * @param payment the payment
	 * @param declaration returns how its resource is declared, by key of the protocol
	 * extension
	 * @return extensions by key
	 */
	Map<String, Object> declared(PaymentPayload.V2 payment, Supplier<Map<String, Object>> declaration) {
		Map<String, Object> declared = new LinkedHashMap<>(BuilderCode.of(this.settings.extensions(), payment));
		boolean repeated = payment.extensions() != null && payment.extensions().containsKey(ResourceDeclaration.KEY);
		if (repeated || this.settings.alwaysDeclared()) {
			declared.putAll(declaration.get());
		}
		return declared;
	}

	/**
	 * Return what the facilitator supports.
	 * @return its response, or {@code null} while that is unknown
	 */
	@Nullable SupportedResponse supported() {
		return this.supported.get();
	}

	/**
	 * Complete offers and leave out those that no buyer could sign.
	 * @param offers the offers
	 * @param known what the facilitator supports, as far as that is known
	 * @return the offers that can be paid
	 */
	static List<PaymentRequirements> payable(List<PaymentRequirements> offers, @Nullable SupportedResponse known) {
		return offers.stream()
			.map((offer) -> (known != null) ? known.complete(offer) : offer)
			.filter((offer) -> Schemes.of(offer).isComplete(offer))
			.toList();
	}

	ChallengeEncoder encoder(PaymentOffers offers, @Nullable ResourceDeclaration declaration) {
		return encoder(offers, supported(), declaration);
	}

	ChallengeEncoder encoder(PaymentOffers offers, @Nullable SupportedResponse known,
			@Nullable ResourceDeclaration declaration) {
		Map<String, Object> sponsored = (known != null)
				? GasSponsorship.declarations(known.extensions(), offers.accepts()) : Map.of();
		return new ChallengeEncoder(this.codec, this.settings.with(sponsored), this.networks, offers, declaration);
	}

}
