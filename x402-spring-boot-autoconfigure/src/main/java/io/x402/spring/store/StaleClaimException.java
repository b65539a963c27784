package io.x402.spring.store;

/**
 * A claim that is not at the version that was to be changed: somebody else was faster.
 */
public class StaleClaimException extends PaymentStoreException {

	/**
	 * Create an exception.
	 */
	public StaleClaimException() {
		super("The claim was changed by somebody else");
	}

}
