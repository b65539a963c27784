/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;
import java.util.Map;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentRequirements;

/**
 * A challenge with the encoder of its offers.
 *
 * @param offers the offers
 * @param refusal why the request is refused
 * @param encoder the encoder
 * @param pathParams values of the path variables that the mapping declares, by name
 * @param extensions protocol extensions of this challenge alone, by key
 * @param quotes offers that the encoder does not have
 */
record EncodedChallenge(PaymentOffers offers, PaymentRefusal refusal, ChallengeEncoder encoder,
		Map<String, String> pathParams, Map<String, Object> extensions,
		List<PaymentRequirements> quotes) implements PaymentChallenge {

	@Override
	public String header() {
		return this.encoder.header(resource(), this.refusal);
	}

	@Override
	public byte[] document() {
		return this.encoder.document(resource(), this.refusal);
	}

	@Override
	public byte[] body() {
		return this.encoder.body(resource(), this.refusal);
	}

	private ChallengedResource resource() {
		return new ChallengedResource(this.offers.resource().url(), this.pathParams, this.extensions, this.quotes);
	}

}
