/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * An asynchronous handler whose request the container has ended because the buyer is
 * gone, and that goes on all the same, so that the response that was charged can be
 * collected. The handler does not notice: its listeners are notified when it has ended.
 */
final class DetachedHandler {

	private static final Log logger = LogFactory.getLog(DetachedHandler.class);

	private final List<Notification> failures = new ArrayList<>();

	private final List<Notification> completions = new ArrayList<>();

	private boolean detached;

	private boolean ended;

	/**
	 * The container ends the request.
	 * @param seconds time that the handler has left, in seconds
	 * @param expiry called when it is up
	 */
	void detach(long seconds, Runnable expiry) {
		synchronized (this) {
			if (this.detached) {
				return;
			}
			this.detached = true;
		}
		Executor later = CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS);
		later.execute(expiry);
	}

	/**
	 * Return whether the container has ended the request, so that neither its request nor
	 * its response may be used any more.
	 */
	synchronized boolean isDetached() {
		return this.detached;
	}

	/**
	 * Notify a listener of a failure, at once unless the handler is detached, and else
	 * only if it does not end well.
	 */
	void fail(Notification notification) throws IOException {
		notify(this.failures, notification);
	}

	/**
	 * Notify a listener of the end of the request, at once unless the handler is
	 * detached.
	 */
	void complete(Notification notification) throws IOException {
		notify(this.completions, notification);
	}

	private void notify(List<Notification> deferred, Notification notification) throws IOException {
		synchronized (this) {
			if (this.detached && !this.ended) {
				deferred.add(notification);
				return;
			}
		}
		notification.send();
	}

	/**
	 * The handler has ended.
	 * @param well whether its response is complete
	 */
	void end(boolean well) {
		List<Notification> due = new ArrayList<>();
		synchronized (this) {
			if (!this.detached || this.ended) {
				return;
			}
			this.ended = true;
			if (!well) {
				due.addAll(this.failures);
			}
			due.addAll(this.completions);
		}
		due.forEach(DetachedHandler::send);
	}

	private static void send(Notification notification) {
		try {
			notification.send();
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("A listener of an asynchronous request failed", ex);
		}
	}

	/**
	 * Notifies a listener.
	 */
	interface Notification {

		void send() throws IOException;

	}

}
