/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The scheme payload of {@code transfer}: which transfer was made for which quote, signed
 * by its sender, so that no other account can use it.
 *
 * @param signature signature of {@link TransferQuotes#text} by the sender in the form of
 * EIP-191, the 65 bytes of a plain account or what a contract wallet takes (ERC-1271)
 * @param from address of the sender
 * @param transaction hash of the transaction, {@code 0x} and 64 lower-case hexadecimal
 * digits
 * @param event position of the transfer among the events of the transaction, from zero
 * @param quote the quote, whoever made it
 * @since 0.2.0
 */
public record TransferPayload(String signature, String from, String transaction, int event,
		TransferQuote quote) implements SchemePayload {

	/** Member that no other payload on EVM networks has. */
	static final String MEMBER = "transfer";

	private static final int MAX_EVENT = 9_999;

	public TransferPayload {
		transaction = transaction.toLowerCase(Locale.ROOT);
	}

	static @Nullable TransferPayload from(Map<String, Object> payload) {
		if (!(payload.get(MEMBER) instanceof Map<?, ?> transfer) || !(transfer.get("quote") instanceof String id)) {
			return null;
		}
		String signature = HexText.bytes(payload.get("signature"));
		String from = HexText.address(transfer.get("from"));
		String transaction = HexText.bytes32(transfer.get("transaction"));
		TransferQuote quote = TransferQuote.parse(id);
		int event = event(transfer.get("event"));
		return (signature != null && from != null && transaction != null && quote != null && event >= 0)
				? new TransferPayload(signature, from, transaction, event, quote) : null;
	}

	private static int event(@Nullable Object value) {
		if (value == null) {
			return 0;
		}
		return (value instanceof Integer number && number <= MAX_EVENT) ? number : -1;
	}

	@Override
	public String payer() {
		return this.from;
	}

	/**
	 * Return when the transfer may be forgotten, which no quote takes then.
	 */
	@Override
	public Instant expiresAt() {
		return this.quote.forgettableAt();
	}

	/**
	 * Who could still present a transfer can also collect what it has bought.
	 */
	@Override
	public Duration collectableFor() {
		return Duration.between(this.quote.madeAt(), this.quote.presentableUntil());
	}

	@Override
	public AuthorizationKey key(String network, String asset) {
		return new AuthorizationKey(network, asset, this.from.toLowerCase(Locale.ROOT),
				this.transaction + "#" + this.event);
	}

	@Override
	public Map<String, Object> toMap() {
		Map<String, Object> transfer = new LinkedHashMap<>();
		transfer.put("quote", this.quote.id());
		transfer.put("from", this.from);
		transfer.put("transaction", this.transaction);
		transfer.put("event", this.event);
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("signature", this.signature);
		map.put(MEMBER, transfer);
		return map;
	}

	@Override
	public String toString() {
		return "TransferPayload[redacted]";
	}

}
