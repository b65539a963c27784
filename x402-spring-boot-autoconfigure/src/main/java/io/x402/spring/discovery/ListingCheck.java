/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.protocol.PaymentCodec;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Requests every paid mapping as indexes, buyers and browsers do that know nothing but
 * its URL: without a payment, parameters, a body or a content type. Reports how each of
 * them understands the response, and what keeps the mapping from being listed or paid.
 * <p>
 * Mappings that could respond without a payment are left out, because their handler would
 * run: those with free calls, and those other than {@code GET} whose price depends on the
 * request.
 *
 * @since 0.2.0
 */
public final class ListingCheck {

	private final PricingCatalog catalog;

	private final PaymentCodec codec;

	private final ListingClient client;

	private final boolean free;

	/**
	 * Create a check, whose client knows no credentials and never pays.
	 * @param catalog lists the mappings
	 * @param codec reads the offers of a response
	 * @param free whether the application may let requests in without a payment by rules
	 * of its own, so that handlers could run
	 */
	public ListingCheck(PricingCatalog catalog, PaymentCodec codec, boolean free) {
		this.catalog = catalog;
		this.codec = codec;
		this.client = new JdkListingClient();
		this.free = free;
	}

	/**
	 * Request all paid mappings, one after the other.
	 * @param baseUrl URL below which the application is reached, without a trailing slash
	 * @return the mappings in order of the catalog
	 */
	public List<Result> run(String baseUrl) {
		return this.catalog.paid().stream().flatMap((handler) -> run(handler, baseUrl)).toList();
	}

	private Stream<Result> run(PricedHandler handler, String baseUrl) {
		List<String> methods = ProbedMapping.methods(handler.methods());
		return handler.paths()
			.stream()
			.flatMap((pattern) -> methods.stream().map((method) -> run(handler, method, pattern, baseUrl)));
	}

	private Result run(PricedHandler handler, String method, String pattern, String baseUrl) {
		String path = RouteTemplate.plain(pattern);
		if (path == null) {
			return new Result(method, pattern, handler.name(), null,
					List.of(new ListingFinding("wildcard_path", "An index cannot know which paths match the pattern.",
							"Map the resources that are to be listed by patterns without wildcards.")));
		}
		String requested = RouteTemplate.named(path);
		ListingFinding obstacle = obstacle(handler.pricing(), method, requested);
		if (obstacle != null) {
			return new Result(method, pattern, handler.name(), null, List.of(obstacle));
		}
		try {
			URI url = URI.create(baseUrl + requested);
			ReceivedChallenge challenge = new ReceivedChallenge(this.codec,
					this.client.send(method, url, Map.of("Accept", "*/*", "User-Agent", "x402-check")));
			ListingClient.Response page = method.equals("GET") ? this.client.send(method, url, BrowserRequest.HEADERS)
					: null;
			Seen seen = new Seen(challenge.url(), challenge.index(), challenge.version2(), challenge.version1(),
					BrowserRequest.describe(page));
			return new Result(method, pattern, handler.name(), seen,
					challenge.findings(handler.pricing().isDiscoverable()));
		}
		catch (IOException | IllegalArgumentException ex) {
			return new Result(method, pattern, handler.name(), null,
					List.of(new ListingFinding("unreachable", "The mapping could not be requested: " + ex,
							"Check that the application can be reached at " + baseUrl + ".")));
		}
	}

	private @Nullable ListingFinding obstacle(Pricing pricing, String method, String path) {
		if (this.free) {
			return new ListingFinding("free_requests",
					"Not requested: a policy of the application may let the request in, and the handler would run.",
					"Request it by hand, from a client that the policy does not let in.");
		}
		if (pricing.freeQuota() != null || pricing.freeCallers() != null) {
			return new ListingFinding("free_calls",
					"Not requested: a client with free calls left gets the response, and so does an index.",
					"Request it by hand with a client that has none left.");
		}
		if (!pricing.isStatic() && !method.equals("GET")) {
			return new ListingFinding("price_depends_on_request",
					"Not requested: the price may be free, and the handler would run.",
					"Request it by hand, without parameters and body.");
		}
		if (!method.equals("GET") && isFreeToo(method, path)) {
			return new ListingFinding("free_mapping",
					"Not requested: a free mapping matches the same path, and its handler could run.",
					"Request it by hand, without parameters and body.");
		}
		return null;
	}

	private boolean isFreeToo(String method, String path) {
		PathContainer requested = PathContainer.parsePath(path);
		return this.catalog.handlers()
			.stream()
			.filter((handler) -> !handler.isPaid()
					&& (handler.methods().isEmpty() || handler.methods().contains(HttpMethod.valueOf(method))))
			.flatMap((handler) -> handler.paths().stream())
			.anyMatch((pattern) -> !pattern.equals("/**") && matches(pattern, requested));
	}

	private static boolean matches(String pattern, PathContainer path) {
		try {
			return PathPatternParser.defaultInstance.parse(pattern).matches(path);
		}
		catch (PatternParseException ex) {
			return true;
		}
	}

	/**
	 * A mapping that was requested.
	 *
	 * @param method HTTP method
	 * @param path path pattern
	 * @param handler name of the handler
	 * @param seen what the response is to each of its readers, or {@code null} if there
	 * was no request or response
	 * @param findings what should be changed, none if all is well
	 */
	public record Result(String method, String path, String handler, @Nullable Seen seen,
			List<ListingFinding> findings) {

	}

	/**
	 * What a response is to each of its readers, in words.
	 *
	 * @param url URL of the resource as the offers of version 2 name it, or {@code null}
	 * @param index a catalogue or index of paid resources
	 * @param version2 a buyer that reads the {@code PAYMENT-REQUIRED} header
	 * @param version1 a buyer that reads offers in the body
	 * @param browser a browser, or {@code null} if the method is not {@code GET}
	 */
	public record Seen(@Nullable String url, String index, String version2, String version1, @Nullable String browser) {

	}

}
