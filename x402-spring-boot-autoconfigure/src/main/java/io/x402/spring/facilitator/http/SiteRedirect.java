/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether a facilitator may be called elsewhere because it said so: only at the
 * same site, which is {@code https} and the same port at the same host or at the one that
 * differs by a leading {@code www.}.
 */
final class SiteRedirect {

	private static final String WWW = "www.";

	private static final int HTTPS_PORT = 443;

	private SiteRedirect() {
	}

	/**
	 * Return the base URL that a redirection of status 307 or 308 names.
	 * @param base the base URL that was called
	 * @param path path of the operation below it
	 * @param status status of the response
	 * @param location its {@code Location}, or {@code null}
	 * @return the base URL to call, or {@code null} if the redirection must not be
	 * followed
	 */
	static @Nullable URI base(URI base, String path, int status, @Nullable String location) {
		if ((status != 307 && status != 308) || location == null) {
			return null;
		}
		try {
			URI target = base.resolve(new URI(location.strip()));
			String text = target.toString();
			if (!isSameSite(base, target) || !text.endsWith(path)) {
				return null;
			}
			URI other = FacilitatorUri.check(new URI(text.substring(0, text.length() - path.length())));
			return other.equals(base) ? null : other;
		}
		catch (URISyntaxException | IllegalArgumentException ex) {
			return null;
		}
	}

	private static boolean isSameSite(URI base, URI target) {
		return target.getRawUserInfo() == null && target.getHost() != null && isHttps(base) && isHttps(target)
				&& port(base) == port(target) && withoutWww(base).equals(withoutWww(target));
	}

	private static boolean isHttps(URI uri) {
		return "https".equalsIgnoreCase(uri.getScheme());
	}

	private static int port(URI uri) {
		return (uri.getPort() >= 0) ? uri.getPort() : HTTPS_PORT;
	}

	private static String withoutWww(URI uri) {
		String host = uri.getHost().toLowerCase(Locale.ROOT);
		return host.startsWith(WWW) ? host.substring(WWW.length()) : host;
	}

}
