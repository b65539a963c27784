/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.util.stream.Stream;

/**
 * Paid responses that fail on the way, on Jetty.
 */
class JettyCutResponseTests extends AbstractCutResponseTests {

	@Override
	protected Edge open() {
		return new ServletEdge(Shop.open(Container.JETTY, TomcatCutStreamTests.GoodsConfiguration.class));
	}

	@Override
	protected Stream<String> failing() {
		return Stream.concat(super.failing(), Stream.of("/emitter", "/silent-emitter"));
	}

}
