/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.autoconfigure.TokenAmount;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for the facilitator.
 *
 * @param type Type of facilitator.
 * @param url Base URL of the remote facilitator. Must use https except on loopback.
 * @param networks Comma-separated list of networks to use this facilitator for. Used for
 * all networks if empty; other networks use the fallbacks.
 * @param connector HTTP client library that calls the facilitator. By default, the
 * connector of the application's WebClient, which is the JDK's HttpClient unless another
 * library is on the class path.
 * @param connectTimeout Maximum time to wait for a connection to the facilitator.
 * @param verifyTimeout Maximum time to wait for the verification of a payment, including
 * retries.
 * @param settleTimeout Maximum time to wait for the settlement of a payment. Must cover a
 * slow confirmation on chain.
 * @param sslBundle Name of the SSL bundle for connections to the facilitator.
 * @param auth Authentication to the facilitator.
 * @param supported Offers that the facilitator supports.
 * @param retry Retries of failed calls.
 * @param circuitBreaker Circuit breaker, which stops calls to a failing facilitator.
 * @param limits Limits of calls and offers.
 * @param fallbacks Remote facilitators to use while the preferred one is not usable.
 * @param simulated Simulated facilitator.
 * @since 0.1.0
 */
@ConfigurationProperties("x402.facilitator")
public record X402FacilitatorProperties(@DefaultValue("http") Type type,
		@DefaultValue("https://www.x402.org/facilitator") String url, @DefaultValue List<String> networks,
		@Nullable Connector connector, @DefaultValue("2s") Duration connectTimeout,
		@DefaultValue("10s") Duration verifyTimeout, @DefaultValue("90s") Duration settleTimeout,
		@Nullable String sslBundle, @DefaultValue Auth auth, @DefaultValue Supported supported,
		@DefaultValue Retry retry, @DefaultValue CircuitBreaker circuitBreaker, @DefaultValue CallLimits limits,
		@DefaultValue List<Fallback> fallbacks, @DefaultValue Simulated simulated) {

	private static final String PREFIX = "x402.facilitator.";

	private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);

	private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

	public X402FacilitatorProperties {
		Limits.duration(PREFIX + "connect-timeout", connectTimeout, MIN_TIMEOUT, MAX_TIMEOUT);
		Limits.duration(PREFIX + "verify-timeout", verifyTimeout, MIN_TIMEOUT, MAX_TIMEOUT);
		Limits.duration(PREFIX + "settle-timeout", settleTimeout, MIN_TIMEOUT, MAX_TIMEOUT);
		for (int i = 0; i < fallbacks.size(); i++) {
			Limits.required(PREFIX + "fallbacks[" + i + "].url", fallbacks.get(i).url());
		}
	}

	/**
	 * Type of facilitator.
	 */
	public enum Type {

		/** Remote facilitator over HTTP. */
		HTTP,

		/** This application, with its own keys and nodes. */
		ONCHAIN,

		/** Simulated facilitator in this process, for test networks; no money moves. */
		SIMULATED

	}

	/**
	 * HTTP client library.
	 */
	public enum Connector {

		/** HttpClient of the JDK, in HTTP/1.1 and without threads of its own. */
		JDK,

		/** Reactor Netty. */
		REACTOR,

		/** Jetty. */
		JETTY,

		/** Apache HttpComponents. */
		HTTP_COMPONENTS

	}

	/**
	 * Authentication to a facilitator, by bearer token, basic or Coinbase at most.
	 *
	 * @param headers Additional HTTP headers of calls to the facilitator.
	 * @param bearerToken Bearer token.
	 * @param basic Basic authentication.
	 * @param coinbase API key of the Coinbase Developer Platform.
	 */
	public record Auth(@DefaultValue Map<String, String> headers, @Nullable String bearerToken, @Nullable Basic basic,
			@Nullable Coinbase coinbase) {

		@Override
		public String toString() {
			return "Auth[headers=" + this.headers.keySet() + "]";
		}

	}

	/**
	 * Basic authentication.
	 *
	 * @param username User name, without colon.
	 * @param password Password.
	 */
	public record Basic(String username, String password) {

		@Override
		public String toString() {
			return "Basic[]";
		}

	}

	/**
	 * API key of the Coinbase Developer Platform.
	 *
	 * @param keyId Identifier of the API key.
	 * @param keySecret Secret of the API key, base64 of an Ed25519 key or PEM of an EC
	 * key.
	 */
	public record Coinbase(String keyId, String keySecret) {

		@Override
		public String toString() {
			return "Coinbase[]";
		}

	}

	/**
	 * Offers that the facilitator supports.
	 *
	 * @param timeout Maximum time to wait for the supported offers, including retries.
	 * @param timeToLive Time for which the supported offers are cached.
	 * @param check Whether to log a warning about the first offer of a kind that the
	 * facilitator does not support.
	 * @param verifyOnStartup Whether to fail the startup if the facilitator is not
	 * reachable or does not support all offers. By default, only its health reports that.
	 */
	public record Supported(@DefaultValue("10s") Duration timeout, @DefaultValue("10m") Duration timeToLive,
			@DefaultValue("true") boolean check, @DefaultValue("false") boolean verifyOnStartup) {

		public Supported {
			Limits.duration(PREFIX + "supported.timeout", timeout, MIN_TIMEOUT, MAX_TIMEOUT);
			Limits.duration(PREFIX + "supported.time-to-live", timeToLive, Duration.ofSeconds(1), Duration.ofDays(7));
		}

	}

	/**
	 * Retries of failed calls.
	 *
	 * @param maxRetries Maximum number of retries after a transient verification failure.
	 * Settlements are never retried.
	 */
	public record Retry(@DefaultValue("2") int maxRetries) {

		public Retry {
			Limits.number(PREFIX + "retry.max-retries", maxRetries, 0);
		}

	}

	/**
	 * Circuit breaker, which stops calls to a failing facilitator or node.
	 *
	 * @param failureThreshold Number of consecutive failures after which the circuit
	 * breaker opens.
	 * @param openDuration Time for which the circuit breaker stays open before single
	 * calls are permitted, unless a background check succeeds earlier.
	 */
	public record CircuitBreaker(@DefaultValue("5") int failureThreshold, @DefaultValue("10s") Duration openDuration) {

		public CircuitBreaker {
			Limits.number(PREFIX + "circuit-breaker.failure-threshold", failureThreshold, 1);
			Limits.duration(PREFIX + "circuit-breaker.open-duration", openDuration, MIN_TIMEOUT, MAX_TIMEOUT);
		}

	}

	/**
	 * Limits of calls and offers.
	 *
	 * @param maxConcurrentVerifications Maximum number of concurrent verifications.
	 * Further payments are refused and not charged. By default, 2000 with virtual
	 * threads, else a quarter of the threads of the web server, 50.
	 * @param maxConcurrentSettlements Maximum number of concurrent settlements. Further
	 * payments are refused and not charged. By default, 2000 with virtual threads, else
	 * half of the threads of the web server, 100. With type 'onchain' 100.
	 * @param maxDescriptionLength Maximum number of characters of a description.
	 * @param minAmount Minimum price in tokens. By default, the known minimum of the
	 * facilitator.
	 */
	public record CallLimits(@Nullable Integer maxConcurrentVerifications, @Nullable Integer maxConcurrentSettlements,
			@DefaultValue("500") int maxDescriptionLength, @Nullable TokenAmount minAmount) {

		public CallLimits {
			if (maxConcurrentVerifications != null) {
				Limits.number(PREFIX + "limits.max-concurrent-verifications", maxConcurrentVerifications, 1);
			}
			if (maxConcurrentSettlements != null) {
				Limits.number(PREFIX + "limits.max-concurrent-settlements", maxConcurrentSettlements, 1);
			}
			Limits.number(PREFIX + "limits.max-description-length", maxDescriptionLength, 1);
		}

	}

	/**
	 * Facilitator that is used while those before it are not usable.
	 *
	 * @param url Base URL of the facilitator. Must use https except on loopback.
	 * @param networks Comma-separated list of networks to use this facilitator for. Used
	 * for all networks if empty.
	 * @param sslBundle Name of the SSL bundle for connections to the facilitator.
	 * @param auth Authentication to the facilitator.
	 */
	public record Fallback(String url, @DefaultValue List<String> networks, @Nullable String sslBundle,
			@DefaultValue Auth auth) {

	}

	/**
	 * Simulated facilitator.
	 *
	 * @param balance Initial balance of every account in every asset, in tokens.
	 */
	public record Simulated(@DefaultValue("1000") TokenAmount balance) {

	}

}
