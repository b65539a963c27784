/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Collectors;

import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;

/**
 * Notes every blocking call on a thread of an event loop, or another that must not wait.
 */
final class BlockedThreads {

	private static final Queue<String> calls = new ConcurrentLinkedQueue<>();

	static {
		BlockHound.builder()
			.loadIntegrations()
			// Its locks are held while a task or a thread is added or removed, and never
			// while one waits
			.allowBlockingCallsInside(ThreadPoolExecutor.class.getName(), "execute")
			.allowBlockingCallsInside(ThreadPoolExecutor.class.getName(), "remove")
			// Reads random bytes from a device of the system that does not wait for any
			.allowBlockingCallsInside(SecureRandom.class.getName(), "nextBytes")
			.blockingMethodCallback(BlockedThreads::note)
			.install();
	}

	private BlockedThreads() {
	}

	/**
	 * Watch the threads of this virtual machine from now on.
	 */
	static void watch() {
		// Has happened when the class was initialized
	}

	private static void note(BlockingMethod method) {
		calls.add(method + " on " + Thread.currentThread().getName()
				+ Arrays.stream(new Throwable().getStackTrace())
					.skip(4)
					.map((frame) -> "\n\tat " + frame)
					.collect(Collectors.joining()));
	}

	/**
	 * Return the blocking calls since the last call of this method.
	 * @return what was called, where
	 */
	static List<String> take() {
		List<String> taken = new ArrayList<>();
		for (String call = calls.poll(); call != null; call = calls.poll()) {
			taken.add(call);
		}
		return taken;
	}

}
