/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for the gateway, beside those of the routes and of the prices.
 *
 * @param maxRequestSize Maximum size of a request body.
 * @param signingKey Base64 of at least 32 random bytes by which an upstream recognizes
 * requests of this gateway. Not signed by default.
 * @param upstreams Connections to upstreams, by the identifiers of their routes.
 * @param edge Networks in front of the gateway that ask for payments themselves.
 */
@ConfigurationProperties(prefix = "gateway", ignoreUnknownFields = false)
record GatewayProperties(@DefaultValue("10MB") DataSize maxRequestSize, @Nullable String signingKey,
		@DefaultValue Map<String, Upstream> upstreams, @DefaultValue EdgeProperties edge) {

	private static final int MIN_KEY_LENGTH = 32;

	/**
	 * Return the key of signatures.
	 * @return the key, or {@code null} if requests are not signed
	 * @throws InvalidPropertyException if it is none
	 */
	byte @Nullable [] key() {
		if (this.signingKey == null || this.signingKey.isBlank()) {
			return null;
		}
		try {
			byte[] key = Base64.getDecoder().decode(this.signingKey.strip());
			if (key.length >= MIN_KEY_LENGTH) {
				return key;
			}
		}
		catch (IllegalArgumentException ex) {
			// The same as a key that is too short
		}
		throw new InvalidPropertyException("gateway.signing-key", null, "must be base64 of at least 32 bytes",
				"Generate one with: openssl rand -base64 32");
	}

	@Override
	public String toString() {
		return "GatewayProperties[maxRequestSize=" + this.maxRequestSize + "]";
	}

	/**
	 * Connections to an upstream.
	 *
	 * @param bearer Token by which the gateway authenticates.
	 * @param username Name by which the gateway authenticates.
	 * @param password Password of that name.
	 * @param sslBundle SSL bundle with the client certificate of the gateway, or with the
	 * authorities that it trusts.
	 * @param connectTimeout Maximum time to connect.
	 * @param readTimeout Maximum time to wait for the next bytes.
	 * @param maxConnections Maximum number of connections.
	 * @param maxResponseSize Maximum size of a response body. 0 for any size.
	 * @param sellRedirects Whether a redirect is sold. By default, it is an error of the
	 * upstream that is not charged.
	 * @param openapi OpenAPI document of the upstream, and the prices of its operations.
	 */
	record Upstream(@Nullable String bearer, @Nullable String username, @Nullable String password,
			@Nullable String sslBundle, @DefaultValue("5s") Duration connectTimeout,
			@DefaultValue("30s") Duration readTimeout, @DefaultValue("200") int maxConnections,
			@DefaultValue("0") DataSize maxResponseSize, @DefaultValue("false") boolean sellRedirects,
			@DefaultValue OpenApiImport openapi) {

		static final Upstream DEFAULT = new Upstream(null, null, null, null, Duration.ofSeconds(5),
				Duration.ofSeconds(30), 200, DataSize.ofBytes(0), false,
				new OpenApiImport(null, List.of(), OpenApiImport.CLOSED));

		/**
		 * Check credentials and limits.
		 * @param property name of the property with the upstream
		 * @throws InvalidPropertyException if they cannot be used
		 */
		void check(String property) {
			boolean basic = has(this.username);
			if ((has(this.bearer) && basic) || basic != has(this.password)) {
				throw invalid(property, "has credentials that do not belong together",
						"Set either bearer, or username and password.");
			}
			if (!isSendable(this.bearer) || !isSendable(this.username) || !isSendable(this.password)
					|| (basic && this.username.contains(":"))) {
				throw invalid(property, "has credentials that cannot be sent",
						"Remove line breaks, and colons of the username, and set the variables that they name.");
			}
			if (!isPositive(this.connectTimeout) || !isPositive(this.readTimeout) || this.maxConnections < 1
					|| this.maxResponseSize.isNegative()) {
				throw invalid(property, "has a limit that is none",
						"Set connect-timeout, read-timeout and max-connections to more than zero, and max-response-size to zero or more.");
			}
		}

		private static InvalidPropertyException invalid(String property, String problem, String remedy) {
			return new InvalidPropertyException(property, null, problem, remedy);
		}

		private static boolean isSendable(@Nullable String value) {
			return value == null || (value.chars().noneMatch(Character::isISOControl) && !value.contains("${"));
		}

		private static boolean isPositive(Duration time) {
			return !time.isZero() && !time.isNegative();
		}

		boolean isAuthenticated() {
			return has(this.bearer) || has(this.username);
		}

		void authenticate(HttpHeaders headers) {
			if (has(this.bearer)) {
				headers.setBearerAuth(this.bearer);
			}
			else if (has(this.username)) {
				headers.setBasicAuth(this.username, (this.password != null) ? this.password : "");
			}
		}

		private static boolean has(@Nullable String value) {
			return value != null && !value.isBlank();
		}

		@Override
		public String toString() {
			return "Upstream[authenticated=" + isAuthenticated() + "]";
		}

	}

}
