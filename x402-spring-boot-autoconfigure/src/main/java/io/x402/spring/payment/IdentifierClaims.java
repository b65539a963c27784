/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PayloadDigest;
import io.x402.spring.protocol.PaymentIdentifier;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Binds identifiers that buyers give their payments. An identifier is bound as firmly as
 * a payment whose settlement has begun, because the payment may be settled when this
 * process dies, and until nothing will be charged for the payment.
 */
final class IdentifierClaims {

	private static final Log logger = LogFactory.getLog(IdentifierClaims.class);

	private final PaymentStore store;

	private final PaymentIdentifiers mode;

	IdentifierClaims(PaymentStore store, PaymentIdentifiers mode) {
		this.store = store;
		this.mode = mode;
	}

	/**
	 * Bind the identifier of a payment.
	 * @param attempt the request with its payment
	 * @param claim the claim of the payment
	 * @return the claim of the identifier, or {@code null} if there is none to bind
	 * @throws InvalidPaymentException if it belongs to another payment, or is missing
	 * although it is required
	 */
	@Nullable Claim bind(Attempt attempt, Claim claim) {
		String identifier = (this.mode != PaymentIdentifiers.OFF) ? PaymentIdentifier.of(attempt.payload()) : null;
		if (identifier == null) {
			if (this.mode == PaymentIdentifiers.REQUIRED) {
				throw new InvalidPaymentException(ReasonCode.PAYMENT_IDENTIFIER_REQUIRED, "No payment identifier");
			}
			return null;
		}
		AuthorizationKey key = key(identifier, attempt.request().route(), attempt.payer());
		Claim taken = this.store.claim(new NewClaim(key, attempt.digest(), attempt.digest(), claim.expiresAt(), null));
		if (taken != null) {
			return this.store.advance(taken, ClaimChange.bound());
		}
		Claim other = this.store.find(key);
		if (other == null || !other.fingerprint().equals(attempt.digest())) {
			throw new InvalidPaymentException(ReasonCode.PAYMENT_IDENTIFIER_CONFLICT, "Another payment");
		}
		// A new version, which an earlier request of the same payment cannot give back
		return this.store.advance(other, ClaimChange.bound());
	}

	/**
	 * Keep the identifier of a payment as long as its claim, which is in doubt.
	 * @param payment the payment
	 * @param claim its claim
	 */
	void keep(PaymentPayload payment, Claim claim) {
		AuthorizationKey key = key(payment, claim);
		if (key == null) {
			return;
		}
		try {
			Claim bound = this.store.find(key);
			if (bound == null) {
				bound = this.store.claim(new NewClaim(key, claim.payload(), claim.payload(), claim.expiresAt(), null));
			}
			if (bound != null && bound.payload().equals(claim.payload())) {
				Duration later = Duration.between(bound.expiresAt(), claim.expiresAt());
				this.store.advance(bound, ClaimChange.bound().prolonged(later));
			}
		}
		catch (PaymentStoreException ex) {
			logger.warn("An identifier could not be kept and is free when it expires: " + ex.getMessage());
		}
	}

	/**
	 * Free the identifier of a payment that was declined when its request had ended. One
	 * that cannot be freed stays bound until it expires.
	 * @param payment the payment
	 * @param claim its claim
	 */
	void free(PaymentPayload payment, Claim claim, String reason) {
		AuthorizationKey key = key(payment, claim);
		if (key == null) {
			return;
		}
		try {
			Claim bound = this.store.find(key);
			if (bound != null && bound.payload().equals(claim.payload())) {
				this.store.release(bound, reason);
			}
		}
		catch (PaymentStoreException ex) {
			logger.warn("An identifier could not be given back and stays until it expires: " + ex.getMessage());
		}
	}

	private @Nullable AuthorizationKey key(PaymentPayload payment, Claim claim) {
		String identifier = (this.mode != PaymentIdentifiers.OFF) ? PaymentIdentifier.of(payment) : null;
		return (identifier != null && claim.sale() != null)
				? key(identifier, claim.sale().route(), claim.sale().payer()) : null;
	}

	private static AuthorizationKey key(String identifier, String route, @Nullable String payer) {
		return new AuthorizationKey(PaymentIdentifier.KEY, PayloadDigest.of(Map.of("route", route)),
				(payer != null) ? payer.toLowerCase(Locale.ROOT) : "", identifier);
	}

}
