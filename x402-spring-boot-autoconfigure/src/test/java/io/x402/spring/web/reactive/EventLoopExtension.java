/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails the test during or before which a thread of an event loop, or another that must
 * not wait, was blocked. Registered for all tests of the module as a service; does
 * nothing where BlockHound is not on the class path.
 */
public final class EventLoopExtension implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

	private static final boolean WATCHED = ClassUtils.isPresent("reactor.blockhound.BlockHound",
			EventLoopExtension.class.getClassLoader());

	@Override
	public void beforeAll(ExtensionContext context) {
		if (WATCHED) {
			BlockedThreads.watch();
		}
	}

	@Override
	public void afterEach(ExtensionContext context) {
		assertNothingBlocked();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		assertNothingBlocked();
	}

	private static void assertNothingBlocked() {
		if (WATCHED) {
			assertThat(BlockedThreads.take()).as("blocking calls on threads that must not wait").isEmpty();
		}
	}

}
