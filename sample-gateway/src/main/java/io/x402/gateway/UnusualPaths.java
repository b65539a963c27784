/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import org.springframework.web.util.UriUtils;

/**
 * Paths that an upstream may read as other ones than the gateway.
 */
final class UnusualPaths {

	private static final Pattern UNUSUAL = Pattern.compile("[;\\\\]|//|/\\.{1,2}(/|$)");

	private static final int MAX_DECODINGS = 5;

	private UnusualPaths() {
	}

	/**
	 * Return whether a path has segments other than it seems, however often an upstream
	 * decodes it.
	 */
	static boolean isUnusual(String path) {
		String decoded = path;
		for (int i = 0; i < MAX_DECODINGS; i++) {
			if (UNUSUAL.matcher(decoded).find() || segments(decoded) != segments(path)) {
				return true;
			}
			String again = decode(decoded);
			if (again.equals(decoded)) {
				return false;
			}
			decoded = again;
		}
		return true;
	}

	private static String decode(String path) {
		try {
			return UriUtils.decode(path, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			// A percent sign that was one
			return path;
		}
	}

	private static long segments(String path) {
		return path.chars().filter((c) -> c == '/').count();
	}

}
