/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import io.x402.sample.OnWebFlux;

/**
 * Free calls, passes and balances of the lab on WebFlux.
 */
@OnWebFlux
class AccessControllerOnWebFluxTests extends AccessControllerTests {

}
