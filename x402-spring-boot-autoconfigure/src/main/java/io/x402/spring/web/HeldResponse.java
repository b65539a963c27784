package io.x402.spring.web;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentRefusal;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FastByteArrayOutputStream;

/**
 * Response that lets nothing of a paid handler reach the buyer before its payment is
 * settled. Transparent until it is armed; then it keeps the body back until the container
 * would commit (flush, more than the limit, redirect, end of the last dispatch), settles
 * at that moment and only then lets bytes through. What may be written after that passes
 * directly, so streams stay streams.
 */
final class HeldResponse extends HttpServletResponseWrapper {

	/** Headers that speak for this server's payments, whoever tries to set them. */
	private static final Set<String> RESERVED_HEADERS = Set.of("payment-required", "payment-response",
			"x-payment-response", "settlement-overrides");

	private enum State {

		/** Not armed, or released: everything passes. */
		OPEN,

		/** Armed: everything is kept back. */
		HOLDING,

		/** Refused: a refusal was sent, everything else is dropped. */
		REFUSED

	}

	private final ReentrantLock lock = new ReentrantLock();

	private final HttpServletRequest request;

	private final int limit;

	private final FastByteArrayOutputStream held = new FastByteArrayOutputStream();

	private volatile State state = State.OPEN;

	private @Nullable PaymentExchange exchange;

	private @Nullable PaymentAnswer answer;

	private Map<String, List<String>> headersBefore = Map.of();

	private long declaredLength = -1;

	private @Nullable Supplier<Map<String, String>> trailers;

	private @Nullable ServletOutputStream stream;

	private @Nullable PrintWriter writer;

	HeldResponse(HttpServletRequest request, HttpServletResponse response, int limit) {
		super(response);
		this.request = request;
		this.limit = limit;
	}

	/**
	 * Start to hold. The headers set so far are what a refusal will carry.
	 * @param exchange the payment to settle
	 * @param answer writes receipts and refusals
	 */
	void arm(PaymentExchange exchange, PaymentAnswer answer) {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		for (String name : super.getHeaderNames()) {
			headers.put(name, List.copyOf(super.getHeaders(name)));
		}
		this.headersBefore = headers;
		this.exchange = exchange;
		this.answer = answer;
		this.state = State.HOLDING;
	}

	/**
	 * End of a dispatch that nothing will follow: settle and release what is held.
	 */
	void finish() throws IOException {
		if (this.writer != null) {
			this.writer.flush();
		}
		commit(getStatus());
	}

