/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Ends this process at one moment, without a last word.
 */
final class Death {

	private final @Nullable Moment moment;

	Death(@Nullable Moment moment) {
		this.moment = moment;
	}

	void at(Moment reached) {
		if (reached == this.moment) {
			die();
		}
	}

	private static void die() {
		try {
			new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid())).start().waitFor();
			Thread.sleep(60_000);
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException("Still alive", ex);
		}
	}

}
