package io.x402.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} for {@link FacilitatorObservationDocumentation}. A bean
 * of this type replaces the default. Without a {@linkplain #getName() name} of their own
 * both observations keep the documented ones.
 */
public interface FacilitatorObservationConvention extends ObservationConvention<FacilitatorObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof FacilitatorObservationContext;
	}

}