	/**
	 * The handler failed: nothing is charged and the container's error handling takes
	 * over.
	 */
	void abandon() {
		this.lock.lock();
		try {
			if (this.state == State.HOLDING) {
				this.held.reset();
				uncharged();
				this.state = State.OPEN;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The point at which the container would commit.
	 * @return whether the response is open
	 */
	private boolean commit(int status) throws IOException {
		if (this.state != State.HOLDING) {
			return this.state == State.OPEN;
		}
		this.lock.lock();
		try {
			if (this.state == State.HOLDING) {
				settle(status);
			}
			return this.state == State.OPEN;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void settle(int status) throws IOException {
		if (!isBillable(status)) {
			uncharged();
		}
		else {
			PaymentRefusal refusal = exchange().settle();
			if (refusal != null) {
				refuse(refusal);
				return;
			}
			answer().settled(raw(), exchange());
		}
		this.state = State.OPEN;
		if (this.trailers != null) {
			super.setTrailerFields(this.trailers);
		}
		if (this.held.size() > 0) {
			this.held.writeTo(super.getOutputStream());
			this.held.reset();
		}
	}

	/**
	 * A redirect may be the goods, an error or an unchanged representation is not.
	 */
	private static boolean isBillable(int status) {
		return status < SC_BAD_REQUEST && status != SC_NOT_MODIFIED;
	}

	private void uncharged() {
		exchange().release();
		if (exchange().receipt() != null) {
			answer().settled(raw(), exchange());
		}
	}

	private void refuse(PaymentRefusal refusal) throws IOException {
		this.held.reset();
		this.state = State.REFUSED;
		super.reset();
		this.headersBefore.forEach((name, values) -> values.forEach((value) -> super.addHeader(name, value)));
		answer().refused(raw(), exchange(), refusal);
		super.flushBuffer();
	}

	private void hold(byte[] bytes, int offset, int length) throws IOException {
		if (this.state == State.HOLDING
				&& (this.held.size() + length > this.limit || this.declaredLength > this.limit)) {
			commit(getStatus());
		}
		switch (this.state) {
			case HOLDING -> {
				// The next block would double what is kept, beyond the limit
				if (this.held.size() <= this.limit / 2 && this.held.size() + length > this.limit / 2) {
					this.held.resize(this.limit);
				}
				this.held.write(bytes, offset, length);
			}
			case OPEN -> super.getOutputStream().write(bytes, offset, length);
			case REFUSED -> {
				if (this.request.isAsyncStarted()) {
					throw new IOException("The payment was not settled");
				}
			}
		}
	}

	private PaymentExchange exchange() {
		if (this.exchange == null) {
			throw new IllegalStateException("Not armed");
		}
		return this.exchange;
	}

	private PaymentAnswer answer() {
		if (this.answer == null) {
			throw new IllegalStateException("Not armed");
		}
		return this.answer;
	}

	private HttpServletResponse raw() {
		return (HttpServletResponse) getResponse();
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		if (this.stream == null) {
			this.stream = new HeldStream(super.getOutputStream());
		}
		return this.stream;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		if (this.writer == null) {
			String encoding = getCharacterEncoding();
			Charset charset = (encoding != null) ? Charset.forName(encoding) : StandardCharsets.ISO_8859_1;
			super.setCharacterEncoding(charset.name());
			this.writer = new PrintWriter(new OutputStreamWriter(getOutputStream(), charset));
		}
		return this.writer;
	}

	@Override
	public void flushBuffer() throws IOException {
		if (this.writer != null) {
			this.writer.flush();
		}
		if (commit(getStatus())) {
			super.flushBuffer();
		}
	}

	@Override
	public boolean isCommitted() {
		return this.state == State.REFUSED || super.isCommitted();
	}

	@Override
	public void reset() {
		if (this.state != State.REFUSED) {
			this.held.reset();
			this.declaredLength = -1;
			super.reset();
			this.stream = null;
			this.writer = null;
		}
	}

	@Override
	public void resetBuffer() {
		if (this.state != State.REFUSED) {
			this.held.reset();
			super.resetBuffer();
		}
	}

	@Override
	public void sendError(int status) throws IOException {
		if (this.state != State.REFUSED) {
			abandon();
			super.sendError(status);
		}
	}

	@Override
	public void sendError(int status, String message) throws IOException {
		if (this.state != State.REFUSED) {
			abandon();
			super.sendError(status, message);
		}
	}

	@Override
	public void sendRedirect(String location) throws IOException {
		sendRedirect(location, SC_FOUND, true);
	}

	@Override
	public void sendRedirect(String location, int status) throws IOException {
		sendRedirect(location, status, true);
	}

	@Override
	public void sendRedirect(String location, boolean clearBuffer) throws IOException {
		sendRedirect(location, SC_FOUND, clearBuffer);
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
		if (clearBuffer) {
			this.held.reset();
		}
		if (commit(status)) {
			super.sendRedirect(location, status, clearBuffer);
		}
	}

	@Override
	public void setTrailerFields(Supplier<Map<String, String>> supplier) {
		if (this.state == State.HOLDING) {
			this.trailers = supplier;
		}
		else if (this.state == State.OPEN) {
			super.setTrailerFields(supplier);
		}
	}

	@Override
	public void setContentLength(int length) {
		setContentLengthLong(length);
	}

	@Override
	public void setContentLengthLong(long length) {
		this.declaredLength = length;
		super.setContentLengthLong(length);
	}

	@Override
	public void setIntHeader(String name, int value) {
		setHeader(name, Integer.toString(value));
	}

	@Override
	public void setHeader(String name, String value) {
		if (name.equalsIgnoreCase("Content-Length") && value != null) {
			setContentLengthLong(Long.parseLong(value));
		}
		else if (accepts(name)) {
			super.setHeader(name, value);
		}
	}

	@Override
	public void addHeader(String name, String value) {
		if (name.equalsIgnoreCase("Content-Length")) {
			setHeader(name, value);
		}
		else if (accepts(name)) {
			super.addHeader(name, value);
		}
	}

	private boolean accepts(String name) {
		return this.exchange == null || !RESERVED_HEADERS.contains(name.toLowerCase(Locale.ROOT));
	}

	/**
	 * The only stream anybody gets, so that none taken early goes around the gate.
	 */
	private final class HeldStream extends ServletOutputStream {

		private final ServletOutputStream target;

		HeldStream(ServletOutputStream target) {
			this.target = target;
		}

		@Override
		public void write(int b) throws IOException {
			write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			hold(bytes, offset, length);
		}

		@Override
		public void flush() throws IOException {
			if (commit(getStatus())) {
				this.target.flush();
			}
		}

		@Override
		public void close() throws IOException {
			if (commit(getStatus())) {
				this.target.close();
			}
		}

		@Override
		public boolean isReady() {
			return this.target.isReady();
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			if (HeldResponse.this.exchange != null) {
				throw new IllegalStateException("Non-blocking writes cannot be held for payment");
			}
			this.target.setWriteListener(listener);
		}

	}

}
