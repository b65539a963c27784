package io.x402.spring.pricing;

import java.time.Duration;
import java.util.List;

import io.x402.spring.PaymentFlow;
import org.jspecify.annotations.Nullable;

/**
 * What holds for prices that do not say otherwise.
 *
 * @param payTo the receiver, or {@code null} if none is configured
 * @param networks the networks, at least one
 * @param maxTimeout validity the buyer has to sign for
 * @param flow when money moves
 */
public record PricingDefaults(@Nullable String payTo, List<String> networks, Duration maxTimeout, PaymentFlow flow) {

	public PricingDefaults {
		networks = List.copyOf(networks);
	}

}
