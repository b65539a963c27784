/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A sixteenth of all claims with their ledger entries. All its keys are in one hash slot,
 * so that one script can change them in a cluster too.
 *
 * @param digit the first hexadecimal digit of the ids of its claims
 */
record RedisPartition(String digit) {

	static final List<RedisPartition> ALL = IntStream.range(0, 16)
		.mapToObj((number) -> new RedisPartition(Integer.toHexString(number)))
		.toList();

	/**
	 * Return where a claim is.
	 * @param id identity of the claim
	 * @return its partition
	 */
	static RedisPartition of(String id) {
		return ALL.get(Character.digit(id.charAt(0), 16));
	}

	/**
	 * Return the keys of a claim in the order in which scripts take them.
	 * @param id identity of the claim
	 * @return claim, content, due, ledger and outbox
	 */
	List<String> keys(String id) {
		return List.of(key("claim:" + id), key("content:" + id), due(), ledger(), outbox());
	}

	/**
	 * Sorted set of the claims to ask about, by the time when they are due.
	 * @return the key
	 */
	String due() {
		return key("due");
	}

	/**
	 * Stream of the entries of the ledger.
	 * @return the key
	 */
	String ledger() {
		return key("ledger");
	}

	/**
	 * Sorted set of the entries to hand over, by the time when they may be.
	 * @return the key
	 */
	String outbox() {
		return key("outbox");
	}

	private String key(String name) {
		return "x402:{part-" + this.digit + "}:" + name;
	}

}
