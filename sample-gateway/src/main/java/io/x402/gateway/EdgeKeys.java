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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
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

	private final RestClient client;

	private final Clock clock;

	private Map<String, PublicKey> keys = Map.of();

	private Instant requested = Instant.MIN;

	private Instant expires = Instant.MIN;

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
	 * Return the keys that may have signed a token.
	 * @param id identifier of a key, or {@code null} if it is not known
	 */
	synchronized Collection<PublicKey> find(@Nullable String id) {
		Instant now = this.clock.instant();
		boolean missing = id != null && !this.keys.containsKey(id);
		boolean expired = !now.isBefore(this.expires);
		if ((missing || expired) && !now.isBefore(after(this.requested, MIN_INTERVAL))) {
			this.requested = now;
			request(now);
		}
		if (!now.isBefore(this.expires)) {
			return List.of();
		}
		PublicKey key = (id != null) ? this.keys.get(id) : null;
		return (id == null) ? this.keys.values() : (key != null) ? List.of(key) : List.of();
	}

	private static Instant after(Instant instant, Duration time) {
		return instant.equals(Instant.MIN) ? instant : instant.plus(time);
	}

	private void request(Instant now) {
		try {
			ResponseEntity<byte[]> response = this.client.get().retrieve().toEntity(byte[].class);
			this.keys = JsonWebKeys.read(Objects.requireNonNullElse(response.getBody(), new byte[0]));
			this.expires = now.plus(maxAge(response.getHeaders()));
		}
		catch (RuntimeException ex) {
			logger.warn("The keys of the edge cannot be read, so that its requests are charged: " + ex.getMessage());
		}
	}

	private static Duration maxAge(HttpHeaders headers) {
		Matcher found = MAX_AGE.matcher(Objects.requireNonNullElse(headers.getCacheControl(), ""));
		Duration age = found.find() ? Duration.ofSeconds(Long.parseLong(found.group(1))) : MIN_INTERVAL;
		return (age.compareTo(MIN_INTERVAL) < 0) ? MIN_INTERVAL
				: (age.compareTo(MAX_AGE_LIMIT) > 0) ? MAX_AGE_LIMIT : age;
	}

}
