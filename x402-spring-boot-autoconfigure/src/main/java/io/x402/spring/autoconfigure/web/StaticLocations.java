/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.io.IOException;
import java.util.List;

import io.x402.spring.pricing.PricedHandler;

import org.springframework.core.io.Resource;

/**
 * Finds out whether static resources are below a path. Their mapping matches all paths,
 * most of which do not exist.
 */
final class StaticLocations {

	private StaticLocations() {
	}

	/**
	 * Return whether a mapping of static resources may serve a path.
	 * @param locations where the resources are
	 * @param mapping the mapping
	 * @param pattern pattern of the path
	 * @return {@code false} if there is nothing
	 */
	static boolean serve(List<Resource> locations, PricedHandler mapping, String pattern) {
		String base = literal(mapping.paths().iterator().next());
		String path = literal(pattern);
		String relative = path.startsWith(base) ? path.substring(base.length()) : "";
		return locations.stream().anyMatch((location) -> exists(location, relative));
	}

	private static String literal(String pattern) {
		return pattern.split("[*?{]", 2)[0];
	}

	private static boolean exists(Resource location, String path) {
		try {
			return path.isEmpty() || location.createRelative(path).exists();
		}
		catch (IOException ex) {
			return true;
		}
	}

}
