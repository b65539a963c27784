/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.facilitator.FailoverFacilitator;
import io.x402.spring.facilitator.FailoverFacilitator.Member;
import io.x402.spring.facilitator.MonitoredFacilitator;
import io.x402.spring.facilitator.http.FacilitatorAuthentication;
import io.x402.spring.facilitator.http.HttpFacilitator;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import org.jspecify.annotations.Nullable;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * Creates remote facilitators from configuration properties.
 */
final class HttpFacilitatorFactory {

	private static final String PREFIX = "x402.facilitator";

	private final X402FacilitatorProperties properties;

	private final Networks networks;

	private final ConcurrentCalls calls;

	private final Clock clock;

	private final Clients clients;

	/**
	 * Create a factory.
	 * @param properties properties of the facilitator
	 * @param networks the known networks
	 * @param calls how many calls may be under way
	 * @param clock current time
	 * @param clients creates HTTP clients
	 */
	HttpFacilitatorFactory(X402FacilitatorProperties properties, Networks networks, ConcurrentCalls calls, Clock clock,
			Clients clients) {
		this.properties = properties;
		this.networks = networks;
		this.calls = calls;
		this.clock = clock;
		this.clients = clients;
	}

	/**
	 * Create the facilitator, with its fallbacks if there are any.
	 * @param uri URL of the preferred facilitator
	 * @param authentication authentication to the preferred facilitator, {@code null} to
	 * use the properties
	 */
	MonitoredFacilitator create(URI uri, @Nullable FacilitatorAuthentication authentication) {
		HttpFacilitator preferred = create(uri, PREFIX, this.properties.sslBundle(), this.properties.auth(),
				authentication);
		if (this.properties.fallbacks().isEmpty() && this.properties.networks().isEmpty()) {
			return preferred;
		}
		List<Member> members = new ArrayList<>();
		members.add(new Member(uri.toString(), preferred, networks(PREFIX, this.properties.networks())));
		for (int i = 0; i < this.properties.fallbacks().size(); i++) {
			X402FacilitatorProperties.Fallback fallback = this.properties.fallbacks().get(i);
			String prefix = PREFIX + ".fallbacks[" + i + "]";
			URI other = PropertiesFacilitatorConnectionDetails.uri(prefix + ".url", fallback.url());
			members.add(new Member(other.toString(), create(other, prefix, fallback.sslBundle(), fallback.auth(), null),
					networks(prefix, fallback.networks())));
		}
		return new FailoverFacilitator(members);
	}

	private HttpFacilitator create(URI uri, String prefix, @Nullable String sslBundle,
			X402FacilitatorProperties.Auth auth, @Nullable FacilitatorAuthentication authentication) {
		Supplier<WebClient> client = this.clients.create(prefix + ".ssl-bundle", sslBundle);
		X402FacilitatorProperties.CircuitBreaker circuitBreaker = this.properties.circuitBreaker();
		X402FacilitatorProperties.Supported supported = this.properties.supported();
		return headers(HttpFacilitator.builder(client, uri.toString()), prefix, auth)
			.authentication((authentication != null) ? authentication : authentication(prefix + ".auth", auth))
			.timeouts(this.properties.verifyTimeout(), this.properties.settleTimeout())
			.supported(supported.timeout(), supported.timeToLive())
			.maxRetries(this.properties.retry().maxRetries())
			.maxConcurrent(this.calls.verifications(), this.calls.settlements())
			.circuitBreaker(circuitBreaker.failureThreshold(), circuitBreaker.openDuration())
			.build();
	}

	private static HttpFacilitator.Builder headers(HttpFacilitator.Builder builder, String prefix,
			X402FacilitatorProperties.Auth auth) {
		try {
			return builder.headers(auth.headers());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPropertyException(prefix + ".auth.headers", null, String.valueOf(ex.getMessage()),
					"Correct the name or value of the header.");
		}
	}

	private FacilitatorAuthentication authentication(String prefix, X402FacilitatorProperties.Auth auth) {
		Map<String, FacilitatorAuthentication> given = new HashMap<>();
		if (auth.bearerToken() != null) {
			Limits.required(prefix + ".bearer-token", auth.bearerToken());
			String token = auth.bearerToken();
			given.put("bearer-token", FacilitatorAuthentication.bearer(() -> token));
		}
		if (auth.basic() != null) {
			Limits.required(prefix + ".basic.username", auth.basic().username());
			Limits.required(prefix + ".basic.password", auth.basic().password());
			given.put("basic", FacilitatorAuthentication.basic(auth.basic().username(), auth.basic().password()));
		}
		if (auth.coinbase() != null) {
			Limits.required(prefix + ".coinbase.key-id", auth.coinbase().keyId());
			Limits.required(prefix + ".coinbase.key-secret", auth.coinbase().keySecret());
			given.put("coinbase", coinbase(prefix, auth.coinbase()));
		}
		if (given.size() > 1) {
			throw new InvalidPropertyException(prefix, null, "must configure a single way to authenticate",
					"Use one of bearer-token, basic and coinbase.");
		}
		return given.values().stream().findFirst().orElseGet(FacilitatorAuthentication::none);
	}

	private FacilitatorAuthentication coinbase(String prefix, X402FacilitatorProperties.Coinbase key) {
		try {
			return FacilitatorAuthentication.coinbase(key.keyId(), key.keySecret(), this.clock);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPropertyException(prefix + ".coinbase.key-secret", null, String.valueOf(ex.getMessage()),
					"Copy the secret of the API key as the platform shows it.");
		}
	}

	private Set<String> networks(String prefix, List<String> names) {
		Set<String> all = new HashSet<>();
		for (String name : names) {
			try {
				Network network = this.networks.get(name);
				all.add(network.id());
				if (network.v1Name() != null) {
					all.add(network.v1Name());
				}
			}
			catch (InvalidPriceException ex) {
				throw new InvalidPropertyException(prefix + ".networks", name, String.valueOf(ex.getMessage()),
						"Use a well-known name such as base, or a CAIP-2 identifier such as eip155:8453.");
			}
		}
		return all;
	}

	/**
	 * Creates HTTP clients.
	 */
	@FunctionalInterface
	interface Clients {

		/**
		 * Prepare a client, which is not created before its first call.
		 * @param property name of the property of the SSL bundle
		 * @param sslBundle name of the SSL bundle, or {@code null}
		 * @return creates a client that does not follow redirects
		 */
		Supplier<WebClient> create(String property, @Nullable String sslBundle);

	}

}
