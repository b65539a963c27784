/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.net.URI;

/**
 * A path of this shop with an optional query. Anything that could lead to another host is
 * refused, so that the buyer cannot be sent elsewhere.
 *
 * @param value path and query, percent-encoded
 */
public record ShopPath(String value) {

	public ShopPath {
		URI uri = URI.create(value);
		if (uri.isAbsolute() || uri.getRawAuthority() != null || !value.startsWith("/") || value.startsWith("//")
				|| uri.getRawFragment() != null) {
			throw new IllegalArgumentException("Not a path of this shop");
		}
	}

	/**
	 * Return the address of this path on the server that is asked to buy it.
	 * @param port port of the server on the loopback interface
	 * @return the address
	 */
	URI on(int port) {
		return URI.create(URI.create("http://127.0.0.1:" + port + this.value).toASCIIString());
	}

}
