/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.time.Duration;
import java.util.Set;

import io.x402.spring.protocol.ProtocolVersion;

/**
 * How a payer sends payments.
 *
 * @param versions protocol versions it speaks
 * @param maxValidity most time for which a payment is valid, whatever the seller asks for
 * @param redeliveryWindow time for which a payment that has expired is still sent, to
 * collect what it may have paid for
 * @param maxAttempts how often one payment is sent for one call, at most
 * @param retryWait time before it is sent again, if the seller does not say
 * @param maxRetryWait most time before it is sent again, whatever the seller says
 */
record PayerSettings(Set<ProtocolVersion> versions, Duration maxValidity, Duration redeliveryWindow, int maxAttempts,
		Duration retryWait, Duration maxRetryWait) {

	PayerSettings {
		versions = Set.copyOf(versions);
	}

}
