/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import io.x402.spring.facilitator.Facilitator;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Decorates the {@link Facilitator} that the payment engine uses, including one that the
 * application declares. Does not change the bean itself.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface FacilitatorDecorator {

	/**
	 * Decorate a facilitator.
	 * @param facilitator the facilitator
	 * @return the decorated facilitator
	 */
	Facilitator decorate(Facilitator facilitator);

	/**
	 * Apply all decorators, the first one innermost.
	 * @param facilitator the facilitator
	 * @param decorators the decorators
	 * @return the decorated facilitator
	 */
	static Facilitator decorate(Facilitator facilitator, ObjectProvider<FacilitatorDecorator> decorators) {
		Facilitator decorated = facilitator;
		for (FacilitatorDecorator decorator : decorators.orderedStream().toList()) {
			decorated = decorator.decorate(decorated);
		}
		return decorated;
	}

}
