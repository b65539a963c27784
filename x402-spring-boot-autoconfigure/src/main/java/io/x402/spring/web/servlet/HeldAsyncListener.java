/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import org.jspecify.annotations.Nullable;

/**
 * Ends the payment of an asynchronous request however the container ends the request.
 * After an error of the connection Tomcat does not always say that it is complete.
 */
final class HeldAsyncListener implements AsyncListener {

	private final ResponseHold held;

	HeldAsyncListener(ResponseHold held) {
		this.held = held;
	}

	@Override
	public void onComplete(AsyncEvent event) {
		this.held.giveUp(false);
	}

	@Override
	public void onError(AsyncEvent event) {
		Throwable cause = event.getThrowable();
		this.held.giveUp(cause instanceof IOException && this.held.runs().failure() != cause);
	}

	/**
	 * The handler may have a response for this case, which is dispatched; else the
	 * container completes the request, or reports an error.
	 */
	@Override
	public void onTimeout(@Nullable AsyncEvent event) {
		this.held.timeOut();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		event.getAsyncContext().addListener(this);
	}

}
