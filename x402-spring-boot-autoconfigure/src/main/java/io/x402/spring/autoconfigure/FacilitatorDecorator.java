package io.x402.spring.autoconfigure;

import io.x402.spring.facilitator.Facilitator;

/**
 * Wraps the {@link Facilitator} that the payment engine uses, whoever made it. The bean
 * itself stays as it is.
 */
@FunctionalInterface
interface FacilitatorDecorator {

	Facilitator decorate(Facilitator facilitator);

}
