/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.util.UriUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Prices by path. A route is matched against the path that Spring routes on and, for
 * handlers that clean or decode paths themselves, however often, against its plainest
 * forms. Any match means that payment is required, and matches with different prices that
 * the request is refused.
 */
final class RoutePricing {

	/** Characters of a path that another component may normalize. */
	private static final Pattern UNUSUAL = Pattern.compile("[%;\\\\]|//|/\\.|./$");

	private static final Pattern PARAMETERS = Pattern.compile(";[^/]*");

	private static final Pattern SEPARATORS = Pattern.compile("[/\\\\]+");

	private static final int MAX_DECODINGS = 5;

	private final List<Route> routes;

	RoutePricing(List<PaymentRoute> routes, PathPatternParser parser, PricingFactory factory) {
		this.routes = routes.stream().map((route) -> compile(route, parser, factory)).toList();
	}

	private static Route compile(PaymentRoute route, PathPatternParser parser, PricingFactory factory) {
		String source = "route " + route.pattern();
		try {
			String pattern = parser.initFullPathPattern(route.pattern());
			return new Route(route, parser.parse(pattern), factory.create(name(route), source, route.offers()));
		}
		catch (PatternParseException ex) {
			throw new InvalidPricingException("pattern", route.pattern(), "the path pattern cannot be parsed",
					"Correct the pattern: " + ex.toDetailedString())
				.of(source);
		}
	}

	private static String name(PaymentRoute route) {
		return "route " + route.methods().stream().map(HttpMethod::name).sorted().toList() + " " + route.pattern();
	}

	List<Route> routes() {
		return this.routes;
	}

	/**
	 * Return the routes that may match some requests of a mapping.
	 */
	List<Route> touching(Set<String> paths) {
		return this.routes.stream().filter((route) -> route.touches(paths)).toList();
	}

	/**
	 * Find the route that prices a request.
	 * @param request the request
	 * @return the match, or {@code null} if no route matches
	 * @throws InvalidPricingException if the request path matches routes with different
	 * prices
	 */
	@Nullable Match find(PricingRequest request) {
		PathContainer path = this.routes.isEmpty() ? null : request.path();
		Match found = null;
		for (PathContainer spelling : spellings(path)) {
			Match match = match(spelling, request.method());
			if (match == null || (found != null && match.isFree())) {
				continue;
			}
			if (found != null && !found.isFree() && !found.agreesWith(match)) {
				throw new InvalidPricingException("path", "", "the request path matches routes with different prices",
						"No action needed; such requests are refused.");
			}
			found = match;
		}
		return found;
	}

	private @Nullable Match match(PathContainer path, String method) {
		for (Route route : this.routes) {
			PathPattern.PathMatchInfo info = route.matches(method) ? route.pattern().matchAndExtract(path) : null;
			if (info != null) {
				return new Match(route, info.getUriVariables());
			}
		}
		return null;
	}

	private static List<PathContainer> spellings(@Nullable PathContainer path) {
		if (path == null) {
			return List.of();
		}
		String text = path.value();
		if (!UNUSUAL.matcher(text).find()) {
			return List.of(path);
		}
		String withoutParameters = PARAMETERS.matcher(text).replaceAll("");
		String decoded = UriUtils.decode(text, StandardCharsets.UTF_8);
		return List.of(path, plain(UriUtils.decode(withoutParameters, StandardCharsets.UTF_8)),
				plain(PARAMETERS.matcher(decoded).replaceAll("")),
				plain(PARAMETERS.matcher(decodeFully(decoded)).replaceAll("")));
	}

	/**
	 * A path is decoded once more by each server that it is forwarded to.
	 */
	private static String decodeFully(String decoded) {
		String text = decoded;
		try {
			for (int i = 0; i < MAX_DECODINGS && text.contains("%"); i++) {
				text = UriUtils.decode(text, StandardCharsets.UTF_8);
			}
		}
		catch (IllegalArgumentException ex) {
			// A percent sign that is one
		}
		return text;
	}

	private static PathContainer plain(String decoded) {
		String plain = StringUtils.cleanPath(SEPARATORS.matcher(decoded).replaceAll("/"));
		plain = (plain.length() > 1) ? StringUtils.trimTrailingCharacter(plain, '/') : plain;
		return PathContainer.parsePath(plain.replace("%", "%25").replace(";", "%3B"));
	}

	/**
	 * A compiled route.
	 *
	 * @param definition the route
	 * @param pattern its path pattern
	 * @param pricing its price
	 */
	record Route(PaymentRoute definition, PathPattern pattern, Pricing pricing) {

		/**
		 * A non-standard HTTP method is treated as one of the priced methods.
		 */
		boolean matches(String method) {
			Set<HttpMethod> methods = this.definition.methods();
			return methods.isEmpty() || methods.contains(HttpMethod.valueOf(method))
					|| ("HEAD".equals(method) && methods.contains(HttpMethod.GET))
					|| RequestMethod.resolve(method) == null;
		}

		/**
		 * Return whether this route matches all requests of a mapping.
		 */
		boolean covers(Set<HttpMethod> methods, Set<String> paths) {
			boolean anyMethod = this.definition.methods().isEmpty();
			return (anyMethod || (!methods.isEmpty() && methods.stream().allMatch((method) -> matches(method.name()))))
					&& paths.stream().map(PathContainer::parsePath).allMatch(this.pattern::matches);
		}

		/**
		 * Return whether this route may match some requests of a mapping.
		 */
		boolean touches(Set<String> paths) {
			PathContainer path = PathContainer.parsePath(this.pattern.getPatternString());
			return paths.stream()
				.anyMatch((mapped) -> this.pattern.matches(PathContainer.parsePath(mapped)) || mayMatch(mapped, path));
		}

		/**
		 * Patterns of other syntax are possible where a mapping has its own path matcher.
		 */
		private static boolean mayMatch(String pattern, PathContainer path) {
			try {
				return PathPatternParser.defaultInstance.parse(pattern).matches(path);
			}
			catch (PatternParseException ex) {
				return true;
			}
		}

	}

	/**
	 * A route that matched.
	 *
	 * @param route the route
	 * @param variables its path variables
	 */
	record Match(Route route, Map<String, String> variables) {

		Pricing pricing() {
			return this.route.pricing();
		}

		boolean isFree() {
			return pricing().isFree();
		}

		boolean agreesWith(Match other) {
			return pricing() == other.pricing() && (pricing().isStatic() || this.variables.equals(other.variables));
		}

	}

}
