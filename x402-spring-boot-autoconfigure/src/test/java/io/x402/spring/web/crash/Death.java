/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * Ends this process at one moment, without a last word. If several requests are to reach
 * it, the first ones wait for the last.
 */
final class Death {

	private volatile @Nullable Appointment appointment;

	/**
	 * Choose the moment.
	 * @param moment name of the moment
	 * @param requests number of requests that reach it
	 */
	void choose(String moment, int requests) {
		this.appointment = new Appointment(moment, new CountDownLatch(requests));
	}

	void at(Enum<?> reached) {
		Appointment chosen = this.appointment;
		if (chosen != null && chosen.moment().equals(reached.name())) {
			chosen.requests().countDown();
			die(chosen.requests());
		}
	}

	private static void die(CountDownLatch requests) {
		try {
			requests.await();
			new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid())).start().waitFor();
			Thread.sleep(60_000);
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException("Still alive", ex);
		}
	}

	private record Appointment(String moment, CountDownLatch requests) {

	}

}
