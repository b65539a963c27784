/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The rules for the address of a facilitator. Their messages repeat no part of an address
 * that may hold a password.
 */
final class FacilitatorUri {

	private static final Pattern LOOPBACK = Pattern
		.compile("localhost|\\[::1]|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");

	private static final Pattern OPERATION = Pattern.compile(".*/(?:verify|settle|supported)");

	private FacilitatorUri() {
	}

	static URI parse(String text) {
		try {
			URI uri = check(new URI(text.strip()));
			if (OPERATION.matcher(uri.getRawPath()).matches()) {
				throw new IllegalArgumentException(
						"The URL of the facilitator must not end with the name of an operation; "
								+ "leave out /verify, /settle or /supported");
			}
			return uri;
		}
		catch (URISyntaxException ex) {
			throw new IllegalArgumentException("The URL of the facilitator is not a valid URL: " + ex.getReason());
		}
	}

	static URI check(URI uri) {
		if (uri.getRawUserInfo() != null || (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@"))) {
			throw new IllegalArgumentException(
					"The URL of the facilitator must not contain a user name or password; send credentials in a header");
		}
		if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
			throw new IllegalArgumentException("The URL of the facilitator must not have a query or fragment");
		}
		String scheme = lowerCase(uri.getScheme());
		String host = lowerCase(uri.getHost());
		if (host.isEmpty() || uri.getPort() == 0 || uri.getPort() > 65535
				|| !(scheme.equals("https") || scheme.equals("http"))) {
			throw new IllegalArgumentException("The URL of the facilitator must be an absolute https URL with a host"
					+ ", such as https://www.x402.org/facilitator");
		}
		if (scheme.equals("http") && !LOOPBACK.matcher(host).matches()) {
			throw new IllegalArgumentException("The facilitator at '" + host
					+ "' must be called with https; http is for this machine (localhost, 127.0.0.1, [::1]) only");
		}
		return withoutTrailingSlash(uri);
	}

	private static URI withoutTrailingSlash(URI uri) {
		String text = uri.toString();
		int end = text.length();
		while (text.charAt(end - 1) == '/') {
			end--;
		}
		return URI.create(text.substring(0, end));
	}

	private static String lowerCase(@Nullable String text) {
		return (text != null) ? text.toLowerCase(Locale.ROOT) : "";
	}

}
