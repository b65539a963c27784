/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import io.x402.spring.protocol.ReasonCode;

/**
 * What a header of the extension proves.
 *
 * @since 0.2.0
 */
public sealed interface SignInResult permits SignedIn, SignInResult.Refused {

	/**
	 * It proves nothing.
	 *
	 * @param reason why not
	 */
	record Refused(ReasonCode reason) implements SignInResult {

	}

}
