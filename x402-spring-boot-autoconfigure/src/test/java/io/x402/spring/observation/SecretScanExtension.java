/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails the test during or before which a secret was logged. Registered for all tests of
 * the module as a service.
 */
public final class SecretScanExtension implements AfterEachCallback, AfterAllCallback {

	@Override
	public void afterEach(ExtensionContext context) {
		assertNothingWasTold();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		assertNothingWasTold();
	}

	private static void assertNothingWasTold() {
		assertThat(SecretScanAppender.takeLeaks()).as("signatures, nonces and payments in the log").isEmpty();
	}

}
