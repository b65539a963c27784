/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

/**
 * What a person sees on WebFlux.
 */
@WebFluxEdgeTest
class WebFluxBrowserPageTests extends AbstractBrowserPageTests {

}
