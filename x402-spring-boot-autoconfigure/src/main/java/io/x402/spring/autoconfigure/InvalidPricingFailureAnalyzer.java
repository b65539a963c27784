/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import io.x402.spring.pricing.InvalidPricingException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/**
 * {@link FailureAnalyzer} for an {@link InvalidPricingException}.
 */
final class InvalidPricingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPricingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidPricingException cause) {
		return new FailureAnalysis(cause.description(), cause.remedy(), cause);
	}

}
