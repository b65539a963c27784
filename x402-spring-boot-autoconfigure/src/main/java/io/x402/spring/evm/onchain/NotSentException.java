package io.x402.spring.evm.onchain;

/**
 * A transaction that certainly no node has.
 */
final class NotSentException extends RuntimeException {

	NotSentException(String message) {
		super(message);
	}

}
