/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;

import org.junit.jupiter.api.Test;

/**
 * Requests at the edges of HTTP on Tomcat.
 */
class TomcatRequestEdgeTests extends AbstractRequestEdgeTests {

	private static final String FORM = "Content-Type: application/x-www-form-urlencoded";

	@Override
	protected Edge open() {
		return new ServletEdge(Shop.open(Container.TOMCAT, Goods.class, PROPERTIES));
	}

	@Test
	void whenTheBodyOfAGetRequestIsSaidToBeAFormThenItCounts() throws IOException {
		assertOtherRequest("/body", FORM, "doc=1", "/body", FORM, "doc=2");
	}

}
