/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigInteger;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.payment.StoredContentCipher.Use;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.store.Claim;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.UnsettledClaim;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Writes down what a facilitator is asked, so that any instance can ask the identical
 * question again.
 */
final class StoredRequests {

	private final PaymentCodec codec = new PaymentCodec();

	private final StoredContentCipher cipher;

	StoredRequests(StoredContentCipher cipher) {
		this.cipher = cipher;
	}

	byte[] write(FacilitatorRequest request, Claim claim) {
		PaymentPayload payload = request.payload();
		Stored stored = new Stored((payload instanceof PaymentPayload.V2 v2) ? v2 : null,
				(payload instanceof PaymentPayload.V1 v1) ? v1 : null, request.accepted(),
				request.requirements().amount(), request.resource());
		return this.cipher.seal(this.codec.write(stored), claim, Use.REQUEST);
	}

	/**
	 * Read what was asked.
	 * @throws PaymentStoreException if it cannot be read
	 */
	FacilitatorRequest read(UnsettledClaim unsettled) {
		byte[] json = this.cipher.open(unsettled.request(), unsettled.claim(), Use.REQUEST);
		try {
			Stored stored = this.codec.read(json, Stored.class);
			PaymentPayload payload = (stored.v2() != null) ? stored.v2() : stored.v1();
			if (payload != null) {
				return new FacilitatorRequest(payload, stored.accepted(), stored.resource()).charging(stored.amount());
			}
		}
		catch (JacksonException ex) {
			// Falls through, its text may show the payment
		}
		throw new PaymentStoreException("What is kept beside a claim is no question to a facilitator");
	}

	private record Stored(PaymentPayload.@Nullable V2 v2, PaymentPayload.@Nullable V1 v1, PaymentRequirements accepted,
			BigInteger amount, ResourceInfo resource) {

		@Override
		public String toString() {
			return "Stored[redacted]";
		}

	}

}
