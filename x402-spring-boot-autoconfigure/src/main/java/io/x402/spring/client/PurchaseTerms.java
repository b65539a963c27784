/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;

import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * What a seller asks for, in typed fields. Texts of the seller are single words of at
 * most 128 characters, {@code ?} if they were anything else.
 *
 * @param version protocol version of the seller
 * @param scheme payment scheme, for example {@code exact}
 * @param network CAIP-2 identifier of the network, in v1 its name if it is not known
 * @param asset address of the token
 * @param symbol ticker of the token, or {@code null} if the token is not known
 * @param price amount in tokens, for scheme {@code upto} the most that may be taken, or
 * {@code null} if the token is not known
 * @param payTo address that is paid
 * @since 0.1.0
 */
public record PurchaseTerms(ProtocolVersion version, String scheme, String network, String asset,
		@Nullable String symbol, @Nullable BigDecimal price, String payTo) {

	public PurchaseTerms {
		scheme = SellerText.word(scheme);
		network = SellerText.word(network);
		asset = SellerText.word(asset);
		payTo = SellerText.word(payTo);
	}

	String text() {
		String amount = (this.price != null) ? this.price.stripTrailingZeros().toPlainString() + " " + this.symbol
				: "an unknown amount of " + this.asset;
		return amount + " on " + this.network + " to " + this.payTo;
	}

}
