package io.x402.spring.autoconfigure.facilitator;

import io.x402.spring.facilitator.Facilitator;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Wraps the {@link Facilitator} that the payment engine uses, whoever made it. The bean
 * itself stays as it is.
 */
@FunctionalInterface
public interface FacilitatorDecorator {

	/**
	 * Wrap a facilitator.
	 * @param facilitator the facilitator
	 * @return the one that is used instead
	 */
	Facilitator decorate(Facilitator facilitator);

	/**
	 * Wrap a facilitator with all decorators, the first one innermost.
	 * @param facilitator the facilitator
	 * @param decorators the decorators
	 * @return the one that is used instead
	 */
	static Facilitator decorate(Facilitator facilitator, ObjectProvider<FacilitatorDecorator> decorators) {
		Facilitator decorated = facilitator;
		for (FacilitatorDecorator decorator : decorators.orderedStream().toList()) {
			decorated = decorator.decorate(decorated);
		}
		return decorated;
	}

}
