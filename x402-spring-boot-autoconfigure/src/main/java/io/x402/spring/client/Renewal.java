/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

/**
 * What a seller says about a payment that has expired.
 */
enum Renewal {

	/** It was or may be taken, or there is no word about it: it is kept. */
	NONE,

	/** Another one is asked for, which may be made at once. */
	ASKED,

	/** It was refused as expired, without an offer: the next call asks for the price. */
	REFUSED

}
