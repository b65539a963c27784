/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SchemeRules;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the buyer signed with the offer, for schemes {@code exact} and
 * {@code upto} on EVM networks: kind of payload, recipient, token, amount and time of
 * validity. Other schemes and networks pass.
 * <p>
 * Times are compared without tolerance: a payment that starts in the future of this
 * machine's clock is refused, because a facilitator would refuse it too. Buyers are
 * expected to let a payment start in the past, as the official ones do.
 * <p>
 * A payment through Circle Gateway may be valid for a day longer than the seller's offer
 * asks for, if that is more than the limit for all others.
 *
 * @since 0.1.0
 */
public final class EvmPayloadCheck implements PayloadCheck {

	/**
	 * Time that must be left when a payment is settled, the same that the reference
	 * facilitator asks for.
	 */
	public static final Duration DEFAULT_MARGIN = Duration.ofSeconds(6);

	/**
	 * Longest time for which a payment may stay valid.
	 */
	public static final Duration DEFAULT_MAX_VALIDITY = Duration.ofHours(24);

	/**
	 * How much longer a payment through Circle Gateway may be valid than its offer asks
	 * for.
	 */
	private static final Duration GATEWAY_MARGIN = Duration.ofDays(1);

	private final Clock clock;

	private final Duration margin;

	private final Duration maxValidity;

	/**
	 * Create a check with the default limits.
	 * @param clock tells the current time
	 */
	public EvmPayloadCheck(Clock clock) {
		this(clock, DEFAULT_MARGIN, DEFAULT_MAX_VALIDITY);
	}

	/**
	 * Create a check.
	 * @param clock tells the current time
	 * @param margin time that must be left before a payment ends
	 * @param maxValidity longest time until a payment ends; must exceed the
	 * {@code maxTimeoutSeconds} of all offers by the drift of the buyers' clocks
	 */
	public EvmPayloadCheck(Clock clock, Duration margin, Duration maxValidity) {
		this.clock = clock;
		this.margin = margin;
		this.maxValidity = maxValidity;
	}

	@Override
	public @Nullable ReasonCode check(FacilitatorRequest request) {
		PaymentRequirements offer = request.accepted();
		SchemeRules rules = Schemes.of(offer);
		String proxy = rules.permit2Proxy();
		if (proxy == null || !offer.networkId().isEvm()) {
			return null;
		}
		if (!(request.signed() instanceof EvmPayload payment)
				|| !rules.takes(payment, offer, request.payload().version())) {
			return ReasonCode.UNSUPPORTED_PAYLOAD;
		}
		if (!payment.to().equalsIgnoreCase(offer.payTo()) || !isThrough(proxy, payment)) {
			return ReasonCode.RECIPIENT_MISMATCH;
		}
		if (!payment.value().equals(offer.amount()) || !isOfToken(payment, offer.asset())) {
			return ReasonCode.AMOUNT_MISMATCH;
		}
		return checkTime(payment, maxValidity(offer));
	}

	private static boolean isThrough(String proxy, EvmPayload payment) {
		return !(payment instanceof EvmPayload.Permit2 permit) || permit.spender().equalsIgnoreCase(proxy);
	}

	private static boolean isOfToken(EvmPayload payment, String asset) {
		return !(payment instanceof EvmPayload.Permit2 permit) || permit.token().equalsIgnoreCase(asset);
	}

	/**
	 * Only the seller's own offer asks for a payment that is valid for days.
	 */
	private Duration maxValidity(PaymentRequirements offer) {
		Duration asked = Duration.ofSeconds(offer.maxTimeoutSeconds()).plus(GATEWAY_MARGIN);
		return (GatewayBatch.isUsedBy(offer) && asked.compareTo(this.maxValidity) > 0) ? asked : this.maxValidity;
	}

	private @Nullable ReasonCode checkTime(EvmPayload payment, Duration maxValidity) {
		BigInteger now = BigInteger.valueOf(this.clock.instant().getEpochSecond());
		if (payment.validAfter().compareTo(now) > 0) {
			return ReasonCode.NOT_YET_VALID;
		}
		if (payment.validBefore().compareTo(now.add(seconds(this.margin))) < 0) {
			return ReasonCode.EXPIRED;
		}
		if (payment.validBefore().compareTo(now.add(seconds(maxValidity))) > 0) {
			return ReasonCode.VALIDITY_TOO_LONG;
		}
		return null;
	}

	private static BigInteger seconds(Duration duration) {
		return BigInteger.valueOf(duration.toSeconds());
	}

}
