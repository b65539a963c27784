/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.Claim.Holder;
import io.x402.spring.store.Claim.Progress;
import io.x402.spring.store.ClaimId;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.Sale;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.SqlTypeValue;

/**
 * Claims as rows of the table {@code x402_claim}.
 */
final class ClaimRows implements RowMapper<Claim> {

	/** What is read, without the parts that are large. */
	static final String COLUMNS = """
			network, asset, payer, nonce, fingerprint, payload, purchase, route, scheme, amount, pay_to, buyer,
			owner, version, expires_at, attempts, runs, receipt,
			state, active, CASE WHEN lease_until < %1$s THEN 1 ELSE 0 END AS lapsed,
			CASE WHEN state = 'SETTLED' AND deliver_until > %1$s THEN 1 ELSE 0 END AS deliverable
			""";

	static final int ROUTE_LENGTH = 512;

	private final PaymentCodec codec;

	ClaimRows(PaymentCodec codec) {
		this.codec = codec;
	}

	@Override
	public Claim mapRow(ResultSet row, int number) throws SQLException {
		AuthorizationKey key = new AuthorizationKey(row.getString("network"), row.getString("asset"),
				row.getString("payer"), row.getString("nonce"));
		NewClaim claimed = new NewClaim(key, row.getString("fingerprint"), row.getString("payload"),
				Instant.ofEpochMilli(row.getLong("expires_at")), sale(row));
		Claim claim = new Claim(claimed, row.getString("owner"), row.getLong("version"),
				row.getBoolean("active") ? Holder.PRESENT : Holder.NONE, progress(row));
		return (row.getInt("lapsed") == 1) ? claim.lapsed() : claim;
	}

	private Progress progress(ResultSet row) throws SQLException {
		return new Progress(ClaimState.valueOf(row.getString("state")), row.getInt("attempts"), row.getInt("runs"),
				row.getInt("deliverable") == 1, receipt(row.getString("receipt")));
	}

	private static @Nullable Sale sale(ResultSet row) throws SQLException {
		String id = row.getString("purchase");
		return (id != null) ? new Sale(id, row.getString("route"), row.getString("scheme"),
				row.getBigDecimal("amount").toBigIntegerExact(), row.getString("pay_to"), row.getString("buyer"))
				: null;
	}

	private @Nullable SettlementResponse receipt(@Nullable String json) {
		return (json != null) ? this.codec.read(json.getBytes(StandardCharsets.UTF_8), SettlementResponse.class) : null;
	}

	@Nullable String json(@Nullable SettlementResponse receipt) {
		return (receipt != null) ? new String(this.codec.write(receipt), StandardCharsets.UTF_8) : null;
	}

	/**
	 * Return the parameters of a new row.
	 * @param claim a new claim
	 * @return names and values
	 */
	static Map<String, @Nullable Object> parameters(Claim claim) {
		AuthorizationKey key = claim.key();
		Sale sale = claim.sale();
		Map<String, @Nullable Object> parameters = new HashMap<>();
		parameters.put("id", ClaimId.of(key));
		parameters.put("network", key.network());
		parameters.put("asset", key.asset());
		parameters.put("payer", key.payer());
		parameters.put("nonce", unlogged(key.nonce()));
		parameters.put("fingerprint", claim.fingerprint());
		parameters.put("payload", claim.payload());
		parameters.put("owner", claim.owner());
		parameters.put("expiresAt", claim.expiresAt().toEpochMilli());
		parameters.put("purchase", (sale != null) ? sale.id() : null);
		parameters.put("route", (sale != null) ? limited(sale.route(), ROUTE_LENGTH) : null);
		parameters.put("scheme", (sale != null) ? sale.scheme() : null);
		parameters.put("amount", (sale != null) ? new BigDecimal(sale.amount()) : null);
		parameters.put("payTo", (sale != null) ? sale.payTo() : null);
		parameters.put("buyer", (sale != null) ? sale.payer() : null);
		return parameters;
	}

	/**
	 * Values of parameters are written to the log at level {@code TRACE}.
	 */
	private static SqlTypeValue unlogged(String value) {
		return (statement, index, type, name) -> statement.setString(index, value);
	}

	/**
	 * Text for the ledger that someone else wrote must not make a step fail.
	 */
	static String limited(String text, int length) {
		String clean = text.replace("\0", "");
		return (clean.length() > length) ? clean.substring(0, length) : clean;
	}

}
