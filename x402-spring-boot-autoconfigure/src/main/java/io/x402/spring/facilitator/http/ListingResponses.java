/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.URI;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.x402.spring.facilitator.CatalogueListing;
import io.x402.spring.facilitator.CatalogueListing.Status;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.protocol.PaymentCodec;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the {@code EXTENSION-RESPONSES} header of a facilitator whether its
 * catalogue lists what is paid for. The header says nothing about the payment: whatever
 * it holds, it changes no outcome and reaches no buyer.
 */
final class ListingResponses {

	/** Name of the header. */
	static final String HEADER = "EXTENSION-RESPONSES";

	private static final Log logger = LogFactory.getLog(ListingResponses.class);

	private static final String EXTENSION = "bazaar";

	private static final int MAX_LENGTH = 8192;

	private static final int MAX_ROUTE = 200;

	/** Routes beyond that are not recorded, paths of one with wildcards have no end. */
	private static final int MAX_ROUTES = 500;

	/** A facilitator that changes its mind with each call must not fill the log. */
	private static final int MAX_LOGGED = 10;

	private final String facilitator;

	private final PaymentCodec codec;

	private final Map<String, Latest> latest = new ConcurrentHashMap<>();

	private final List<Consumer<CatalogueListing>> listeners = new CopyOnWriteArrayList<>();

	/**
	 * Create a reader.
	 * @param facilitator name of the facilitator, without secrets
	 * @param codec reads the header
	 */
	ListingResponses(String facilitator, PaymentCodec codec) {
		this.facilitator = facilitator;
		this.codec = codec;
	}

	/**
	 * Note what the facilitator says about the resource of a request.
	 */
	void note(FacilitatorResponse response, FacilitatorRequest request) {
		if (response.extensions() == null || !request.declared().containsKey(EXTENSION)) {
			return;
		}
		try {
			String route = route(request);
			CatalogueListing listing = (route != null) ? listing(route, response.extensions()) : null;
			if (listing != null && (this.latest.containsKey(route) || this.latest.size() < MAX_ROUTES)) {
				record(listing);
			}
		}
		catch (RuntimeException ex) {
			logger.debug("What the facilitator says about extensions cannot be read: " + ex.getClass().getName());
		}
	}

	/**
	 * Return the latest listing of each route.
	 */
	List<CatalogueListing> all() {
		return this.latest.values()
			.stream()
			.map(Latest::listing)
			.sorted(Comparator.comparing(CatalogueListing::route))
			.toList();
	}

	/**
	 * Tell a listener of every listing, also of those that change nothing.
	 */
	void onListing(Consumer<CatalogueListing> listener) {
		this.listeners.add(listener);
	}

	private void record(CatalogueListing listing) {
		this.latest.compute(listing.route(), (route, before) -> {
			int changes = (before != null) ? before.changes() : 0;
			if (before != null && before.listing().equals(listing)) {
				return before;
			}
			if (changes < MAX_LOGGED) {
				log(listing);
			}
			return new Latest(listing, changes + 1);
		});
		this.listeners.forEach((listener) -> listener.accept(listing));
	}

	private static void log(CatalogueListing listing) {
		if (listing.status() == Status.ACCEPTED) {
			logger.info("The catalogue of " + listing.facilitator() + " lists " + listing.route());
			return;
		}
		String reason = listing.reason().isEmpty() ? "" : ": " + listing.reason();
		logger.warn("The catalogue of " + listing.facilitator() + " does not list " + listing.route() + reason);
	}

	private @Nullable CatalogueListing listing(String route, String header) {
		if (header.length() > MAX_LENGTH) {
			return null;
		}
		Map<?, ?> extensions = this.codec.read(Base64.getDecoder().decode(header), Map.class);
		if (!(extensions.get(EXTENSION) instanceof Map<?, ?> outcome)
				|| !(outcome.get("status") instanceof String status)) {
			return null;
		}
		String reason = (outcome.get("rejectedReason") instanceof String text) ? UpstreamText.excerpt(text) : "";
		return switch (status) {
			case "accepted" -> new CatalogueListing(this.facilitator, route, Status.ACCEPTED, "");
			case "rejected" -> new CatalogueListing(this.facilitator, route, Status.REJECTED, reason);
			default -> new CatalogueListing(this.facilitator, route, Status.OTHER, UpstreamText.excerpt(status));
		};
	}

	/**
	 * Catalogues file a resource under its template, or else under its path.
	 */
	private static @Nullable String route(FacilitatorRequest request) {
		Map<?, ?> declared = object(request.declared().get(EXTENSION));
		Object method = object(object(declared.get("info")).get("input")).get("method");
		Object path = declared.get("routeTemplate");
		if (path == null) {
			path = URI.create(request.resource().url()).getRawPath();
		}
		String route = method + " " + path;
		return (method != null && path != null && route.length() <= MAX_ROUTE) ? route : null;
	}

	private static Map<?, ?> object(@Nullable Object value) {
		return (value instanceof Map<?, ?> map) ? map : Map.of();
	}

	/**
	 * The latest listing of a route.
	 *
	 * @param listing the listing
	 * @param changes how often it has changed
	 */
	private record Latest(CatalogueListing listing, int changes) {

	}

}
