/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import java.io.IOException;

import io.x402.spring.pricing.PricedHandler;

import org.springframework.core.io.Resource;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/**
 * Finds out whether a mapping serves anything below a path. The mapping of static
 * resources matches all paths, most of which do not exist.
 */
final class StaticResources {

	/**
	 * Return whether a mapping may serve a path.
	 * @param mapping the mapping
	 * @param pattern pattern of the path
	 * @return {@code false} if the mapping serves static resources and has none there
	 */
	boolean serves(PricedHandler mapping, String pattern) {
		if (!(mapping.handler() instanceof ResourceHttpRequestHandler resources)) {
			return true;
		}
		String base = literal(mapping.paths().iterator().next());
		String path = literal(pattern);
		String relative = path.startsWith(base) ? path.substring(base.length()) : "";
		return resources.getLocations().stream().anyMatch((location) -> exists(location, relative));
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
