package io.x402.spring.web;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
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
import io.x402.spring.protocol.ReasonCode;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
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

		/** Refused or failed: whatever else the handler writes is dropped. */
		CLOSED

	}

	/** Where Tomcat looks for a file to send in place of what was written. */
	private static final String SENDFILE = "org.apache.tomcat.sendfile.filename";

	private static final Log logger = LogFactory.getLog(HeldResponse.class);

	private final ReentrantLock lock = new ReentrantLock();

	private final HttpServletRequest request;

	private final int limit;

	private final FastByteArrayOutputStream held = new FastByteArrayOutputStream();

	private final HeldStream stream = new HeldStream();

	private final HeldWriter encoder = new HeldWriter();

	private final PrintWriter writer = new PrintWriter(this.encoder);

	private volatile State state = State.OPEN;

	private @Nullable PaymentExchange exchange;

	private @Nullable PaymentAnswer answer;

	private Map<String, List<String>> headersBefore = Map.of();

	private long declaredLength = -1;

	private boolean overflowing;

	private @Nullable PaymentTransaction transaction;

	/** Whether the handler has returned. */
	private boolean finishing;

	/** Whether the answer that was released so far is kept. */
	private boolean kept;

	HeldResponse(HttpServletRequest request, HttpServletResponse response, int limit) {
		super(response);
		this.request = request;
		this.limit = limit;
	}

	/**
	 * Start to hold. The headers set so far are what a refusal will carry.
	 * @param exchange the payment to settle
	 * @param answer writes receipts and refusals
	 * @param transaction what to commit when the payment is settled, or {@code null}
	 */
	void arm(PaymentExchange exchange, PaymentAnswer answer, @Nullable PaymentTransaction transaction) {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		for (String name : super.getHeaderNames()) {
			headers.put(name, List.copyOf(super.getHeaders(name)));
		}
		this.headersBefore = headers;
		this.exchange = exchange;
		this.answer = answer;
		this.transaction = transaction;
		this.state = State.HOLDING;
	}

	boolean isArmed() {
		return this.exchange != null;
	}

	/**
	 * End of a dispatch that nothing will follow: settle and release what is held.
	 */
	void finish() throws IOException {
		this.encoder.encode();
		this.finishing = true;
		commit(getStatus());
	}

	/**
	 * End of a forward, after which a container may end its own response without asking
	 * the wrappers outside of this one, such as that of Spring Security.
	 */
	void finishForward() throws IOException {
		this.encoder.encode();
		this.finishing = true;
		if (commit(getStatus()) && isArmed()) {
			super.flushBuffer();
		}
	}

	/**
	 * The handler failed: nothing is charged and the container's error handling takes
	 * over.
	 */
	void abandon() {
		fail(State.CLOSED);
	}

	/**
	 * End of a dispatch: a transaction does not outlive it.
	 */
	void endTransaction() {
		if (this.transaction != null) {
			this.transaction.rollback();
		}
	}

	/**
	 * The handler failed, but one that is free called it and may answer something else.
	 */
	void disarm() {
		fail(State.OPEN);
		this.exchange = null;
		this.answer = null;
	}

	private void fail(State next) {
		this.lock.lock();
		try {
			if (this.state == State.HOLDING) {
				discard();
				this.request.removeAttribute(SENDFILE);
				endTransaction();
				uncharged();
				this.state = next;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Forget what was written, including what the writer has not encoded yet.
	 */
	private void discard() {
		this.encoder.discard();
		this.held.reset();
	}

	/**
	 * The point at which the container would commit.
	 * @return whether the response is open
	 */
	private boolean commit(int status) throws IOException {
		return commit(status, null);
	}

	private boolean commit(int status, @Nullable String location) throws IOException {
		if (this.state != State.HOLDING) {
			return this.state == State.OPEN;
		}
		if (this.transaction != null && !this.finishing) {
			// Nothing is certain before the handler has returned
			return false;
		}
		this.lock.lock();
		try {
			if (this.state == State.HOLDING) {
				settle(status, location);
			}
			return this.state == State.OPEN;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void settle(int status, @Nullable String location) throws IOException {
		if (!isBillable(status)) {
			endTransaction();
			uncharged();
		}
		else if (exchange().receipt() == null && super.isCommitted()) {
			logger.error("A paid answer was not settled, the container closed the response before it was complete");
			abandon();
			return;
		}
		else {
			byte[] kept = isComplete() ? answer().keep(raw(), status, location, this.held.toByteArray()) : null;
			PaymentRefusal refusal = settle(kept);
			if (refusal != null) {
				endTransaction();
				refuse(refusal);
				return;
			}
			this.kept = kept != null;
			if (!this.kept) {
				exchange().delivering();
			}
			answer().settled(raw(), exchange());
		}
		this.state = State.OPEN;
		if (this.held.size() > 0) {
			this.held.writeTo(target());
			this.held.reset();
		}
	}

	private @Nullable PaymentRefusal settle(byte @Nullable [] kept) {
		if (this.transaction != null) {
			return settleAndCommit(this.transaction, kept);
		}
		return (kept != null) ? exchange().settle(kept) : exchange().settleAhead();
	}

	private @Nullable PaymentRefusal settleAndCommit(PaymentTransaction transaction, byte @Nullable [] kept) {
		try {
			transaction.prepare();
		}
		catch (RuntimeException ex) {
			abandon();
			throw ex;
		}
		PaymentRefusal refusal = exchange().settleAhead();
		if (refusal != null) {
			return refusal;
		}
		try {
			transaction.commit();
		}
		catch (RuntimeException ex) {
			logger.error("A payment was settled, but the transaction of its handler could not be committed", ex);
			exchange().release();
			return PaymentRefusal.of(ReasonCode.DELIVERY_FAILED).withReceipt(exchange().receipt());
		}
		return exchange().settle(kept);
	}

	/**
	 * Whether what is held is the whole answer, as far as it can be told: a flush at the
	 * end of a handler looks like one in its middle.
	 */
	private boolean isComplete() {
		return !this.overflowing && !this.request.isAsyncStarted()
				&& (this.declaredLength < 0 || this.declaredLength == this.held.size());
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
		this.state = State.CLOSED;
		discard();
		this.request.removeAttribute(SENDFILE);
		super.reset();
		// Some headers are there again after a reset, such as Date of Jetty
		this.headersBefore.forEach((name, values) -> {
			super.setHeader(name, values.get(0));
			values.stream().skip(1).forEach((value) -> super.addHeader(name, value));
		});
		answer().refused(raw(), exchange(), refusal);
		super.flushBuffer();
	}

	private void hold(byte[] bytes, int offset, int length) throws IOException {
		if (this.state == State.HOLDING
				&& (length > this.limit - this.held.size() || this.declaredLength > this.limit)) {
			overflow();
		}
		switch (this.state) {
			case HOLDING -> keep(bytes, offset, length);
			case OPEN -> pass(bytes, offset, length);
			case CLOSED -> {
				if (this.request.isAsyncStarted()) {
					throw new IOException("The payment was not settled");
				}
			}
		}
	}

	/**
	 * What follows shows that an answer was kept that is not complete.
	 */
	private void pass(byte[] bytes, int offset, int length) throws IOException {
		if (this.kept && length > 0) {
			this.kept = false;
			exchange().forgetAnswer();
		}
		target().write(bytes, offset, length);
	}

	/**
	 * Keep bytes. Blocks double, and the next one would take more than the limit.
	 */
	private void keep(byte[] bytes, int offset, int length) throws IOException {
		if (this.held.size() <= this.limit / 2 && this.held.size() + length > this.limit / 2) {
			this.held.resize(this.limit);
		}
		this.held.write(bytes, offset, length);
	}

	/**
	 * What was decided about must not change any more, even if the container's own buffer
	 * is larger than the limit.
	 */
	private void overflow() throws IOException {
		if (this.transaction != null) {
			throw new IllegalStateException(
					"An answer that is bound to a payment transaction has to fit the hold limit of " + this.limit
							+ " bytes");
		}
		this.overflowing = true;
		if (commit(getStatus())) {
			super.flushBuffer();
		}
	}

	private ServletOutputStream target() throws IOException {
		return super.getOutputStream();
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
		return this.stream;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		this.encoder.open();
		return this.writer;
	}

	@Override
	public void flushBuffer() throws IOException {
		this.encoder.encode();
		if (commit(getStatus())) {
			super.flushBuffer();
		}
	}

	@Override
	public boolean isCommitted() {
		return this.state == State.CLOSED || super.isCommitted();
	}

	@Override
	public void reset() {
		if (this.state != State.CLOSED) {
			discard();
			this.declaredLength = -1;
			super.reset();
		}
	}

	@Override
	public void resetBuffer() {
		if (this.state != State.CLOSED) {
			discard();
			super.resetBuffer();
		}
	}

	@Override
	public void sendError(int status) throws IOException {
		if (fails(status)) {
			super.sendError(status);
		}
	}

	@Override
	public void sendError(int status, String message) throws IOException {
		if (fails(status)) {
			super.sendError(status, message);
		}
	}

	/**
	 * Jetty sends an informational status at once, with the headers so far.
	 */
	private boolean fails(int status) {
		if (this.state == State.CLOSED || (this.state == State.HOLDING
				&& HttpStatus.Series.resolve(status) == HttpStatus.Series.INFORMATIONAL)) {
			return false;
		}
		abandon();
		return true;
	}

	// Each variant calls its own, wrappers further out may know only some

	@Override
	public void sendRedirect(String location) throws IOException {
		if (redirects(SC_FOUND, location, true)) {
			super.sendRedirect(location);
		}
	}

	@Override
	public void sendRedirect(String location, int status) throws IOException {
		if (redirects(status, location, true)) {
			super.sendRedirect(location, status);
		}
	}

	@Override
	public void sendRedirect(String location, boolean clearBuffer) throws IOException {
		if (redirects(SC_FOUND, location, clearBuffer)) {
			super.sendRedirect(location, clearBuffer);
		}
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
		if (redirects(status, location, clearBuffer)) {
			super.sendRedirect(location, status, clearBuffer);
		}
	}

	private boolean redirects(int status, String location, boolean clearBuffer) throws IOException {
		if (clearBuffer) {
			discard();
		}
		this.finishing = true;
		return commit(status, location);
	}

	@Override
	public void setTrailerFields(Supplier<Map<String, String>> supplier) {
		if (this.state != State.CLOSED) {
			super.setTrailerFields(() -> (this.state == State.OPEN) ? supplier.get() : Map.of());
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
	public void addIntHeader(String name, int value) {
		addHeader(name, Integer.toString(value));
	}

	@Override
	public void setDateHeader(String name, long date) {
		if (accepts(name)) {
			super.setDateHeader(name, date);
		}
	}

	@Override
	public void addDateHeader(String name, long date) {
		if (accepts(name)) {
			super.addDateHeader(name, date);
		}
	}

	@Override
	public void setHeader(String name, String value) {
		if (name.equalsIgnoreCase("Content-Length")) {
			setContentLengthLong((value != null) ? Long.parseLong(value) : -1);
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
			HeldResponse.this.encoder.encode();
			if (commit(getStatus())) {
				target().flush();
			}
		}

		@Override
		public void close() throws IOException {
			HeldResponse.this.encoder.encode();
			if (commit(getStatus())) {
				target().close();
			}
		}

		@Override
		public boolean isReady() {
			return HeldResponse.this.state == State.HOLDING || isTargetReady();
		}

		private boolean isTargetReady() {
			try {
				return target().isReady();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			if (HeldResponse.this.exchange != null) {
				throw new IllegalStateException("Non-blocking writes cannot be held for payment");
			}
			try {
				target().setWriteListener(listener);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/**
	 * The only writer anybody gets, which stays usable after a reset. It encodes in the
	 * character set that the response has at the first text.
	 */
	private final class HeldWriter extends Writer {

		private @Nullable Writer open;

		Writer open() {
			if (this.open == null) {
				String encoding = getCharacterEncoding();
				Charset charset = (encoding != null) ? Charset.forName(encoding) : StandardCharsets.ISO_8859_1;
				HeldResponse.super.setCharacterEncoding(charset.name());
				this.open = new OutputStreamWriter(new HeldBytes(), charset);
			}
			return this.open;
		}

		/**
		 * Hand over the text so far, without flushing it any further.
		 */
		void encode() throws IOException {
			if (this.open != null) {
				this.open.flush();
			}
		}

		void discard() {
			this.open = null;
		}

		@Override
		public void write(char[] text, int offset, int length) throws IOException {
			open().write(text, offset, length);
		}

		@Override
		public void flush() throws IOException {
			HeldResponse.this.stream.flush();
		}

		@Override
		public void close() throws IOException {
			HeldResponse.this.stream.close();
		}

	}

	private final class HeldBytes extends OutputStream {

		@Override
		public void write(int b) throws IOException {
			write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			hold(bytes, offset, length);
		}

	}

}
