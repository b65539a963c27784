/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

/**
 * What makes a signed authorization unique. It is made of what the payer signed and never
 * of signature bytes. Its text form does not show the nonce.
 *
 * @param network CAIP-2 identifier
 * @param asset address of the token in its canonical spelling
 * @param payer address of the payer in its canonical spelling; empty where the payload
 * does not show it
 * @param nonce what makes the authorization unique for its payer
 * @since 0.1.0
 */
public record AuthorizationKey(String network, String asset, String payer, String nonce) {

	@Override
	public String toString() {
		return "AuthorizationKey[network=" + this.network + ", asset=" + this.asset + ", payer=" + this.payer + "]";
	}

}
