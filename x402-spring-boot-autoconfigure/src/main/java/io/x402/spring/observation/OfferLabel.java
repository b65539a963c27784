/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.util.Set;

import io.micrometer.core.instrument.Tags;
import io.x402.spring.client.PurchaseTerms;
import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * What meters tell about an offer: values of closed sets, whatever the offer holds.
 *
 * @param network CAIP-2 identifier of a known network, {@code other}, {@code several} or
 * {@code none}
 * @param asset ticker of a known token, {@code other}, {@code several} or {@code none}
 * @param scheme scheme of the protocol, {@code other}, {@code several} or {@code none}
 * @param decimals number of decimals of the token, or {@link #UNKNOWN_DECIMALS}
 */
record OfferLabel(String network, String asset, String scheme, int decimals) {

	static final int UNKNOWN_DECIMALS = -1;

	private static final String OTHER = "other";

	private static final String SEVERAL = "several";

	private static final OfferLabel UNREADABLE = new OfferLabel("none", "none", "none", UNKNOWN_DECIMALS);

	private static final Set<String> SCHEMES = Set.of("exact", "upto", "batch-settlement", "auth-capture");

	static OfferLabel of(PaymentRequirements offer, Networks networks) {
		return of(offer.network(), offer.asset(), offer.scheme(), networks);
	}

	static OfferLabel of(@Nullable PurchaseTerms terms, Networks networks) {
		return (terms != null) ? of(terms.network(), terms.asset(), terms.scheme(), networks) : UNREADABLE;
	}

	private static OfferLabel of(String networkId, String address, String scheme, Networks networks) {
		Network network = networks.byId(networkId);
		Asset asset = (network != null) ? network.assetAt(address) : null;
		return new OfferLabel((network != null) ? network.id() : OTHER, (asset != null) ? asset.symbol() : OTHER,
				SCHEMES.contains(scheme) ? scheme : OTHER, (asset != null) ? asset.decimals() : UNKNOWN_DECIMALS);
	}

	/**
	 * Return a label for a choice of offers.
	 */
	OfferLabel merge(OfferLabel other) {
		return equals(other) ? this : new OfferLabel(same(this.network, other.network), same(this.asset, other.asset),
				same(this.scheme, other.scheme), UNKNOWN_DECIMALS);
	}

	private static String same(String one, String other) {
		return one.equals(other) ? one : SEVERAL;
	}

	Tags tags() {
		return Tags.of("network", this.network, "asset", this.asset, "scheme", this.scheme);
	}

}
