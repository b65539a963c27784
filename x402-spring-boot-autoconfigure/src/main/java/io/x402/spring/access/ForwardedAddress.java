/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Network address of a client behind proxies, for servers that do not know which proxies
 * to trust. Trusted are those of internal networks: each has added the address that it
 * was connected from, and what stands before that may be invented.
 *
 * @since 0.2.0
 */
public final class ForwardedAddress {

	private ForwardedAddress() {
	}

	/**
	 * Return the address of a client.
	 * @param connection address that the server is connected to
	 * @param forwarded values of the header field {@code X-Forwarded-For}
	 * @return the last address that is not internal, as far as only internal ones have
	 * passed it on; otherwise that of the connection
	 */
	public static String of(String connection, List<String> forwarded) {
		List<String> addresses = forwarded.stream()
			.flatMap((value) -> Arrays.stream(value.split(",")))
			.map(String::trim)
			.filter((value) -> !value.isEmpty())
			.toList();
		String client = connection;
		for (int i = addresses.size() - 1; i >= 0 && isInternal(client); i--) {
			client = addresses.get(i);
		}
		return isInternal(client) ? connection : client;
	}

	/**
	 * Loopback, link-local, private (RFC 1918, RFC 4193) and shared (RFC 6598) addresses.
	 */
	private static boolean isInternal(String address) {
		InetAddress known = ClientNetwork.parse(address);
		return known != null && (known.isLoopbackAddress() || known.isLinkLocalAddress() || known.isSiteLocalAddress()
				|| isUniqueLocalOrShared(known));
	}

	private static boolean isUniqueLocalOrShared(InetAddress address) {
		byte[] bytes = address.getAddress();
		return (address instanceof Inet6Address) ? (bytes[0] & 0xfe) == 0xfc
				: bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
	}

}
