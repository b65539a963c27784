package io.x402.spring.store;

/**
 * A transaction that is said to settle a claim although it settled another one.
 */
public class DuplicateTransactionException extends PaymentStoreException {

	/**
	 * Create an exception.
	 */
	public DuplicateTransactionException() {
		super("The transaction settled another payment already");
	}

}
