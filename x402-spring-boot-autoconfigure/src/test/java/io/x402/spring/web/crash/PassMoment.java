/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

/**
 * When a seller of passes and balances dies.
 */
enum PassMoment {

	BEFORE_PREPARE,

	AFTER_PREPARE,

	BEFORE_START,

	AFTER_START,

	BEFORE_FORGET,

	AFTER_FORGET,

	BEFORE_USE,

	AFTER_USE,

	BEFORE_GIVE_BACK,

	AFTER_GIVE_BACK

}
