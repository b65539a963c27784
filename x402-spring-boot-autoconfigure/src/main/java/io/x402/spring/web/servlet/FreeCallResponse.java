/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.x402.spring.access.Access;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.ResponseRules;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/**
 * Response to a request that may turn out to be free for its caller. Once it is, its
 * handler cannot let shared caches store it, and it is known whether the handler failed
 * or its client left. Changes nothing before, but notices what is written: a page may
 * have begun to write before it includes a part that is free.
 */
final class FreeCallResponse extends HttpServletResponseWrapper {

	private final HttpServletRequest request;

	private boolean free;

	private Map<String, String> shown = Map.of();

	private List<String> cookies = List.of();

	/** Whether a write to the connection of the client failed. */
	private volatile boolean lost;

	/** Whether the handler threw, and nothing was written in its place. */
	private volatile boolean failed;

	/** Whether something was written that may leave, even if the handler failed. */
	private volatile boolean content;

	/** Whether filters may still have what a handler wrote that threw. */
	private volatile boolean kept;

	private @Nullable Output output;

	private @Nullable Writer writer;

	private final AtomicInteger writes = new AtomicInteger();

	/** How often something had been written when handlers were let in. */
	private final Map<Object, Integer> begun = new IdentityHashMap<>(0);

	FreeCallResponse(HttpServletRequest request, HttpServletResponse response) {
		super(response);
		this.request = request;
	}

	/**
	 * Show the client what is left of its access.
	 * @param access access without payment, granted or not
	 */
	void show(Access access) {
		Map<String, String> headers = new LinkedHashMap<>(this.shown);
		headers.putAll(access.headers());
		this.shown = headers;
		if (!access.cookies().isEmpty()) {
			this.cookies = Stream.concat(this.cookies.stream(), access.cookies().stream()).distinct().toList();
		}
		show();
		if (access.isGranted()) {
			free();
		}
	}

	private void show() {
		PaymentReceipts.show(new ServletResponseHeaders((HttpServletResponse) getResponse()), this.shown, this.cookies);
	}

	/**
	 * The response is for this caller alone. Until its handler says how it may be stored,
	 * stricter defaults of the application apply.
	 */
	void free() {
		if (!this.free) {
			this.free = true;
			addCaching();
		}
	}

	private void addCaching() {
		if (!containsHeader(HttpHeaders.CACHE_CONTROL)) {
			PaymentAttributes.of(this.request).addCaching();
		}
		keepPrivate();
	}

	/**
	 * The handler threw. Unless something is written in its place, it has not ended well.
	 * A client that left has been served as far as it wanted.
	 * @param exception the exception
	 */
	void fail(Throwable exception) {
		this.failed = !this.lost && !isUnusable(exception);
	}

	private static boolean isUnusable(Throwable exception) {
		Throwable cause = exception;
		while (cause != null && !(cause instanceof AsyncRequestNotUsableException)) {
			cause = cause.getCause();
		}
		return cause != null;
	}

	boolean isFailed() {
		return this.failed;
	}

	/**
	 * A handler is let in and runs.
	 */
	void begin(Object handler) {
		this.begun.put(handler, this.writes.get());
	}

	/**
	 * A handler has ended.
	 * @return whether anything may have been written since it was let in
	 */
	boolean end(Object handler) {
		Integer before = this.begun.remove(handler);
		return before == null || before != this.writes.get();
	}

	/**
	 * Filters may still have what a handler wrote that threw, and send it.
	 */
	void keep() {
		this.kept = true;
	}

	private void write() {
		this.failed = false;
		this.content = true;
		this.writes.incrementAndGet();
	}

	/**
	 * Return whether the client got what it was let in for. A client that leaves while it
	 * is served has been served, and so has one whose response breaks off, or whose
	 * failure was hidden after something was written: it would get the beginning of a
	 * stream for nothing, again and again.
	 * @param thrown whether the request has ended with an exception
	 */
	boolean isServed(boolean thrown) {
		boolean billable = CommitPoint.isBillable(getStatus());
		boolean leaves = isCommitted() || (!thrown && (this.content || this.kept));
		return (billable && leaves) || (!this.failed && (thrown || billable));
	}

	@Override
	public void resetBuffer() {
		super.resetBuffer();
		this.content = false;
	}

	@Override
	public void reset() {
		super.reset();
		this.content = false;
		show();
		if (this.free) {
			addCaching();
		}
	}

