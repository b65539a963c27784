/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} for {@link FacilitatorObservationDocumentation}. A bean
 * of this type replaces the default. Without a {@linkplain #getName() name} of their own
 * both observations keep the documented ones.
 *
 * @since 0.1.0
 */
public interface FacilitatorObservationConvention extends ObservationConvention<FacilitatorObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof FacilitatorObservationContext;
	}

}
