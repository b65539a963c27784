/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.Map;

/**
 * Networks of which nothing is known but their names.
 */
record UnknownFamily() implements NetworkFamily {

	@Override
	public String namespace() {
		return "";
	}

	@Override
	public boolean isReference(String reference) {
		return false;
	}

	@Override
	public boolean isAddress(String text) {
		return true;
	}

	@Override
	public SchemePayload read(Map<String, Object> payload) {
		return new OpaquePayload(payload);
	}

}
