/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.x402.gateway;

import java.util.Map;
import java.util.TreeMap;

import io.x402.spring.autoconfigure.InvalidPropertyException;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cloud.gateway.server.mvc.config.GatewayMvcProperties;
import org.springframework.cloud.gateway.server.mvc.config.RouteProperties;
import org.springframework.stereotype.Component;

/**
 * Stops a gateway whose configuration would be ignored in silence.
 */
@Component
final class RouteChecks implements SmartInitializingSingleton {

	private final GatewayProperties properties;

	private final GatewayMvcProperties gateway;

	RouteChecks(GatewayProperties properties, GatewayMvcProperties gateway) {
		this.properties = properties;
		this.gateway = gateway;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Map<String, RouteProperties> routes = routes(this.gateway);
		routes.values().forEach(RouteChecks::check);
		for (String upstream : this.properties.upstreams().keySet()) {
			if (!routes.containsKey(upstream)) {
				throw new InvalidPropertyException("gateway.upstreams." + upstream, null, "there is no such route",
						"Use the identifier of one of the routes " + routes.keySet() + ".");
			}
		}
	}

	/**
	 * Return the routes by their identifiers, which is the key of one in a map unless it
	 * has another.
	 */
	static Map<String, RouteProperties> routes(GatewayMvcProperties gateway) {
		Map<String, RouteProperties> routes = new TreeMap<>();
		gateway.getRoutesMap()
			.forEach((key, route) -> routes.put((route.getId() != null) ? route.getId() : key, route));
		gateway.getRoutes().forEach((route) -> routes.put(String.valueOf(route.getId()), route));
		return routes;
	}

	/**
	 * Spring Cloud Gateway takes only scheme, host and port of the address of a route.
	 */
	private static void check(RouteProperties route) {
		if (route.getUri() != null && route.getUri().getRawUserInfo() != null) {
			throw new InvalidPropertyException("uri of route " + route.getId(), null,
					"has credentials, which the gateway would leave out",
					"Set username and password of gateway.upstreams." + route.getId() + ", and remove them here.");
		}
		String path = (route.getUri() != null) ? route.getUri().getRawPath() : null;
		if (path != null && path.length() > 1) {
			throw new InvalidPropertyException("uri of route " + route.getId(), String.valueOf(route.getUri()),
					"has a path, which the gateway would leave out", "Add the filter PrefixPath=" + path
							+ " to the route, after StripPrefix, and remove the path from its address.");
		}
	}

}
