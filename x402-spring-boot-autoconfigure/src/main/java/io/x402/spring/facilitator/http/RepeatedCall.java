package io.x402.spring.facilitator.http;

import java.time.Duration;

import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

/**
 * A call of a facilitator that may be made again, because it moves no money. All attempts
 * together keep to one time limit.
 */
final class RepeatedCall {

	private static final Duration DELAY = Duration.ofMillis(200);

	private static final Duration JITTER = Duration.ofMillis(100);

	private static final double MULTIPLIER = 2;

	private static final long NANOS_PER_MILLI = 1_000_000;

	private final Duration timeout;

	private final RetryTemplate template;

	RepeatedCall(int maxRetries, Duration timeout) {
		this.timeout = timeout;
		this.template = new RetryTemplate(RetryPolicy.builder()
			.maxRetries(maxRetries)
			.delay(DELAY)
			.jitter(JITTER)
			.multiplier(MULTIPLIER)
			.timeout(timeout)
			.predicate(RepeatedCall::mayPass)
			.build());
	}

	FacilitatorAnswer make(Attempt attempt) throws NoAnswerException {
		long start = System.nanoTime();
		try {
			return this.template.execute(() -> {
				FacilitatorAnswer answer = attempt
					.make(this.timeout.minusMillis((System.nanoTime() - start) / NANOS_PER_MILLI));
				if (answer.status().is5xxServerError()
						|| (answer.status().value() == 429 && !answer.isAboutPayment())) {
					throw new UselessAnswerException(answer);
				}
				return answer;
			});
		}
		catch (RetryException ex) {
			return result(ex.getCause());
		}
	}

	private static FacilitatorAnswer result(Throwable failure) throws NoAnswerException {
		if (failure instanceof UselessAnswerException useless) {
			return useless.answer;
		}
		if (failure instanceof NoAnswerException ex) {
			throw ex;
		}
		throw new NoAnswerException(failure.getClass().getName(), false);
	}

	private static boolean mayPass(Throwable failure) {
		return !(failure instanceof NotCalledException) && !Thread.currentThread().isInterrupted()
				&& (failure instanceof NoAnswerException || failure instanceof UselessAnswerException);
	}

	/**
	 * One attempt.
	 */
	@FunctionalInterface
	interface Attempt {

		FacilitatorAnswer make(Duration timeout) throws NoAnswerException;

	}

	private static final class UselessAnswerException extends Exception {

		private final transient FacilitatorAnswer answer;

		UselessAnswerException(FacilitatorAnswer answer) {
			super(null, null, false, false);
			this.answer = answer;
		}

	}

}
