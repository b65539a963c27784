/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} for {@link PurchaseObservationDocumentation}. A bean of
 * this type replaces the default. Without a name of its own the observation keeps the
 * documented one.
 *
 * @since 0.1.0
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
