/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Instant;
import java.util.UUID;

import io.x402.spring.PaymentFlow;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.payment.VerificationGuard.Source;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.store.Claim;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.Sale;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * One request with one payment for one offer.
 *
 * @param offers offers for the request
 * @param question what a facilitator is asked about it
 * @param request what tells the request from others
 * @param digest digest of the payment
 * @param origin tells once where it comes from, which takes a look at its signature
 * @param preparation makes ready what is sold besides the response
 */
record Attempt(PaymentOffers offers, FacilitatorRequest question, RequestIdentity request, String digest,
		SingletonSupplier<Source> origin, SalePreparation preparation) {

	Source source() {
		return this.origin.obtain();
	}

	PaymentPayload payload() {
		return this.question.payload();
	}

	PaymentRequirements offer() {
		return this.question.requirements();
	}

	@Nullable String payer() {
		return this.question.payer();
	}

	/**
	 * Return whether the payment is settled before the handler runs.
	 */
	boolean isUpfront() {
		return PaymentFlow.of(offer()) == PaymentFlow.UPFRONT;
	}

	/**
	 * Return whether the money has moved before the payment is presented.
	 */
	boolean isPaidBefore() {
		return Schemes.of(offer()).isPaidBefore();
	}

	boolean isSamePayment(Claim claim) {
		return claim.payload().equals(this.digest);
	}

	NewClaim claim(AuthorizationKey key, Instant expiresAt) {
		return new NewClaim(key, this.request.fingerprint(), this.digest, expiresAt,
				new Sale(UUID.randomUUID().toString(), this.request.route(), offer().scheme(), offer().amount(),
						offer().payTo(), payer()));
	}

}
