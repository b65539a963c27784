/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.Claim.Holder;
import io.x402.spring.store.Claim.Progress;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.Sale;
import org.jspecify.annotations.Nullable;

/**
 * How a claim is kept in a hash of Redis.
 */
final class ClaimHash {

	private static final String NETWORK = "network";

	private static final String ASSET = "asset";

	private static final String PAYER = "payer";

	private static final String NONCE = "nonce";

	private static final String FINGERPRINT = "fingerprint";

	private static final String PAYLOAD = "payload";

	private static final String PURCHASE = "purchase";

	private static final String ROUTE = "route";

	private static final String SCHEME = "scheme";

	private static final String AMOUNT = "amount";

	private static final String PAY_TO = "payTo";

	private static final String BUYER = "buyer";

	private final PaymentCodec codec;

	ClaimHash(PaymentCodec codec) {
		this.codec = codec;
	}

	/**
	 * Return what of a claim never changes.
	 * @param claim the claim
	 * @return names and values
	 */
	List<String> write(NewClaim claim) {
		AuthorizationKey key = claim.key();
		List<String> fields = new ArrayList<>(List.of(NETWORK, key.network(), ASSET, key.asset(), PAYER, key.payer(),
				NONCE, key.nonce(), FINGERPRINT, claim.fingerprint(), PAYLOAD, claim.payload()));
		Sale sale = claim.sale();
		if (sale != null) {
			fields.addAll(List.of(PURCHASE, sale.id(), ROUTE, sale.route(), SCHEME, sale.scheme(), AMOUNT,
					sale.amount().toString(), PAY_TO, sale.payTo()));
			if (sale.payer() != null) {
				fields.addAll(List.of(BUYER, sale.payer()));
			}
		}
		return fields;
	}

	String write(@Nullable SettlementResponse receipt) {
		return (receipt != null) ? new String(this.codec.write(receipt), StandardCharsets.UTF_8) : "";
	}

	/**
	 * Read a claim as it is at a time.
	 * @param now the time in milliseconds since the epoch
	 * @param fields names and values
	 * @return the claim
	 */
	Claim read(long now, Map<String, String> fields) {
		AuthorizationKey key = new AuthorizationKey(value(fields, NETWORK), value(fields, ASSET), value(fields, PAYER),
				value(fields, NONCE));
		String deliverable = fields.get("deliverable");
		NewClaim claimed = new NewClaim(key, value(fields, FINGERPRINT), value(fields, PAYLOAD),
				Instant.ofEpochMilli(number(fields, "expires")), sale(fields));
		Progress progress = new Progress(ClaimState.valueOf(value(fields, "state")), (int) number(fields, "attempts"),
				runs(fields), deliverable != null && Long.parseLong(deliverable) > now, receipt(fields));
		Claim claim = new Claim(claimed, value(fields, "owner"), number(fields, "version"),
				value(fields, "active").equals("1") ? Holder.PRESENT : Holder.NONE, progress);
		return (number(fields, "lease") < now) ? claim.lapsed() : claim;
	}

	/**
	 * Claims of an earlier version of this store do not have it.
	 */
	private static int runs(Map<String, String> fields) {
		return Integer.parseInt(fields.getOrDefault("runs", "0"));
	}

	private static @Nullable Sale sale(Map<String, String> fields) {
		String id = fields.get(PURCHASE);
		return (id != null) ? new Sale(id, value(fields, ROUTE), value(fields, SCHEME),
				new BigInteger(value(fields, AMOUNT)), value(fields, PAY_TO), fields.get(BUYER)) : null;
	}

	private @Nullable SettlementResponse receipt(Map<String, String> fields) {
		String receipt = fields.get("receipt");
		return (receipt != null) ? this.codec.read(receipt.getBytes(StandardCharsets.UTF_8), SettlementResponse.class)
				: null;
	}

	private static long number(Map<String, String> fields, String name) {
		return Long.parseLong(value(fields, name));
	}

	private static String value(Map<String, String> fields, String name) {
		return Objects.requireNonNullElse(fields.get(name), "");
	}

}
