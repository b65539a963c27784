/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentCodec;
import org.jspecify.annotations.Nullable;

/**
 * A refusal that does not ask for payment, since it is not known for how much.
 *
 * @param codec encodes the body
 * @param refusal why the request is refused
 */
record ChallengeWithoutOffers(PaymentCodec codec, PaymentRefusal refusal) implements PaymentChallenge {

	@Override
	public @Nullable PaymentOffers offers() {
		return null;
	}

	@Override
	public String header() {
		throw new IllegalStateException("There are no offers");
	}

	@Override
	public byte[] document() {
		throw new IllegalStateException("There are no offers");
	}

	@Override
	public byte[] body() {
		Map<String, Object> body = new LinkedHashMap<>();
		body.put("error", this.refusal.error());
		body.putAll(ChallengeEncoder.reason(this.refusal));
		return this.codec.write(body);
	}

}
