package io.x402.spring.facilitator;

/**
 * A facilitator that cannot be used right now.
 */
public class FacilitatorException extends RuntimeException {

	/**
	 * Create an exception.
	 * @param message what happened, without secrets
	 */
	public FacilitatorException(String message) {
		super(message);
	}

}
