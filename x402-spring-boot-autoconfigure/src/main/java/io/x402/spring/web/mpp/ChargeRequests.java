/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;

/**
 * What a challenge asks for: an offer of scheme {@code exact} on an EVM network, in the
 * words of method {@code evm} and intent {@code charge}. Other offers have none.
 */
final class ChargeRequests {

	static final String METHOD = "evm";

	static final String INTENT = "charge";

	/** The only credential that clients of the protocol make on EVM networks. */
	static final String AUTHORIZATION = "authorization";

	private static final String TIMEOUT = "maxTimeoutSeconds";

	private static final String EXTRA = "extra";

	private final PaymentCodec codec;

	private final Networks networks;

	ChargeRequests(PaymentCodec codec, Networks networks) {
		this.codec = codec;
		this.networks = networks;
	}

	/**
	 * Return whether an offer can be paid by a signed EIP-3009 authorization of its
	 * amount, for the token itself. Clients of the protocol know nothing of balances.
	 */
	static boolean isChargeable(PaymentRequirements offer) {
		return Schemes.of(offer) == Schemes.EXACT && offer.networkId().chainId() != null
				&& !offer.extra().containsKey(PaymentRequirements.ASSET_TRANSFER_METHOD)
				&& !GatewayBatch.isUsedBy(offer) && !offer.isTopUp();
	}

	/**
	 * Return the offer that a challenge was made for, whatever is offered now. All of it
	 * is in the challenge, so that a payment is the same whenever it is sent.
	 * @param request base64url of a request that was made here
	 * @param terms what {@link #terms} has returned for the offer
	 * @return the offer as a buyer of x402 repeats it
	 */
	@SuppressWarnings("unchecked")
	Map<String, Object> accepted(String request, Map<String, Object> terms) {
		Map<String, Object> charge = this.codec.decodeUrlSafe(request);
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("scheme", Schemes.EXACT.name());
		members.put("network", network(charge.get("methodDetails")).value());
		members.put("amount", String.valueOf(charge.get("amount")));
		members.put("asset", String.valueOf(charge.get("currency")));
		members.put("payTo", String.valueOf(charge.get("recipient")));
		members.put(TIMEOUT, Integer.valueOf(String.valueOf(terms.get(TIMEOUT))));
		members.put(EXTRA,
				this.codec.read(String.valueOf(terms.get(EXTRA)).getBytes(StandardCharsets.UTF_8), Map.class));
		return members;
	}

	/**
	 * Return what an offer says and its request does not.
	 */
	Map<String, Object> terms(PaymentRequirements offer) {
		return Map.of(TIMEOUT, Integer.toString(offer.maxTimeoutSeconds()), EXTRA,
				new String(this.codec.write(offer.extra()), StandardCharsets.UTF_8));
	}

	private static NetworkId network(@Nullable Object details) {
		Object chainId = (details instanceof Map<?, ?> map) ? map.get("chainId") : null;
		return NetworkId.ofChain(new BigInteger(String.valueOf(chainId)));
	}

	/**
	 * Return the request for an offer as it is sent: the one canonical spelling of its
	 * JSON, whose names are in order.
	 * @param offer an offer that can be charged
	 * @return base64url
	 */
	String of(PaymentRequirements offer) {
		Map<String, Object> details = new TreeMap<>();
		details.put("chainId", Objects.requireNonNull(offer.networkId().chainId()));
		details.put("credentialTypes", List.of(AUTHORIZATION));
		Integer decimals = decimals(offer);
		if (decimals != null) {
			details.put("decimals", decimals);
		}
		Map<String, Object> request = new TreeMap<>();
		request.put("amount", offer.amount().toString());
		request.put("currency", offer.asset());
		request.put("methodDetails", details);
		request.put("recipient", offer.payTo());
		return this.codec.encodeUrlSafe(request);
	}

	private @Nullable Integer decimals(PaymentRequirements offer) {
		Network network = this.networks.byId(offer.network());
		Asset asset = (network != null) ? network.assetAt(offer.asset()) : null;
		return (asset != null) ? asset.decimals() : null;
	}

}
