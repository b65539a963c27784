/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * Rehearses a payment in the background once the application is ready, so that the first
 * buyer does not wait for the classes that only payments need.
 */
final class PaymentWarmUp implements ApplicationListener<ApplicationReadyEvent> {

	private static final Log logger = LogFactory.getLog(PaymentWarmUp.class);

	private final PaymentRehearsal rehearsal;

	private final AtomicBoolean started = new AtomicBoolean();

	private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

	PaymentWarmUp(PaymentRehearsal rehearsal) {
		this.rehearsal = rehearsal;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (!this.started.getAndSet(true)) {
			Thread thread = BackgroundThreads.named("warm-up").newThread(this::warmUp);
			thread.setPriority(Thread.MIN_PRIORITY);
			thread.start();
		}
	}

	private void warmUp() {
		boolean complete = false;
		try {
			boolean checked = this.rehearsal.isSignatureChecked();
			this.rehearsal.run();
			complete = checked;
		}
		catch (RuntimeException | LinkageError ex) {
			// Optional libraries may be missing, and the first payment tells about the
			// rest
			logger.debug("The rehearsal of a payment failed", ex);
		}
		finally {
			this.ended.complete(complete);
		}
	}

	/**
	 * Return when the rehearsal ended, and whether it was complete.
	 */
	CompletableFuture<Boolean> ended() {
		return this.ended;
	}

}
