/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

/**
 * Documents that buyers read on Spring MVC.
 */
@EdgeTest
class ChallengeDocumentTests extends AbstractChallengeDocumentTests {

}
