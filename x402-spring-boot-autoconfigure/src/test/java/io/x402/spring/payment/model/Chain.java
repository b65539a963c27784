/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The truth about money: which authorizations were used, each at most once.
 */
final class Chain {

	private final Map<String, String> settled = new HashMap<>();

	private final Set<String> waiting = new LinkedHashSet<>();

	private final Set<String> refused = new HashSet<>();

	/**
	 * Use an authorization, or find out that it is used.
	 * @return the transaction
	 */
	String settle(String nonce) {
		this.waiting.remove(nonce);
		return this.settled.computeIfAbsent(nonce, Chain::transaction);
	}

	/**
	 * Send a transaction that is mined later.
	 */
	String send(String nonce) {
		if (!isSettled(nonce)) {
			this.waiting.add(nonce);
		}
		return transaction(nonce);
	}

	void mine() {
		Set.copyOf(this.waiting).forEach(this::settle);
	}

	/**
	 * Refuse an authorization for good.
	 */
	void refuse(String nonce) {
		this.refused.add(nonce);
	}

	boolean isRefused(String nonce) {
		return this.refused.contains(nonce);
	}

	boolean isSettled(String nonce) {
		return this.settled.containsKey(nonce);
	}

	boolean isOpen(String nonce) {
		return !isSettled(nonce) && !this.waiting.contains(nonce);
	}

	private static String transaction(String nonce) {
		return "0x" + new StringBuilder(nonce.substring(2)).reverse();
	}

}
