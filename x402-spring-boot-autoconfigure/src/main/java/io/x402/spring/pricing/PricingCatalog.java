/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;

/**
 * Lists what an application sells. A bean of this type is there for every transport.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PricingCatalog {

	/**
	 * Return the mappings of the application, paid and free, and its routes.
	 * @return the mappings, in order of their paths
	 */
	List<PricedHandler> handlers();

	/**
	 * Return the paid mappings of the application, and its routes.
	 * @return the mappings, in order of their paths
	 */
	default List<PricedHandler> paid() {
		return handlers().stream().filter(PricedHandler::isPaid).toList();
	}

}
