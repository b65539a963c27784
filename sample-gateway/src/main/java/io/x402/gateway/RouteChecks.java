/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.x402.gateway;

import java.util.Set;
import java.util.TreeSet;

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
		Set<String> routes = new TreeSet<>(this.gateway.getRoutesMap().keySet());
		this.gateway.getRoutesMap().values().forEach(RouteChecks::check);
		for (RouteProperties route : this.gateway.getRoutes()) {
			check(route);
			routes.add(String.valueOf(route.getId()));
		}
		for (String upstream : this.properties.upstreams().keySet()) {
			if (!routes.contains(upstream)) {
				throw new InvalidPropertyException("gateway.upstreams." + upstream, null, "there is no such route",
						"Use the identifier of one of the routes " + routes + ".");
			}
		}
	}

	/**
	 * Spring Cloud Gateway takes only scheme, host and port of the address of a route.
	 */
	private static void check(RouteProperties route) {
		String path = (route.getUri() != null) ? route.getUri().getRawPath() : null;
		if (path != null && path.length() > 1) {
			throw new InvalidPropertyException("uri of route " + route.getId(), String.valueOf(route.getUri()),
					"has a path, which the gateway would leave out", "Add the filter PrefixPath=" + path
							+ " to the route, after StripPrefix, and remove the path from its address.");
		}
	}

}
