package io.x402.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} for {@link PurchaseObservationDocumentation}. A bean of
 * this type replaces the default. Without a name of its own the observation keeps the
 * documented one.
 */
public interface PurchaseObservationConvention extends ObservationConvention<PurchaseObservationContext> {

	@Override
	default String getName() {
		return "x402.purchase";
	}

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof PurchaseObservationContext;
	}

}
