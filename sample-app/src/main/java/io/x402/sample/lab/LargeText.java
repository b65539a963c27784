/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

/**
 * One MiB of text, which is more than what is held of a response.
 */
public final class LargeText {

	private static final int MEBIBYTE = 1 << 20;

	private static final int LINES = 512;

	private LargeText() {
	}

	/**
	 * Repeat a line.
	 * @param line the line, of 15 characters
	 * @return chunks of the same length
	 */
	public static List<byte[]> of(String line) {
		byte[] chunk = (line + "\n").repeat(LINES).getBytes(StandardCharsets.US_ASCII);
		return Collections.nCopies(MEBIBYTE / chunk.length, chunk);
	}

}
