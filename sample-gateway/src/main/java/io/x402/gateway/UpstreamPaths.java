/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.util.List;
import java.util.Set;

import io.x402.spring.autoconfigure.InvalidPropertyException;

import org.springframework.cloud.gateway.server.mvc.config.FilterProperties;
import org.springframework.cloud.gateway.server.mvc.config.PredicateProperties;
import org.springframework.cloud.gateway.server.mvc.config.RouteProperties;
import org.springframework.util.StringUtils;

/**
 * Where a gateway serves the paths of an upstream, as a route says it.
 *
 * @param served how paths of the gateway begin, empty or with a slash, without one at the
 * end
 * @param requested how paths of the upstream begin in place of it
 */
record UpstreamPaths(String served, String requested) {

	/** Filters after which a path is another one. */
	private static final Set<String> REWRITING = Set.of("RewritePath", "SetPath", "RequestHeaderToRequestUri");

	/**
	 * Read a route.
	 * @throws InvalidPropertyException if it serves other paths than those below one
	 */
	static UpstreamPaths of(String property, RouteProperties route) {
		List<String> patterns = route.getPredicates()
			.stream()
			.filter((predicate) -> "Path".equals(predicate.getName()))
			.map(PredicateProperties::getArgs)
			.flatMap((args) -> args.values().stream())
			.toList();
		if (patterns.size() != 1 || !patterns.get(0).matches("(/[^*?{}/]+)*/\\*\\*")) {
			throw new InvalidPropertyException(
					property, null, "needs a route with one predicate Path such as /api/**, but route " + route.getId()
							+ " has " + patterns,
					"Give the document a route of its own, with the predicate Path=/…/**.");
		}
		String served = patterns.get(0).replace("/**", "");
		return new UpstreamPaths(served, requested(property, route, served));
	}

	private static String requested(String property, RouteProperties route, String served) {
		String path = served;
		for (FilterProperties filter : route.getFilters()) {
			if (REWRITING.contains(filter.getName())) {
				throw new InvalidPropertyException(property, null,
						"cannot be used with the filter " + filter.getName() + " of route " + route.getId(),
						"Use only StripPrefix and PrefixPath, in this order.");
			}
			String argument = filter.getArgs().values().stream().findFirst().orElse("");
			if ("StripPrefix".equals(filter.getName())) {
				path = path.replaceFirst("(/[^/]+){" + Integer.parseInt(argument) + "}", "");
			}
			else if ("PrefixPath".equals(filter.getName())) {
				path = StringUtils.trimTrailingCharacter(argument, '/') + path;
			}
		}
		return path;
	}

}
