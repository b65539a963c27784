/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Response of the facilitator's {@code /verify}.
 *
 * @param isValid whether the payment would settle now
 * @param invalidReason machine-readable reason why not, an open set, or {@code null}
 * @param invalidMessage text why not, or {@code null}
 * @param payer address of the buyer, or {@code null}
 * @since 0.1.0
 */
public record VerifyResponse(@JsonProperty(value = "isValid", required = true) boolean isValid,
		@Nullable String invalidReason, @Nullable String invalidMessage, @Nullable String payer) {

}
