package io.x402.spring.facilitator.http;

/**
 * A call of a facilitator that was not even tried, and is not worth trying again now.
 */
final class NotCalledException extends NoAnswerException {

	NotCalledException(String message) {
		super(message, true);
	}

}
