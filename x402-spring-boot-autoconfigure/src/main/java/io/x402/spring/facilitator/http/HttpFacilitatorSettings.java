/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where an {@link HttpFacilitator} calls and how long it waits. A time limit is for one
 * whole call, from the connection to the last byte of the response.
 *
 * @param baseUri absolute {@code https} URL ({@code http} for loopback hosts only)
 * without user information, query and fragment; a trailing slash is removed
 * @param verifyTimeout time limit of {@code /verify}
 * @param settleTimeout time limit of {@code /settle}; must cover the confirmation of a
 * transaction on a bad day of the chain
 * @param supportedTimeout time limit of {@code /supported}
 * @param supportedTtl how long a response of {@code /supported} is used without asking
 * again
 * @param headers headers of every call, for example an API key; never logged
 */
record HttpFacilitatorSettings(URI baseUri, Duration verifyTimeout, Duration settleTimeout, Duration supportedTimeout,
		Duration supportedTtl, Map<String, String> headers) {

	private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9-]+");

	private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e]+");

	/**
	 * Create settings.
	 * @throws IllegalArgumentException if a value is not usable; the message is meant for
	 * whoever configured it and repeats no credentials
	 */
	public HttpFacilitatorSettings {
		baseUri = FacilitatorUri.check(baseUri);
		requirePositive("verify timeout", verifyTimeout);
		requirePositive("settle timeout", settleTimeout);
		requirePositive("timeout of /supported", supportedTimeout);
		requirePositive("time to live of /supported", supportedTtl);
		headers = Map.copyOf(headers);
		headers.forEach(HttpFacilitatorSettings::requireSendable);
	}

	/**
	 * Return the default settings for a facilitator: 10 seconds to verify, 90 seconds to
	 * settle, 10 seconds for {@code /supported}, which is asked every 10 minutes, and no
	 * headers.
	 * @param url the base URL
	 * @return the settings
	 * @throws IllegalArgumentException if the URL is not usable
	 */
	public static HttpFacilitatorSettings of(String url) {
		return new HttpFacilitatorSettings(FacilitatorUri.parse(url), Duration.ofSeconds(10), Duration.ofSeconds(90),
				Duration.ofSeconds(10), Duration.ofMinutes(10), Map.of());
	}

	/**
	 * Return these settings with other time limits.
	 * @param verify time limit of {@code /verify}
	 * @param settle time limit of {@code /settle}
	 * @param supported time limit of {@code /supported}
	 * @return the changed settings
	 */
	public HttpFacilitatorSettings withTimeouts(Duration verify, Duration settle, Duration supported) {
		return new HttpFacilitatorSettings(this.baseUri, verify, settle, supported, this.supportedTtl, this.headers);
	}

	/**
	 * Return these settings with other headers.
	 * @param headers headers of every call
	 * @return the changed settings
	 */
	public HttpFacilitatorSettings withHeaders(Map<String, String> headers) {
		return new HttpFacilitatorSettings(this.baseUri, this.verifyTimeout, this.settleTimeout, this.supportedTimeout,
				this.supportedTtl, headers);
	}

	/**
	 * Return these settings with another way to load the supported kinds.
	 * @param timeout time limit of {@code /supported}
	 * @param ttl time for which its response is used
	 * @return the changed settings
	 */
	HttpFacilitatorSettings withSupported(Duration timeout, Duration ttl) {
		return new HttpFacilitatorSettings(this.baseUri, this.verifyTimeout, this.settleTimeout, timeout, ttl,
				this.headers);
	}

	private static void requirePositive(String name, Duration duration) {
		if (duration.isNegative() || duration.isZero()) {
			throw new IllegalArgumentException("The " + name + " of the facilitator must be positive");
		}
	}

	static void requireSendable(String name, String value) {
		if (!HEADER_NAME.matcher(name).matches()) {
			throw new IllegalArgumentException("'" + name + "' is not a header that can be sent to the facilitator");
		}
		if (!HEADER_VALUE.matcher(value).matches()) {
			throw new IllegalArgumentException(
					"The value of the facilitator's header '" + name + "' must be printable ASCII");
		}
	}

	@Override
	public String toString() {
		return "HttpFacilitatorSettings[" + this.baseUri + "]";
	}

}
