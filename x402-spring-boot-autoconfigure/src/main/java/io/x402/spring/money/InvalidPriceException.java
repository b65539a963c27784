package io.x402.spring.money;

/**
 * A price, asset or network that cannot be offered. The message is meant for the
 * developer of the seller.
 */
public class InvalidPriceException extends IllegalArgumentException {

	/**
	 * Create an exception.
	 * @param message what is wrong with which value
	 */
	public InvalidPriceException(String message) {
		super(message);
	}

}
