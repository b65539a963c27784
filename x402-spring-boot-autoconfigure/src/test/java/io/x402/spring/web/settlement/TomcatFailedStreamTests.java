/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

/**
 * Streams that the seller cuts off, on Tomcat.
 */
class TomcatFailedStreamTests extends AbstractServletFailedStreamTests {

	@Override
	protected Edge open() {
		return new ServletEdge(Shop.open(Container.TOMCAT, StreamConfiguration.class, PROPERTY));
	}

}
