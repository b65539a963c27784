/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Facilitator} is known to support, for those who cannot wait for it. Safe
 * for concurrent use.
 *
 * @since 0.1.0
 */
public final class SupportedKinds {

	private static final Duration REFRESH = Duration.ofSeconds(30);

	/** What the seller alone decides. */
	private static final Set<String> RESERVED = Set.of(PaymentRequirements.PAYMENT_FLOW,
			PaymentRequirements.ASSET_TRANSFER_METHOD);

	/** An offer has to fit into a header, whatever a facilitator makes up. */
	private static final int MAX_EXTRA = 1024;

	private final SupportedCache cache;

	/**
	 * Create a view of a facilitator.
	 * @param facilitator the facilitator, which is asked in the background
	 */
	public SupportedKinds(Facilitator facilitator) {
		this.cache = SupportedCache.of(facilitator::supported, REFRESH);
	}

	/**
	 * Return what is known now, without waiting. As long as nothing changes this is the
	 * same object.
	 * @return the supported kinds, or {@code null} if nothing is known yet
	 */
	public @Nullable SupportedResponse known() {
		return this.cache.known();
	}

	/**
	 * Return what is supported, waiting for it if nothing is known yet.
	 * @return the supported kinds
	 * @throws FacilitatorException if they cannot be had right now
	 */
	public SupportedResponse get() {
		return this.cache.get();
	}

	/**
	 * Add to an offer what the facilitator wants it to say, such as who pays the fees.
	 * Entries that the offer has already stay as they are, and the payment flow and the
	 * transfer method are the seller's alone. More than 1024 characters are ignored.
	 * @param offer the offer
	 * @param supported what is supported, or {@code null} if it is not known
	 * @return the offer, the same object if there is nothing to add
	 */
	public static PaymentRequirements complete(PaymentRequirements offer, @Nullable SupportedResponse supported) {
		Kind kind = (supported != null) ? find(supported, offer) : null;
		if (kind == null || kind.extra() == null || kind.extra().toString().length() > MAX_EXTRA) {
			return offer;
		}
		Map<String, Object> extra = new LinkedHashMap<>(offer.extra());
		kind.extra().forEach((name, value) -> {
			if (!RESERVED.contains(name)) {
				extra.putIfAbsent(name, value);
			}
		});
		return (extra.size() == offer.extra().size()) ? offer : new PaymentRequirements(offer.scheme(), offer.network(),
				offer.amount(), offer.asset(), offer.payTo(), offer.maxTimeoutSeconds(), extra);
	}

	/**
	 * Find the kind of an offer.
	 * @return the kind of protocol version 2, or {@code null} if it is not supported
	 */
	static @Nullable Kind find(SupportedResponse supported, PaymentRequirements offer) {
		return supported.kinds()
			.stream()
			.filter((kind) -> kind.x402Version() == ProtocolVersion.V2.number() && kind.scheme().equals(offer.scheme())
					&& kind.network().equals(offer.network()))
			.findFirst()
			.orElse(null);
	}

}
