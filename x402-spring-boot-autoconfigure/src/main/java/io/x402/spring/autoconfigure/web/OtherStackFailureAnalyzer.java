/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/**
 * {@link FailureAnalyzer} for an {@link OtherStackException}.
 */
final class OtherStackFailureAnalyzer extends AbstractFailureAnalyzer<OtherStackException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, OtherStackException cause) {
		return new FailureAnalysis(cause.description(), cause.remedy(), cause);
	}

}
