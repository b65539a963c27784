/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.util.Locale;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;

/**
 * A signed payment as it goes over the wire.
 *
 * @param version protocol version of the buyer
 * @param value value of the payment header
 * @param authorization what was signed
 * @param offer what it was signed for
 */
public record Payment(ProtocolVersion version, String value, EvmPayload.Eip3009 authorization,
		PaymentRequirements offer) {

	String headerLine() {
		return this.version.paymentHeader() + ": " + this.value;
	}

	public AuthorizationKey key() {
		return new AuthorizationKey(this.offer.network(), this.offer.asset().toLowerCase(Locale.ROOT),
				this.authorization.from().toLowerCase(Locale.ROOT), this.authorization.nonce());
	}

	/**
	 * The transaction that settles this payment.
	 */
	public String transaction() {
		return this.authorization.nonce();
	}

}