	@Override
	public void setHeader(String name, @Nullable String value) {
		if (isOpen(name)) {
			super.setHeader(name, value);
			chosen(name);
		}
	}

	@Override
	public void addHeader(String name, @Nullable String value) {
		if (isOpen(name)) {
			super.addHeader(name, value);
			chosen(name);
		}
	}

	@Override
	public void setIntHeader(String name, int value) {
		if (isOpen(name)) {
			super.setIntHeader(name, value);
			chosen(name);
		}
	}

	@Override
	public void addIntHeader(String name, int value) {
		if (isOpen(name)) {
			super.addIntHeader(name, value);
			chosen(name);
		}
	}

	@Override
	public void setDateHeader(String name, long date) {
		if (isOpen(name)) {
			super.setDateHeader(name, date);
			chosen(name);
		}
	}

	@Override
	public void addDateHeader(String name, long date) {
		if (isOpen(name)) {
			super.addDateHeader(name, date);
			chosen(name);
		}
	}

	/**
	 * Return whether the handler may set a header.
	 */
	private boolean isOpen(String name) {
		return !this.free || !ResponseRules.isReserved(name);
	}

	/**
	 * The handler has set a header.
	 */
	private void chosen(String name) {
		if (isShared(name)) {
			show();
		}
		if (this.free && isCaching(name)) {
			PaymentAttributes.of(this.request).chooseCaching();
			keepPrivate();
		}
	}

	/**
	 * A handler that replaces a header drops what is there.
	 */
	private boolean isShared(String name) {
		return !this.cookies.isEmpty()
				&& (HttpHeaders.SET_COOKIE.equalsIgnoreCase(name) || HttpHeaders.VARY.equalsIgnoreCase(name));
	}

	/**
	 * Without the listeners above, which would come back here.
	 */
	private void keepPrivate() {
		PaymentReceipts.keepPrivate(new ServletResponseHeaders((HttpServletResponse) getResponse()));
	}

	private static boolean isCaching(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		return lower.equals(HttpHeaders.CACHE_CONTROL.toLowerCase(Locale.ROOT)) || lower.endsWith("-cache-control")
				|| lower.equals("surrogate-control") || lower.equals("x-accel-expires");
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		ServletOutputStream current = super.getOutputStream();
		Output known = this.output;
		if (known == null || known.output != current) {
			known = new Output(current);
			this.output = known;
		}
		return known;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		PrintWriter current = super.getWriter();
		Writer known = this.writer;
		if (known == null || known.writer != current) {
			known = new Writer(current);
			this.writer = known;
		}
		return known;
	}

	/**
	 * Something that writes to the connection of the client.
	 */
	@FunctionalInterface
	private interface Write {

		void run() throws IOException;

	}

	/**
	 * Notices whether it can be written to.
	 */
	private final class Output extends ServletOutputStream {

		private final ServletOutputStream output;

		Output(ServletOutputStream output) {
			this.output = output;
		}

		@Override
		public void write(int b) throws IOException {
			write(() -> this.output.write(b));
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			write(() -> this.output.write(bytes, offset, length));
		}

		@Override
		public void write(ByteBuffer buffer) throws IOException {
			write(() -> this.output.write(buffer));
		}

		private void write(Write write) throws IOException {
			FreeCallResponse.this.write();
			send(write);
		}

		@Override
		public void flush() throws IOException {
			send(this.output::flush);
		}

		@Override
		public void close() throws IOException {
			send(this.output::close);
		}

		private void send(Write write) throws IOException {
			try {
				write.run();
			}
			catch (IOException ex) {
				FreeCallResponse.this.lost = true;
				throw ex;
			}
		}

		@Override
		public boolean isReady() {
			return this.output.isReady();
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			this.output.setWriteListener(listener);
		}

	}

	/**
	 * Notices what is written.
	 */
	private final class Writer extends PrintWriter {

		private final PrintWriter writer;

		Writer(PrintWriter writer) {
			super(writer);
			this.writer = writer;
		}

		@Override
		public void write(int character) {
			FreeCallResponse.this.write();
			this.writer.write(character);
		}

		@Override
		public void write(char[] characters, int offset, int length) {
			FreeCallResponse.this.write();
			this.writer.write(characters, offset, length);
		}

		@Override
		public void write(String text, int offset, int length) {
			FreeCallResponse.this.write();
			this.writer.write(text, offset, length);
		}

		/**
		 * Containers end lines in their own way.
		 */
		@Override
		public void println() {
			FreeCallResponse.this.write();
			this.writer.println();
		}

	}

}
