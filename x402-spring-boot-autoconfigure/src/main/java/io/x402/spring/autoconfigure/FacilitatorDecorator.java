package io.x402.spring.autoconfigure;

import io.x402.spring.facilitator.Facilitator;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Wraps the {@link Facilitator} that the payment engine uses, whoever made it. The bean
 * itself stays as it is.
 */
@FunctionalInterface
interface FacilitatorDecorator {

	Facilitator decorate(Facilitator facilitator);

	static Facilitator decorate(Facilitator facilitator, ObjectProvider<FacilitatorDecorator> decorators) {
		Facilitator decorated = facilitator;
		for (FacilitatorDecorator decorator : decorators.orderedStream().toList()) {
			decorated = decorator.decorate(decorated);
		}
		return decorated;
	}

}
