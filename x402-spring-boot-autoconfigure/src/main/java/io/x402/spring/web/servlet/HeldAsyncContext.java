/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.async.WebAsyncManager;

/**
 * Asynchronous processing that ends what is held before the container ends the response.
 */
final class HeldAsyncContext implements AsyncContext {

	private final AsyncContext context;

	private final ResponseHold held;

	/** Spring's, if it runs the handler. */
	private final @Nullable WebAsyncManager manager;

	HeldAsyncContext(AsyncContext context, ResponseHold held, @Nullable WebAsyncManager manager) {
		this.context = context;
		this.held = held;
		this.manager = manager;
	}

	@Override
	public void complete() {
		if (this.held.handler().isDetached()) {
			this.held.finishDetached(true);
			return;
		}
		this.held.resume();
		boolean well = false;
		Runnable rest = this.context::complete;
		try {
			this.held.finish();
			well = true;
		}
		catch (IOException | RuntimeException ex) {
			if (this.held.cut(ex)) {
				// Only an exception in a dispatch keeps the container from ending it well
				rest = this.context::dispatch;
			}
		}
		if (!this.held.handler().tell(rest)) {
			this.held.handler().end(well);
		}
	}

	@Override
	public ServletRequest getRequest() {
		return this.context.getRequest();
	}

	@Override
	public ServletResponse getResponse() {
		return this.context.getResponse();
	}

	@Override
	public boolean hasOriginalRequestAndResponse() {
		return this.context.hasOriginalRequestAndResponse();
	}

	@Override
	public void dispatch() {
		dispatch(this.context::dispatch);
	}

	@Override
	public void dispatch(String path) {
		dispatch(() -> this.context.dispatch(path));
	}

	@Override
	public void dispatch(ServletContext context, String path) {
		dispatch(() -> this.context.dispatch(context, path));
	}

	/**
	 * A response that has begun takes nothing from the result of Spring's handlers but
	 * whether it is complete.
	 */
	private void dispatch(Runnable dispatch) {
		boolean well = this.manager != null && this.manager.hasConcurrentResult()
				&& !(this.manager.getConcurrentResult() instanceof Throwable);
		boolean dispatched = this.held.handler().handOver(well, () -> {
			this.held.resume();
			dispatch.run();
		});
		if (!dispatched) {
			this.held.finishDetached(well);
		}
	}

	@Override
	public void start(Runnable work) {
		this.context.start(work);
	}

	@Override
	public void addListener(AsyncListener listener) {
		this.context.addListener(new Listener(listener));
	}

	@Override
	public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
		this.context.addListener(new Listener(listener), request, response);
	}

	@Override
	public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
		return this.context.createListener(type);
	}

	@Override
	public void setTimeout(long timeout) {
		this.context.setTimeout(timeout);
	}

	@Override
	public long getTimeout() {
		return this.context.getTimeout();
	}

	/**
	 * Shows this context to a listener, where the container would show its own.
	 */
	private final class Listener implements AsyncListener {

		private final AsyncListener listener;

		Listener(AsyncListener listener) {
			this.listener = listener;
		}

		@Override
		public void onComplete(AsyncEvent event) throws IOException {
			HeldAsyncContext.this.held.handler().complete(() -> this.listener.onComplete(held(event)));
		}

		@Override
		public void onTimeout(AsyncEvent event) throws IOException {
			HeldAsyncContext.this.held.handler().fail(() -> this.listener.onTimeout(held(event)));
		}

		@Override
		public void onError(AsyncEvent event) throws IOException {
			HeldAsyncContext.this.held.handler().fail(() -> this.listener.onError(held(event)));
		}

		@Override
		public void onStartAsync(AsyncEvent event) throws IOException {
			AsyncContext next = new HeldAsyncContext(event.getAsyncContext(), HeldAsyncContext.this.held,
					HeldAsyncContext.this.manager);
			this.listener.onStartAsync(new AsyncEvent(next, event.getSuppliedRequest(), event.getSuppliedResponse(),
					event.getThrowable()));
		}

		private AsyncEvent held(AsyncEvent event) {
			return new AsyncEvent(HeldAsyncContext.this, event.getSuppliedRequest(), event.getSuppliedResponse(),
					event.getThrowable());
		}

	}

}
