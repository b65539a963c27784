/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import io.x402.spring.protocol.SupportedResponse;
import org.jspecify.annotations.Nullable;

/**
 * Kinds of payments that a facilitator supports. Every facilitator is asked from one
 * place, in the background; all others read here.
 *
 * @since 0.1.0
 */
public interface SupportedKinds {

	/**
	 * Return what is known now, without waiting. As long as nothing changes this is the
	 * same object.
	 * @return the supported kinds, or {@code null} if nothing is known yet
	 */
	@Nullable SupportedResponse known();

	/**
	 * Return what is supported, waiting for it if nothing is known yet.
	 * @return the supported kinds
	 * @throws FacilitatorException if they cannot be had right now
	 */
	SupportedResponse get();

}
