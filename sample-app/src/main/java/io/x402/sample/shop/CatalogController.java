/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.util.List;
import java.util.stream.Stream;

import io.x402.spring.PaymentFlow;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricingCatalog;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.HandlerMethod;

/**
 * Lists what is for sale.
 */
@RestController
final class CatalogController {

	private final PricingCatalog catalog;

	CatalogController(PricingCatalog catalog) {
		this.catalog = catalog;
	}

	@GetMapping("/catalog")
	List<Item> catalog() {
		return this.catalog.paid().stream().flatMap(CatalogController::items).toList();
	}

	private static Stream<Item> items(PricedHandler handler) {
		String method = handler.methods().stream().findFirst().orElse(HttpMethod.GET).name();
		PaymentFlow flow = handler.pricing().offers().get(0).flow();
		return handler.paths()
			.stream()
			.map((path) -> new Item(method, path, handler.pricing().text(), handler.pricing().description(), flow,
					source(handler)));
	}

	private static @Nullable String source(PricedHandler handler) {
		return (handler.handler() instanceof HandlerMethod method)
				? SourceController.pathOf(ClassUtils.getUserClass(method.getBeanType())) : null;
	}

	/**
	 * What is sold.
	 *
	 * @param method HTTP method
	 * @param path path pattern
	 * @param price price, as people read it
	 * @param description what it is
	 * @param flow when money moves
	 * @param source where the source of the handler can be read, or {@code null}
	 */
	record Item(String method, String path, String price, @Nullable String description, PaymentFlow flow,
			@Nullable String source) {

	}

}
