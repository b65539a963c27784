/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.time.Clock;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.TransferPayload;
import io.x402.spring.protocol.TransferQuotes;
import org.jspecify.annotations.Nullable;

/**
 * Checks payments of scheme {@code transfer} as far as that needs no node: that the quote
 * was made here, for this offer and request, and can still be presented. A signature that
 * is not the one of a plain account is left to the chain, because the sender can be a
 * contract wallet.
 *
 * @since 0.2.0
 */
public final class TransferCheck implements PayloadCheck {

	private final TransferQuotes quotes;

	private final Clock clock;

	/**
	 * Create a check.
	 * @param quotes recognizes quotes
	 * @param clock the time
	 */
	public TransferCheck(TransferQuotes quotes, Clock clock) {
		this.quotes = quotes;
		this.clock = clock;
	}

	@Override
	public @Nullable ReasonCode check(FacilitatorRequest request) {
		PaymentRequirements offer = request.accepted();
		if (!Schemes.of(offer).isPaidBefore()) {
			return null;
		}
		if (!(request.signed() instanceof TransferPayload payment)) {
			return ReasonCode.UNSUPPORTED_PAYLOAD;
		}
		if (!this.quotes.isIntact(payment.quote(), offer, request.resource().url())) {
			return ReasonCode.QUOTE_INVALID;
		}
		return this.clock.instant().isAfter(payment.quote().presentableUntil()) ? ReasonCode.QUOTE_EXPIRED : null;
	}

	@Override
	public boolean provesPayer(FacilitatorRequest request) {
		return request.signed() instanceof TransferPayload payment && isSignedByAccount(request, payment);
	}

	/**
	 * Return whether the key of a plain account has signed that it made a transfer.
	 * @param request payment and offer
	 * @param payment the same payment
	 * @return {@code false} if another key has signed, or a contract wallet
	 */
	public static boolean isSignedByAccount(FacilitatorRequest request, TransferPayload payment) {
		return PersonalMessage.isSignedBy(payment.from(), text(request, payment), payment.signature());
	}

	/**
	 * Return what the sender of a transfer signs.
	 * @param request payment and offer
	 * @param payment the same payment
	 * @return the text
	 */
	public static String text(FacilitatorRequest request, TransferPayload payment) {
		return TransferQuotes.text(request.accepted(), request.resource().url(), payment);
	}

}
