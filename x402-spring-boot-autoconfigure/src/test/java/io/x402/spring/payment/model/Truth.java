/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * What the model knows about one payment.
 */
final class Truth {

	final PaymentPayload payload;

	final PaymentRequirements offer;

	final AuthorizationKey key;

	final String nonce;

	/** As it was signed. */
	final String payer;

	private final List<byte[]> made = new ArrayList<>();

	/** The request it was bound to when settlement began. */
	@Nullable String request;

	/** Whether a settle request may have reached the facilitator. */
	boolean asked;

	/** What is stored beside its claim, empty if it was released and not stored. */
	byte @Nullable [] stored;

	int deliveries;

	/** Runs that have ended without a charge, for a known reason. */
	int freeRuns;

	/** Runs for a payment that was settled before. */
	int reruns;

	/** A run of an unsafe request has ended without a charge by the buyer's own doing. */
	boolean exhausted;

	/** A part of a response may have left although nothing was stored. */
	boolean released;

	/** Its buyer was told that it is good for nothing, and has not sent it since. */
	boolean finallyRefused;

	Truth(PaymentPayload payload, PaymentRequirements offer, AuthorizationKey key, String payer) {
		this.payload = payload;
		this.offer = offer;
		this.key = key;
		this.nonce = key.nonce();
		this.payer = payer;
	}

	byte[] make(String response) {
		byte[] bytes = (response + " " + this.made.size()).getBytes();
		this.made.add(bytes);
		return bytes;
	}

	/**
	 * Return what somebody sends who has seen the authorization on the chain.
	 */
	PaymentPayload resigned() {
		PaymentPayload.V2 signed = (PaymentPayload.V2) this.payload;
		Map<String, Object> changed = new HashMap<>(signed.payload());
		changed.put("signature", "0x" + "11".repeat(65));
		return new PaymentPayload.V2(2, null, signed.accepted(), changed, signed.extensions());
	}

	boolean isMade(byte[] response) {
		return this.made.stream().anyMatch((made) -> Arrays.equals(made, response));
	}

	boolean isStored() {
		return this.stored != null && this.stored.length > 0;
	}

	@Override
	public String toString() {
		return "payment " + this.nonce.substring(this.nonce.length() - 3);
	}

}
