/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/**
 * {@link FailureAnalyzer} for a {@link RenamedPropertiesException}.
 */
final class RenamedPropertiesFailureAnalyzer extends AbstractFailureAnalyzer<RenamedPropertiesException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, RenamedPropertiesException cause) {
		return new FailureAnalysis(cause.description(), cause.remedy(), cause);
	}

}
