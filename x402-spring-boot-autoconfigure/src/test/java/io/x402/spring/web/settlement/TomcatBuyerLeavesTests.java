/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

/**
 * Buyers who leave Tomcat.
 */
class TomcatBuyerLeavesTests extends AbstractBuyerLeavesTests {

	@Override
	protected Edge open() {
		return new ServletEdge(Shop.open(Container.TOMCAT, GoodsConfiguration.class, PROPERTIES));
	}

}
