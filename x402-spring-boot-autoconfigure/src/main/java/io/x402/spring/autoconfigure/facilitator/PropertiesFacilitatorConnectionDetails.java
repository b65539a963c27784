/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.net.URI;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.facilitator.http.HttpFacilitator;

/**
 * Adapts {@link X402FacilitatorProperties} to {@link FacilitatorConnectionDetails}.
 */
final class PropertiesFacilitatorConnectionDetails implements FacilitatorConnectionDetails {

	private final URI uri;

	PropertiesFacilitatorConnectionDetails(X402FacilitatorProperties properties) {
		this.uri = uri("x402.facilitator.url", properties.url());
	}

	/**
	 * Parse the URL of a facilitator.
	 * @param property name of the property
	 * @param url value of the property
	 * @return the parsed URL
	 * @throws InvalidPropertyException if the URL is invalid
	 */
	static URI uri(String property, String url) {
		try {
			return HttpFacilitator.parseUrl(url);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPropertyException(property, null, String.valueOf(ex.getMessage()),
					"Set it to the base URL of your facilitator, such as https://www.x402.org/facilitator.");
		}
	}

	@Override
	public URI getUri() {
		return this.uri;
	}

}
