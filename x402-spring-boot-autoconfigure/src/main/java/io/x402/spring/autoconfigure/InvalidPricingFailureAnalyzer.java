package io.x402.spring.autoconfigure;

import io.x402.spring.pricing.InvalidPricingException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a price that cannot be asked for.
 */
final class InvalidPricingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPricingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidPricingException cause) {
		return new FailureAnalysis(cause.description(), cause.remedy(), cause);
	}

}
