/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

/**
 * Caching of what was paid for on Spring MVC.
 */
@EdgeTest
class CachingTests extends AbstractCachingTests {

}
