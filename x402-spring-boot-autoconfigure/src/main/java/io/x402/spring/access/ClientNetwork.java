/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Network of a client: an IPv4 address, or the prefix of an IPv6 address, since the
 * holder of one IPv6 address has the others of its network too.
 *
 * @param bits length of the address in bits
 * @param prefix leading bits of the address
 * @since 0.2.0
 */
public record ClientNetwork(int bits, BigInteger prefix) {

	private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

	private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

	/**
	 * Return the network of an address. Names are not looked up.
	 * @param address address of a client
	 * @param ipv6Prefix number of leading bits of IPv6 addresses
	 * @return the network, or {@code null} if the text is no address
	 */
	public static @Nullable ClientNetwork of(String address, int ipv6Prefix) {
		InetAddress parsed = parse(address);
		if (parsed == null) {
			return null;
		}
		byte[] bytes = parsed.getAddress();
		int bits = bytes.length * Byte.SIZE;
		int ignored = (bytes.length == 4) ? 0 : bits - ipv6Prefix;
		return new ClientNetwork(bits, new BigInteger(1, bytes).shiftRight(ignored));
	}

	/**
	 * Parse an address, without looking up names.
	 * @return the address, or {@code null} if the text is none
	 */
	static @Nullable InetAddress parse(String address) {
		String literal = literal(address);
		if (!IPV4.matcher(literal).matches() && !IPV6.matcher(literal).matches()) {
			return null;
		}
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	/**
	 * Return what tells clients of one network from others.
	 * @param address address of a client, or {@code null} if it is not known
	 * @param ipv6Prefix number of leading bits of IPv6 addresses
	 * @return the key, or {@code null} if there is no address
	 */
	public static @Nullable String key(@Nullable String address, int ipv6Prefix) {
		ClientNetwork network = (address != null) ? of(address, ipv6Prefix) : null;
		return (network != null) ? network.bits + " " + network.prefix : null;
	}

	/**
	 * Without brackets and zone.
	 */
	private static String literal(String address) {
		boolean bracketed = address.startsWith("[") && address.endsWith("]");
		String literal = bracketed ? address.substring(1, address.length() - 1) : address;
		int zone = literal.indexOf('%');
		return (zone >= 0) ? literal.substring(0, zone) : literal;
	}

}
