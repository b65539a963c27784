/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Rules of a scheme of which nothing is known: payments are passed on as they are, and
 * the price is charged.
 *
 * @param name name of the scheme
 */
record UnknownSchemeRules(String name) implements SchemeRules {

	@Override
	public boolean isMetered() {
		return false;
	}

	@Override
	public boolean isOn(NetworkId network) {
		return true;
	}

	@Override
	public boolean isIn(ProtocolVersion version) {
		return version == ProtocolVersion.V2;
	}

	@Override
	public boolean takes(SchemePayload payment, PaymentRequirements offer, ProtocolVersion version) {
		return true;
	}

	@Override
	public boolean isPaidByPermit2(PaymentRequirements offer) {
		return false;
	}

	@Override
	public @Nullable String permit2Proxy() {
		return null;
	}

	@Override
	public boolean isUnderstood() {
		return false;
	}

}
