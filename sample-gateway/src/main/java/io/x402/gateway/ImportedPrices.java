/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.gateway.GatewayProperties.Upstream;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.X402Properties.Route;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.cloud.gateway.server.mvc.config.GatewayMvcProperties;
import org.springframework.cloud.gateway.server.mvc.config.RouteProperties;
import org.springframework.core.io.Resource;
import org.springframework.stereotype.Component;
import org.springframework.util.ResourceUtils;

/**
 * Prices of the operations of imported OpenAPI documents, by route of the gateway.
 */
@Component
final class ImportedPrices {

	private static final Log logger = LogFactory.getLog(ImportedPrices.class);

	private final Map<String, SoldOperations> imports = new LinkedHashMap<>();

	ImportedPrices(GatewayProperties properties, GatewayMvcProperties gateway) {
		Map<String, RouteProperties> routes = RouteChecks.routes(gateway);
		properties.upstreams().forEach((id, upstream) -> {
			SoldOperations operations = operations("gateway.upstreams." + id + ".openapi", upstream, routes.get(id));
			if (operations != null) {
				this.imports.put(id, operations);
			}
		});
	}

	private static @Nullable SoldOperations operations(String property, Upstream upstream,
			@Nullable RouteProperties route) {
		OpenApiImport openapi = upstream.openapi();
		String location = openapi.location();
		if (location == null || location.isBlank()) {
			if (!openapi.prices().isEmpty() || !openapi.isClosed()) {
				throw new InvalidPropertyException(property + ".location", null, "is missing, but there are prices",
						"Name the OpenAPI document of the upstream.");
			}
			return null;
		}
		if (route == null) {
			// RouteChecks says so
			return null;
		}
		OpenApiDocument document = OpenApiDocument.read(property + ".location", location, resource(property, location));
		UpstreamPaths paths = UpstreamPaths.of(property, route);
		Set<String> basePaths = document.basePaths();
		if (!basePaths.isEmpty() && !basePaths.contains(paths.requested())) {
			throw document.invalid(
					"has servers with the paths " + basePaths + ", but route " + route.getId() + " requests "
							+ (paths.requested().isEmpty() ? "/" : paths.requested()),
					"Correct the filters StripPrefix and PrefixPath of the route, or the servers of the document.");
		}
		return SoldOperations.of(property, openapi, document, paths.served());
	}

	/**
	 * A document that somebody else can change while the gateway restarts is not a price
	 * list.
	 */
	private static Resource resource(String property, String location) {
		if (location.matches("(?i)(https?|ftp|jar):.*")) {
			throw new InvalidPropertyException(property + ".location", location, "is not a file",
					"Download the document, look at its operations, and name the file.");
		}
		String url = location.contains(":") ? location : ResourceUtils.FILE_URL_PREFIX + location;
		return ApplicationResourceLoader.get().getResource(url);
	}

	/**
	 * Return the operations of a route of the gateway.
	 * @return the operations, or {@code null} if there is no document
	 */
	@Nullable SoldOperations of(String route) {
		return this.imports.get(route);
	}

	/**
	 * Return the operations of all documents.
	 */
	List<SoldOperations> all() {
		return List.copyOf(this.imports.values());
	}

	/**
	 * Return the prices of an application with those of the documents before them. Below
	 * the path of a document only its prices apply.
	 */
	List<Route> before(List<Route> others) {
		List<Route> routes = new ArrayList<>();
		this.imports.values().forEach((operations) -> routes.addAll(operations.routes()));
		for (Route route : others) {
			if (this.imports.values().stream().noneMatch((operations) -> operations.includes(route.path()))) {
				routes.add(route);
			}
			else {
				logger.warn(
						"The price of " + route.path() + " under x402.routes is not used, because an OpenAPI document "
								+ "has the prices below its path");
			}
		}
		return routes;
	}

}
