/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.springframework.web.util.UriUtils;

/**
 * Paths that an upstream may read as other ones than the gateway.
 */
final class UnusualPaths {

	private static final Pattern UNUSUAL = Pattern.compile("[;\\\\\\p{Cntrl}]|//|/\\.{1,2}(/|$)");

	/**
	 * Clients need not escape letters and digits, and some upstreams take them as they
	 * are.
	 */
	private static final Pattern NEEDLESS_ESCAPE = Pattern.compile("%(3\\d|[46][1-9a-f]|[57][\\da])",
			Pattern.CASE_INSENSITIVE);

	private static final int MAX_DECODINGS = 5;

	private UnusualPaths() {
	}

	/**
	 * Return whether a path has segments or letters other than it seems, however often an
	 * upstream decodes it.
	 */
	static boolean isUnusual(String path) {
		List<String> decodings = decodings(path);
		return decodings.size() > MAX_DECODINGS || decodings.stream()
			.anyMatch((decoded) -> UNUSUAL.matcher(decoded).find() || NEEDLESS_ESCAPE.matcher(decoded).find()
					|| segments(decoded) != segments(path));
	}

	/**
	 * Return a path as it is, and as upstreams may read it that decode it once or more
	 * often.
	 */
	static List<String> decodings(String path) {
		List<String> decodings = new ArrayList<>();
		String decoded = path;
		while (decodings.size() <= MAX_DECODINGS && !decodings.contains(decoded)) {
			decodings.add(decoded);
			decoded = decode(decoded);
		}
		return decodings;
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
