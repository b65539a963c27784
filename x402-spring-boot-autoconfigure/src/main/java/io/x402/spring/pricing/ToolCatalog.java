/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;

/**
 * Lists the tools of an application that has servers for them.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface ToolCatalog {

	/**
	 * Return the tools that the servers have at present, paid and free.
	 * @return the tools, in order of their names
	 */
	List<PricedTool> tools();

}
