/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.time.Duration;

import io.x402.spring.time.Deadline;

import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

/**
 * A call of a facilitator that may be made again, because it moves no money. All attempts
 * together keep to one time limit.
 */
final class RetriedCall {

	private static final Duration DELAY = Duration.ofMillis(200);

	private static final Duration JITTER = Duration.ofMillis(100);

	private static final double MULTIPLIER = 2;

	private final Duration timeout;

	private final RetryTemplate template;

	RetriedCall(int maxRetries, Duration timeout) {
		this.timeout = timeout;
		this.template = new RetryTemplate(RetryPolicy.builder()
			.maxRetries(maxRetries)
			.delay(DELAY)
			.jitter(JITTER)
			.multiplier(MULTIPLIER)
			.timeout(timeout)
			.predicate(RetriedCall::mayPass)
			.build());
	}

	FacilitatorResponse make(Attempt attempt) throws NoResponseException {
		Deadline deadline = Deadline.in(this.timeout);
		try {
			return this.template.execute(() -> {
				FacilitatorResponse response = attempt.make(deadline.remaining());
				if (response.status().is5xxServerError()
						|| (response.status().value() == 429 && !response.isAboutPayment())) {
					throw new UselessResponseException(response);
				}
				return response;
			});
		}
		catch (RetryException ex) {
			return result(ex.getCause());
		}
	}

	private static FacilitatorResponse result(Throwable failure) throws NoResponseException {
		if (failure instanceof UselessResponseException useless) {
			return useless.response;
		}
		if (failure instanceof NoResponseException ex) {
			throw ex;
		}
		throw new NoResponseException(failure.getClass().getName(), false);
	}

	private static boolean mayPass(Throwable failure) {
		return !(failure instanceof CallNotPermittedException) && !Thread.currentThread().isInterrupted()
				&& (failure instanceof NoResponseException || failure instanceof UselessResponseException);
	}

	/**
	 * One attempt.
	 */
	@FunctionalInterface
	interface Attempt {

		FacilitatorResponse make(Duration timeout) throws NoResponseException;

	}

	private static final class UselessResponseException extends Exception {

		private final transient FacilitatorResponse response;

		UselessResponseException(FacilitatorResponse response) {
			super(null, null, false, false);
			this.response = response;
		}

	}

}
