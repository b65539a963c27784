/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;

/**
 * A challenge with the encoder of its offers.
 *
 * @param offers the offers
 * @param refusal why the request is refused
 * @param encoder the encoder
 */
record EncodedChallenge(PaymentOffers offers, PaymentRefusal refusal,
		ChallengeEncoder encoder) implements PaymentChallenge {

	@Override
	public String header() {
		return this.encoder.header(this.offers.resource().url(), this.refusal);
	}

	@Override
	public byte[] document() {
		return this.encoder.document(this.offers.resource().url(), this.refusal);
	}

	@Override
	public byte[] body() {
		return this.encoder.body(this.offers.resource().url(), this.refusal);
	}

}
