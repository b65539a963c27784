/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.client.RestClient;

/**
 * The keys of an edge, kept for as long as it says. Without them nothing is free.
 */
final class EdgeKeys {

	private static final Log logger = LogFactory.getLog(EdgeKeys.class);

	private static final Pattern MAX_AGE = Pattern.compile("max-age=(\\d{1,9})");

	private static final Duration MAX_AGE_LIMIT = Duration.ofDays(1);

	/** Minimum time between two requests for keys, whatever tokens come. */
	private static final Duration MIN_INTERVAL = Duration.ofMinutes(1);

	/** The same after a request in vain. */
	private static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);

	/** Maximum time that a request with an unknown key waits for keys. */
	private static final Duration MAX_WAIT = Duration.ofSeconds(2);

	private static final int MAX_SIZE = 100_000;

	private final RestClient client;

	private final Clock clock;

	private final ReentrantLock lock = new ReentrantLock();

	private volatile Keys keys = new Keys(Map.of(), Instant.MIN);

	private Instant next = Instant.MIN;

	/**
	 * Create keys that are requested when they are needed.
	 * @param client requests them at its base URL
	 * @param clock tells when they expire
	 */
	EdgeKeys(RestClient client, Clock clock) {
		this.client = client;
		this.clock = clock;
	}

	/**
	 * Return the keys that may have signed a token. Tokens with known keys do not wait
	 * for those with others.
	 * @param id identifier of a key, or {@code null} if it is not known
	 */
	Collection<PublicKey> find(@Nullable String id) {
		Collection<PublicKey> found = this.keys.find(id, this.clock.instant());
		if (!found.isEmpty() || !isLocked()) {
			return found;
		}
		try {
			Instant now = this.clock.instant();
			if (this.keys.find(id, now).isEmpty() && !now.isBefore(this.next)) {
				this.next = now.plus(request(now) ? MIN_INTERVAL : RETRY_INTERVAL);
			}
			return this.keys.find(id, now);
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isLocked() {
		try {
			return this.lock.tryLock(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private boolean request(Instant now) {
		try {
			Keys received = this.client.get().exchange((request, response) -> {
				if (!response.getStatusCode().is2xxSuccessful()) {
					throw new IllegalStateException("status " + response.getStatusCode());
				}
				return new Keys(JsonWebKeys.read(response.getBody().readNBytes(MAX_SIZE)),
						now.plus(maxAge(response.getHeaders())));
			});
			this.keys = Objects.requireNonNull(received);
			return true;
		}
		catch (RuntimeException ex) {
			logger.warn("The keys of the edge cannot be read, so that its requests are charged: " + ex.getMessage());
			return false;
		}
	}

	private static Duration maxAge(HttpHeaders headers) {
		Matcher found = MAX_AGE.matcher(Objects.requireNonNullElse(headers.getCacheControl(), ""));
		Duration age = found.find() ? Duration.ofSeconds(Long.parseLong(found.group(1))) : MIN_INTERVAL;
		return (age.compareTo(MIN_INTERVAL) < 0) ? MIN_INTERVAL
				: (age.compareTo(MAX_AGE_LIMIT) > 0) ? MAX_AGE_LIMIT : age;
	}

	/**
	 * Keys by their identifiers.
	 *
	 * @param known the keys
	 * @param expires until when they are keys
	 */
	private record Keys(Map<String, PublicKey> known, Instant expires) {

		Collection<PublicKey> find(@Nullable String id, Instant now) {
			if (!now.isBefore(this.expires)) {
				return List.of();
			}
			PublicKey key = (id != null) ? this.known.get(id) : null;
			return (id == null) ? this.known.values() : (key != null) ? List.of(key) : List.of();
		}

	}

}
