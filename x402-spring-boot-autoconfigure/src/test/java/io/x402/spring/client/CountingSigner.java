/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;

/**
 * Counts the signatures that were produced, which is what a buyer can lose.
 */
final class CountingSigner implements Signer {

	private final Signer signer = new PrivateKeySigner("07".repeat(32));

	private final AtomicInteger signatures = new AtomicInteger();

	@Override
	public String address() {
		return this.signer.address();
	}

	@Override
	public byte[] sign(byte[] digest) {
		this.signatures.incrementAndGet();
		return this.signer.sign(digest);
	}

	int signatures() {
		return this.signatures.get();
	}

}
