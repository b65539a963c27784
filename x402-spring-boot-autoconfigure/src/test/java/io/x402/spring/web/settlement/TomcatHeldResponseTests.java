/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

/**
 * Held responses on Tomcat.
 */
class TomcatHeldResponseTests extends AbstractServletHeldResponseTests {

	@Override
	protected Edge open() {
		return new ServletEdge(Shop.open(Container.TOMCAT, GoodsConfiguration.class, PROPERTY));
	}

}
