/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The same shop in each container, open while the tests of a class run.
 */
final class Shops implements BeforeAllCallback, AfterAllCallback {

	private final Class<?> configuration;

	private final List<String> properties;

	private final Map<Container, List<String>> own = new EnumMap<>(Container.class);

	private final Map<Container, Shop> shops = new EnumMap<>(Container.class);

	private Shops(Class<?> configuration, List<String> properties) {
		this.configuration = configuration;
		this.properties = properties;
	}

	/**
	 * Create shops.
	 * @param configuration what they sell and what else they are made of
	 * @param properties properties as {@code key=value}
	 * @return the shops, to be registered as an extension
	 */
	static Shops of(Class<?> configuration, String... properties) {
		return new Shops(configuration, List.of(properties));
	}

	/**
	 * Add properties for one container.
	 */
	Shops with(Container container, String... properties) {
		this.own.put(container, List.of(properties));
		return this;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		for (Container container : Container.values()) {
			List<String> all = new ArrayList<>(this.properties);
			all.addAll(this.own.getOrDefault(container, List.of()));
			this.shops.put(container, Shop.open(container, this.configuration, all.toArray(String[]::new)));
		}
	}

	@Override
	public void afterAll(ExtensionContext context) {
		this.shops.values().forEach(Shop::close);
	}

	Shop get(Container container) {
		return this.shops.get(container);
	}

	void forEach(Consumer<Shop> action) {
		this.shops.values().forEach(action);
	}

}
