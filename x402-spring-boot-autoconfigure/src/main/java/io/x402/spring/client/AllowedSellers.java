/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Who may be paid.
 *
 * @param hosts hosts, each with its port if that is not the usual one: a name,
 * {@code *.example.com} for the names below a domain, or {@code *} for all
 * @param plainHttp whether a payment may travel unencrypted to other machines
 * @param pinRecipients whether the account that a host wants to be paid on has to stay
 * the first one
 * @param recipients accounts by host that are known beforehand
 * @since 0.1.0
 */
public record AllowedSellers(List<String> hosts, boolean plainHttp, boolean pinRecipients,
		Map<String, String> recipients) {

	private static final Pattern LOOPBACK = Pattern
		.compile("localhost|\\[::1]|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");

	private static final String ANY = "*";

	private static final String BELOW = "*.";

	public AllowedSellers {
		hosts = hosts.stream().map((host) -> host.strip().toLowerCase(Locale.ROOT)).toList();
		recipients = Map.copyOf(recipients);
	}

	/**
	 * Return why a seller may not be paid.
	 * @param uri what is bought
	 * @return the reason, or {@code null} if it may
	 */
	@Nullable RefusalReason check(URI uri) {
		String host = host(uri);
		if (host.isEmpty() || this.hosts.stream().noneMatch((allowed) -> matches(allowed, uri, host))) {
			return RefusalReason.HOST_NOT_ALLOWED;
		}
		boolean safe = "https".equalsIgnoreCase(uri.getScheme()) || this.plainHttp || LOOPBACK.matcher(host).matches();
		return safe ? null : RefusalReason.PLAIN_HTTP_NOT_ALLOWED;
	}

	/**
	 * Return the name under which a seller is remembered.
	 * @param uri what is bought
	 * @return host in lower case, with its port if that is not the usual one
	 */
	static String authority(URI uri) {
		int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
		return (uri.getPort() < 0 || uri.getPort() == usual) ? host(uri) : host(uri) + ":" + uri.getPort();
	}

	private static boolean matches(String allowed, URI uri, String host) {
		if (allowed.equals(ANY)) {
			return true;
		}
		if (allowed.startsWith(BELOW)) {
			return authority(uri).endsWith(allowed.substring(1)) && authority(uri).length() >= allowed.length();
		}
		return allowed.equals(authority(uri)) || (allowed.equals(host) && LOOPBACK.matcher(host).matches());
	}

	private static String host(URI uri) {
		return (uri.getHost() != null) ? uri.getHost().toLowerCase(Locale.ROOT) : "";
	}

}
