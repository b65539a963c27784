/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;

import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.web.RequestRules;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpUpgradeHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;

/**
 * Request whose body can be looked at before its handler reads it, transparent until
 * someone looks; whose asynchronous processing goes on with the held response, where a
 * container would go on with its own; and whose connection no one takes over before its
 * payment is settled.
 */
final class PaidRequest extends HidingRequest {

	private final HeldResponse response;

	private final int limit;

	private volatile @Nullable PaymentExchange exchange;

	private boolean read;

	private @Nullable ServletInputStream replay;

	private @Nullable BufferedReader reader;

	PaidRequest(HttpServletRequest request, HeldResponse response, int limit) {
		super(request);
		this.response = response;
		this.limit = limit;
	}

	/**
	 * Remember the payment of this request. A request attribute would not outlive an
	 * include.
	 */
	void pay(@Nullable PaymentExchange exchange) {
		this.exchange = exchange;
	}

	@Nullable PaymentExchange exchange() {
		return this.exchange;
	}

	/**
	 * Read the beginning of the body without taking it away from the handler.
	 * @return at most as many bytes as the limit, none if someone has begun to read
	 * @throws IOException if the body cannot be read
	 */
	byte[] peek() throws IOException {
		if (this.read) {
			return new byte[0];
		}
		ServletInputStream body = super.getInputStream();
		byte[] start = body.readNBytes(this.limit);
		this.read = true;
		this.replay = new Replay(start, body);
		return start;
	}

	/**
	 * Return whether the beginning of a body is all of it, as far as its length shows.
	 */
	boolean isWhole(byte[] start) {
		return start.length < this.limit;
	}

	@Override
	public ServletInputStream getInputStream() throws IOException {
		this.read = true;
		return (this.replay != null) ? this.replay : super.getInputStream();
	}

	@Override
	public BufferedReader getReader() throws IOException {
		this.read = true;
		if (this.replay == null) {
			return super.getReader();
		}
		if (this.reader == null) {
			String encoding = getCharacterEncoding();
			this.reader = new BufferedReader(new InputStreamReader(this.replay,
					(encoding != null) ? encoding : StandardCharsets.ISO_8859_1.name()));
		}
		return this.reader;
	}

	/**
	 * What talks over the connection itself, such as a WebSocket, talks around the held
	 * response.
	 */
	@Override
	public <T extends HttpUpgradeHandler> T upgrade(Class<T> handler) throws IOException, ServletException {
		if (isHeld()) {
			throw new ServletException("A paid handler takes over the connection before its payment is settled; "
					+ "price it with flow = UPFRONT");
		}
		return super.upgrade(handler);
	}

	@Override
	boolean isHiding() {
		return this.exchange != null;
	}

	/**
	 * A container may take over the connection without asking this request.
	 */
	@Override
	boolean isHidden(String name) {
		return HttpHeaders.UPGRADE.equalsIgnoreCase(name) ? isHeld()
				: isHiding() && RequestRules.isHidden(getMethod(), name, this::sentHeader);
	}

	private boolean isHeld() {
		PaymentExchange exchange = this.exchange;
		return exchange != null && exchange.receipt() == null;
	}

	@Override
	public AsyncContext startAsync() {
		return startAsync(this, this.response);
	}

	@Override
	public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
		AsyncContext context = super.startAsync(request, response);
		context.addListener(new HeldAsyncListener(this.response.hold()));
		return held(context);
	}

	private HeldAsyncContext held(AsyncContext context) {
		return new HeldAsyncContext(context, this.response.hold(),
				(WebAsyncManager) getAttribute(WebAsyncUtils.WEB_ASYNC_MANAGER_ATTRIBUTE));
	}

	/**
	 * Containers have one or throw, the mock of Spring has none until it is started.
	 */
	@Override
	public @Nullable AsyncContext getAsyncContext() {
		AsyncContext context = super.getAsyncContext();
		return (context != null) ? held(context) : null;
	}

	private static final class Replay extends ServletInputStream {

		private final ServletInputStream body;

		private final ByteArrayInputStream start;

		private final InputStream all;

		Replay(byte[] start, ServletInputStream body) {
			this.body = body;
			this.start = new ByteArrayInputStream(start);
			this.all = new SequenceInputStream(this.start, body);
		}

		@Override
		public int read() throws IOException {
			return this.all.read();
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			return this.all.read(bytes, offset, length);
		}

		@Override
		public boolean isFinished() {
			return this.start.available() == 0 && this.body.isFinished();
		}

		@Override
		public boolean isReady() {
			return this.start.available() > 0 || this.body.isReady();
		}

		@Override
		public void setReadListener(ReadListener listener) {
			throw new IllegalStateException("Non-blocking reads of a paid request are not possible");
		}

	}

}
