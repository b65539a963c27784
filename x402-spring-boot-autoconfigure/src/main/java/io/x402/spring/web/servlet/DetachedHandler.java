/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

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

	/** Whether the handler ended well, while the container has not gone on yet. */
	private @Nullable Boolean result;

	private boolean ended;

	/**
	 * The container ends the request.
	 * @param seconds time that the handler has left, in seconds
	 * @param end called at once with whether the handler ended well, if it has ended and
	 * the container did not go on
	 * @param timeUp called when its time is up
	 */
	void detach(long seconds, Consumer<Boolean> end, Runnable timeUp) {
		Boolean ended;
		synchronized (this) {
			if (this.detached) {
				return;
			}
			this.detached = true;
			ended = this.result;
		}
		if (ended != null) {
			end.accept(ended);
			return;
		}
		CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(timeUp);
	}

	/**
	 * The handler has ended and leaves the rest to the container, unless that has ended
	 * the request already. It does not end it meanwhile.
	 * @param well whether the handler has not failed
	 * @param rest tells the container
	 * @return whether the container was told
	 */
	synchronized boolean handOver(boolean well, Runnable rest) {
		this.result = well;
		return tell(rest);
	}

	/**
	 * Tell the container something, unless it has ended the request. It does not end it
	 * meanwhile.
	 * @param rest tells the container
	 * @return whether the container was told
	 */
	synchronized boolean tell(Runnable rest) {
		if (this.detached) {
			return false;
		}
		rest.run();
		return true;
	}

	/**
	 * The container goes on with the request.
	 */
	synchronized void goOn() {
		this.result = null;
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
