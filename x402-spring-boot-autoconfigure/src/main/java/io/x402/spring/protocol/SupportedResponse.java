/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Response of the facilitator's {@code /supported}.
 *
 * @param kinds what the facilitator can verify and settle
 * @param extensions keys of the extensions it processes
 * @param signers its settling addresses by CAIP pattern
 * @since 0.1.0
 */
public record SupportedResponse(@JsonProperty(required = true) List<Kind> kinds, List<String> extensions,
		Map<String, List<String>> signers) {

	/** Entries that the seller alone decides. */
	private static final Set<String> RESERVED = Set.of(PaymentRequirements.PAYMENT_FLOW,
			PaymentRequirements.ASSET_TRANSFER_METHOD);

	/** An offer must fit into a header, whatever a facilitator makes up. */
	private static final int MAX_EXTRA = 1024;

	public SupportedResponse {
		kinds = List.copyOf(kinds);
		extensions = (extensions != null) ? List.copyOf(extensions) : List.of();
		signers = copyOf(signers);
	}

	/**
	 * Return whether a payment of this kind can be settled.
	 * @param version the protocol version
	 * @param scheme the payment scheme
	 * @param network the network, named as that version names it
	 * @return {@code true} if the facilitator lists the kind
	 */
	public boolean supports(ProtocolVersion version, String scheme, String network) {
		return this.kinds.stream()
			.anyMatch((kind) -> kind.x402Version() == version.number() && kind.scheme().equals(scheme)
					&& kind.network().equals(network));
	}

	/**
	 * Find the kind of an offer.
	 * @param offer the offer, of protocol version 2
	 * @return the kind, or {@code null} if it is not supported
	 */
	public @Nullable Kind kind(PaymentRequirements offer) {
		return this.kinds.stream()
			.filter((kind) -> kind.x402Version() == ProtocolVersion.V2.number() && kind.scheme().equals(offer.scheme())
					&& kind.network().equals(offer.network()))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Add to an offer the entries that the facilitator requires, such as who pays the
	 * fees. Entries that the offer has already stay as they are, and the payment flow and
	 * the transfer method are the seller's alone. More than 1024 characters are ignored.
	 * @param offer the offer
	 * @return the offer, the same object if there is nothing to add
	 */
	public PaymentRequirements complete(PaymentRequirements offer) {
		Kind kind = kind(offer);
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

	private static Map<String, List<String>> copyOf(@Nullable Map<String, List<String>> signers) {
		Map<String, List<String>> copy = new HashMap<>();
		if (signers != null) {
			signers.forEach((pattern, addresses) -> copy.put(pattern,
					(addresses != null) ? List.copyOf(addresses) : List.of()));
		}
		return Collections.unmodifiableMap(copy);
	}

	/**
	 * One supported combination.
	 *
	 * @param x402Version protocol version
	 * @param scheme payment scheme
	 * @param network the network, named as that version names it
	 * @param extra data that offers of this kind need, or {@code null}
	 */
	public record Kind(int x402Version, String scheme, String network, @Nullable Map<String, Object> extra) {

		public Kind {
			Objects.requireNonNull(scheme, "scheme");
			Objects.requireNonNull(network, "network");
			extra = PlainJson.copyOfNullable(extra);
		}

	}

}
