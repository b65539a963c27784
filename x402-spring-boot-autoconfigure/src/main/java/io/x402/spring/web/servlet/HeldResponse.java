/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.x402.spring.payment.Abandonment;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.payment.CommitPoint.Progress;
import io.x402.spring.payment.CommitPoint.Verdict;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.web.HeldBody;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Response that lets nothing of a paid handler reach the buyer before its payment is
 * settled. Transparent until it is armed; then it holds the body until its
 * {@link CommitPoint} says what to do with it: at the end of the last dispatch, or, for
 * what cannot be held so long, when the first part of a stream is sent or the limit is
 * reached. What is written after that passes directly, so streams stay streams.
 */
final class HeldResponse extends HttpServletResponseWrapper {

	private enum State {

		/** Not armed, or released: everything passes. */
		OPEN,

		/** Armed: everything is held. */
		HOLDING,

		/** Refused or failed: whatever else the handler writes is dropped. */
		CLOSED

	}

	/** Where Tomcat looks for a file to send in place of what was written. */
	private static final String SENDFILE = "org.apache.tomcat.sendfile.filename";

	/** Set on a request whose response ends before it is complete. */
	private static final String CUT_ATTRIBUTE = HeldResponse.class.getName() + ".CUT";

	private final ReentrantLock lock = new ReentrantLock();

	private final HttpServletRequest request;

	/** The response of the container, whatever dispatches wrap around it meanwhile. */
	private final HttpServletResponse container;

	private final boolean jetty;

	private final HeldBody body;

	private final HeldOutput output = new HeldOutput(this);

	private volatile State state = State.OPEN;

	private volatile @Nullable CommitPoint commitPoint;

	private @Nullable PaymentAnswer answer;

	private @Nullable PaymentTransaction transaction;

	private @Nullable HandlerHeaders headers;

	/** As they were before the container began to send them, which may change them. */
	private @Nullable HttpHeaders decidedHeaders;

	private volatile long declaredLength = -1;

	/** Number of paid handlers that this response was armed for or that it covers. */
	private int admissions;

	/** Whether the handler has closed the stream or redirected, or has ended. */
	private volatile boolean ended;

	/** Whether a handler that is not asynchronous asked for a flush. */
	private boolean flushAsked;

	private volatile @Nullable Supplier<Map<String, String>> trailers;

	/** What the handler threw, unless something was written in its place. */
	private volatile @Nullable Throwable thrown;

	/** Whether a settlement is under way. */
	private volatile boolean settling;

	private final int headerLimit;

	/** Whether a write to the connection of the buyer failed. */
	private volatile boolean buyerLost;

	/** Whether a response that has begun must not end well. */
	private volatile boolean cut;

	/** Whether the container gave the request up while its payment was settled. */
	private volatile boolean givenUp;

	/**
	 * Create a response.
	 * @param request the request
	 * @param response the response to hold
	 * @param body holds its body
	 * @param limits what containers refuse to send
	 */
	HeldResponse(HttpServletRequest request, HttpServletResponse response, HeldBody body, HeaderLimits limits) {
		super(ContainerResponse.of(response));
		this.request = request;
		this.container = (HttpServletResponse) getResponse();
		this.jetty = ContainerResponse.isOf(response, "org.eclipse.jetty.");
		this.body = body;
		this.headerLimit = limits.of(response);
	}

	/**
	 * Hand over the text so far, which a part that is included follows.
	 */
	void encode() throws IOException {
		this.output.encode();
	}

	/**
	 * Start to hold. The headers set so far are what a refusal will carry.
	 * @param commitPoint decides about the response
	 * @param answer writes receipts and refusals
	 * @param transaction the transaction that is bound to the payment, or {@code null}
	 */
	void arm(CommitPoint commitPoint, PaymentAnswer answer, @Nullable PaymentTransaction transaction) {
		this.headers = new HandlerHeaders(this.container);
		this.commitPoint = commitPoint;
		this.answer = answer;
		this.transaction = transaction;
		this.thrown = null;
		this.admissions++;
		this.state = State.HOLDING;
	}

	/**
	 * One more paid handler runs for the payment that this response is armed with.
	 */
	void cover() {
		this.admissions++;
	}

	boolean isArmed() {
		return this.commitPoint != null;
	}

	/**
	 * Return how many paid handlers ran for this response.
	 */
	int admissions() {
		return this.admissions;
	}

	/**
	 * The handler threw. Unless something is written in its place, it has not ended well.
	 * @param exception the exception
	 * @param ran whether the handler ran, as far as that is known
	 */
	void thrown(Throwable exception, boolean ran) {
		if (!ran && this.admissions == 1) {
			point().handlerDidNotRun();
		}
		this.thrown = exception;
	}

	/**
	 * Something that stands before the handler answered in its place.
	 */
	void stopped() {
		if (this.commitPoint != null && this.admissions == 1 && this.thrown == null) {
			point().handlerDidNotRun();
		}
	}

	/**
	 * End of the last dispatch, which has ended well: settle and release what is held.
	 * @throws IOException if the buyer is gone, or a response that passed already must
	 * not end as if it were complete
	 */
	void finish() throws IOException {
		this.output.encode();
		CommitPoint point = this.commitPoint;
		if (point == null || this.state == State.CLOSED) {
			return;
		}
		settle(() -> {
			try {
				resolveTrailers();
				if (this.givenUp) {
					this.state = State.CLOSED;
				}
				else if (this.state == State.HOLDING) {
					apply(point.end(progress(0), this::stored), false);
				}
				else if (point.isReleased()) {
					finishReleased(point);
				}
			}
			finally {
				this.ended = true;
				this.body.close();
			}
		});
	}

	/**
	 * Take a step that may wait for the facilitator. Everything else that happens to the
	 * response meanwhile waits for it, or, if it is the end of the request, passes it by.
	 */
	private void settle(Step step) throws IOException {
		this.lock.lock();
		try {
			this.settling = true;
			step.run();
		}
		finally {
			this.settling = false;
			this.lock.unlock();
		}
	}

	/**
	 * Take a step on its own, whichever thread takes it.
	 */
	private void locked(Step step) throws IOException {
		this.lock.lock();
		try {
			step.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for the steps of other threads, unless one of them settles.
	 * @return whether there is none left
	 */
	private boolean tryLock() {
		try {
			while (!this.settling || this.lock.isHeldByCurrentThread()) {
				if (this.lock.tryLock(100, TimeUnit.MILLISECONDS)) {
					return true;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return false;
	}

	private void finishReleased(CommitPoint point) throws IOException {
		if (this.buyerLost && !this.body.isStorable()) {
			abandon(Abandonment.BUYER_CAUSED);
			return;
		}
		if (point.end(progress(0), this::stored) instanceof Verdict.Fail) {
			this.state = State.CLOSED;
			cutOff();
			throw new IOException("The response to a paid request is not complete", this.thrown);
		}
	}

	private Progress progress(int more) {
		return new Progress(status(), isComparable() ? this.declaredLength : -1, this.body.length() + more,
				hasFailed() || !isSendable());
	}

	private boolean isComparable() {
		return !HttpMethod.HEAD.matches(this.request.getMethod()) && this.request.getAttribute(SENDFILE) == null
				&& status() != SC_NO_CONTENT;
	}

	/**
	 * Return whether the container sends the headers. One that refuses them does so when
	 * it is too late for a refusal of the payment.
	 */
	private boolean isSendable() {
		return isReleased()
				|| (HeaderLimits.size(this.container) <= this.headerLimit && isLine(this.container.getContentType()));
	}

	/**
	 * Containers clean a content type with line breaks when they send it, so that what is
	 * stored could not be sent again.
	 */
	private static boolean isLine(@Nullable String text) {
		return text == null || text.chars().noneMatch(Character::isISOControl);
	}

	/**
	 * Trailers are asked for before it is decided, since the container asks for them when
	 * everything else is sent.
	 */
	private void resolveTrailers() {
		Supplier<Map<String, String>> supplier = this.trailers;
		if (supplier == null) {
			return;
		}
		try {
			Map<String, String> fields = supplier.get();
			this.trailers = () -> (fields != null) ? fields : Map.of();
		}
		catch (RuntimeException ex) {
			this.trailers = null;
			this.thrown = ex;
		}
	}

	private boolean isReleased() {
		CommitPoint point = this.commitPoint;
		return point != null && point.isReleased();
	}

	/**
	 * Return whether the handler threw and nothing was written in its place.
	 */
	boolean hasFailed() {
		return this.thrown != null;
	}

	private int status() {
		return this.container.getStatus();
	}

	private ResponseRecord stored() {
		byte[] bytes = (this.request.getAttribute(SENDFILE) == null) ? this.body.toByteArray() : null;
		if (bytes == null) {
			return ResponseRecord.notStored();
		}
		HttpHeaders decided = this.decidedHeaders;
		return answer().keep((decided != null) ? decided : HandlerHeaders.of(this.container), status(),
				(status() != SC_NO_CONTENT) ? bytes : new byte[0]);
	}

	/**
	 * The handler failed, or the dispatch around it did: nothing more is released, and
	 * the container's error handling takes over.
	 * @param abandonment why nothing is charged
	 */
	void abandon(Abandonment abandonment) {
		fail(abandonment, State.CLOSED);
	}

	/**
	 * The handler failed, but one that is free called it and may answer something else.
	 */
	void disarm() {
		fail(Abandonment.SELLER_FAILURE, State.OPEN);
		endTransaction();
		this.commitPoint = null;
		this.answer = null;
		this.thrown = null;
		this.ended = false;
	}

	/**
	 * The container gave the request up, or has ended it. Does not wait for a settlement
	 * that is under way.
	 * @param lost whether the connection of the buyer is the reason
	 */
	void giveUp(boolean lost) {
		CommitPoint point = this.commitPoint;
		if (point != null) {
			this.buyerLost |= lost;
			this.givenUp = true;
			if (point.isReleased() && !point.exchange().isDelivered()) {
				cutOff();
			}
			point.exchange().abandon(lost ? Abandonment.BUYER_CAUSED : Abandonment.SELLER_FAILURE);
			this.body.close();
		}
	}

	/**
	 * The container has waited long enough. Unless somebody answers after all, it sends
	 * an error, which carries no goods. Jetty does not report the end of a response that
	 * has begun and is shorter than it declares.
	 */
	void timeOut() {
		if (this.jetty && this.container.isCommitted() && isComparable() && this.body.length() < this.declaredLength) {
			giveUp(false);
			return;
		}
		HandlerHeaders headers = this.headers;
		if (headers != null && this.lock.tryLock()) {
			try {
				if (this.state == State.HOLDING) {
					headers.setAside(this.container);
				}
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/**
	 * Somebody answers.
	 */
	void resume() {
		if (this.headers != null) {
			this.headers.putBack(this.container);
		}
	}

	boolean isBuyerLost() {
		return this.buyerLost;
	}

	boolean isThrown(Throwable exception) {
		return this.thrown == exception;
	}

	/**
	 * Make the next dispatch fail, so that the container does not end a response well
	 * that is not complete, or that could not be decided about.
	 * @param exception why it is not
	 * @return whether there is to be one
	 */
	boolean cut(Exception exception) {
		this.cut = (this.container.isCommitted() || exception instanceof RuntimeException) && !this.buyerLost
				&& !this.givenUp;
		return this.cut;
	}

	void checkNotCut() throws IOException {
		if (this.cut) {
			throw new IOException("The response to a paid request is not complete", this.thrown);
		}
	}

	/**
	 * End of a dispatch: a transaction does not outlive it.
	 */
	void endTransaction() {
		if (this.transaction != null) {
			this.transaction.rollback();
		}
	}

	private void fail(Abandonment abandonment, State next) {
		CommitPoint point = this.commitPoint;
		if (point == null) {
			return;
		}
		if (!tryLock()) {
			// Another thread settles; it will find that the request has ended
			giveUp(this.buyerLost);
			return;
		}
		try {
			if (this.state == State.HOLDING) {
				point.abandon(abandonment);
				discard();
				this.request.removeAttribute(SENDFILE);
				withhold(false);
				this.state = next;
			}
			else if (this.state == State.OPEN && point.isReleased()) {
				beginDelivery(point);
				point.abandon(abandonment);
				this.body.close();
				this.state = State.CLOSED;
				cutOff();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Jetty ends a response that has begun well whatever is thrown, unless it is told.
	 * Tomcat includes an error page, which could fill what is missing.
	 */
	private void cutOff() {
		if (!this.container.isCommitted()) {
			return;
		}
		this.request.setAttribute(CUT_ATTRIBUTE, true);
		if (this.givenUp || !this.jetty) {
			return;
		}
		try {
			this.container.sendError(-1);
		}
		catch (IOException | IllegalStateException ex) {
			// It is cut off already
		}
	}

	/**
	 * Return whether the response to a request ends before it is complete, so that
	 * nothing may be added to it.
	 * @param request the request, in whichever dispatch
	 */
	static boolean isCutOff(HttpServletRequest request) {
		return request.getAttribute(CUT_ATTRIBUTE) != null;
	}

	/**
	 * An uncharged response carries no goods, but the receipt of a payment that was
	 * settled before its handler ran.
	 */
	private void withhold(boolean redirects) {
		if (this.container.isCommitted() || this.headers == null) {
			return;
		}
		this.headers.withhold(this.container, redirects);
		if (point().exchange().receipt() != null) {
			answer().settled(this.container, point().exchange());
		}
	}

	/**
	 * Answer something else in place of everything that was written, which is not
	 * charged.
	 * @param replacement writes the answer
	 * @throws IOException if the buyer is gone
	 */
	void replace(Replacement replacement) throws IOException {
		abandon(Abandonment.SELLER_FAILURE);
		discard();
		this.state = State.CLOSED;
		if (!this.container.isCommitted()) {
			if (this.headers != null) {
				this.headers.restore(this.container);
			}
			else {
				this.container.resetBuffer();
			}
			replacement.write(this.container);
			this.container.flushBuffer();
		}
	}

	/**
	 * Forget what was written, including what the writer has not encoded yet.
	 */
	private void discard() {
		this.output.discard();
		this.body.discard();
	}

	private void apply(Verdict verdict, boolean early) throws IOException {
		if (verdict instanceof Verdict.Release) {
			release(early);
		}
		else if (verdict instanceof Verdict.Uncharged) {
			// A redirect that is not charged is none of the handler
			withhold(HttpStatus.Series.resolve(status()) == HttpStatus.Series.REDIRECTION);
			pass();
			if (early) {
				this.container.flushBuffer();
			}
		}
		else if (verdict instanceof Verdict.Refuse refuse) {
			refuse(refuse.refusal());
		}
		else {
			error();
		}
	}

	private void release(boolean early) throws IOException {
		if (this.givenUp) {
			this.state = State.CLOSED;
			return;
		}
		if (status() == SC_NO_CONTENT) {
			dropContent();
		}
		this.decidedHeaders = HandlerHeaders.of(this.container);
		answer().settled(this.container, point().exchange());
		if (early || !point().exchange().isDelivered()) {
			this.state = State.OPEN;
			passBegun();
		}
		else {
			pass();
		}
		if (!early && !this.buyerLost) {
			point().delivered();
		}
	}

	/**
	 * There is none to send. Jetty answers a length that is declared all the same with an
	 * error, and forgets it only if another one takes its place.
	 */
	private void dropContent() {
		discard();
		this.container.setContentLengthLong(0);
		this.container.setContentLengthLong(-1);
	}

	private void pass() throws IOException {
		this.state = State.OPEN;
		this.body.release(this.container.getOutputStream());
	}

	/**
	 * Send the headers by themselves, so that it is known whether anything has left.
	 */
	private void passBegun() throws IOException {
		try {
			if (!this.jetty && this.request.getProtocol().startsWith("HTTP/2")) {
				// Tomcat ends the stream well whatever is thrown, except by a trailer
				super.setTrailerFields(this::trailerFields);
			}
			this.container.flushBuffer();
			beginDelivery(point());
			this.body.release(this.container.getOutputStream());
			this.container.flushBuffer();
		}
		catch (IOException ex) {
			lose(ex);
		}
	}

	/**
	 * What is written while the connection fails is still worth storing.
	 */
	private void lose(IOException exception) throws IOException {
		this.buyerLost = true;
		if (!this.body.isStorable() || isEventStream()) {
			// Not every container says later that it has lost the connection
			point().exchange().abandon(Abandonment.BUYER_CAUSED);
			throw exception;
		}
	}

	private void beginDelivery(CommitPoint point) {
		if (this.container.isCommitted() && !this.buyerLost) {
			point.delivering();
		}
	}

	private void refuse(PaymentRefusal refusal) throws IOException {
		this.state = State.CLOSED;
		discard();
		if (this.givenUp) {
			return;
		}
		this.request.removeAttribute(SENDFILE);
		if (this.container.isCommitted() || this.headers == null) {
			return;
		}
		this.headers.restore(this.container);
		answer().refused(this.container, point().exchange(), refusal);
		this.container.flushBuffer();
	}

	private void error() throws IOException {
		this.state = State.CLOSED;
		discard();
		if (this.givenUp) {
			return;
		}
		this.request.removeAttribute(SENDFILE);
		if (this.container.isCommitted()) {
			throw new IOException("The response to a paid request was begun before it was settled", this.thrown);
		}
		withhold(false);
		boolean upstream = this.thrown != null && DisconnectedClientHelper.isClientDisconnectedException(this.thrown);
		this.container.sendError(upstream ? SC_BAD_GATEWAY : SC_INTERNAL_SERVER_ERROR);
	}

	// What the handler does

	void write(byte[] bytes, int offset, int length) throws IOException {
		locked(() -> {
			if (!this.ended && length > 0) {
				put(bytes, offset, length);
			}
		});
	}

	private void put(byte[] bytes, int offset, int length) throws IOException {
		if (this.state == State.HOLDING) {
			if (this.flushAsked) {
				// There is more after a flush, so it is a stream
				releaseEarly(length);
			}
			if (this.state == State.HOLDING && (!this.body.fits(length) || !this.body.fits(declared()))) {
				overflow(length);
			}
		}
		switch (this.state) {
			case HOLDING -> {
				this.thrown = null;
				this.body.hold(bytes, offset, length);
			}
			case OPEN -> {
				this.thrown = null;
				writeThrough(bytes, offset, length);
			}
			case CLOSED -> {
				if (this.request.isAsyncStarted()) {
					throw new IOException("The payment was not settled");
				}
			}
		}
	}

	private int declared() {
		return (int) Math.min(Integer.MAX_VALUE, Math.max(0, this.declaredLength - this.body.length()));
	}

	private void writeThrough(byte[] bytes, int offset, int length) throws IOException {
		CommitPoint point = this.commitPoint;
		if (point == null) {
			this.body.pass(bytes, offset, length);
			this.container.getOutputStream().write(bytes, offset, length);
			return;
		}
		if (point.isReleased()) {
			if (status() == SC_NO_CONTENT) {
				return;
			}
			checkLength(length);
			this.body.copy(bytes, offset, length);
		}
		if (this.buyerLost) {
			lose(new IOException("The connection of the buyer is lost"));
			return;
		}
		try {
			this.container.getOutputStream().write(bytes, offset, length);
		}
		catch (IOException ex) {
			lose(ex);
		}
	}

	/**
	 * A container refuses what exceeds the declared length, or drops it.
	 */
	private void checkLength(int more) throws IOException {
		if (this.declaredLength >= 0 && this.body.length() + more > this.declaredLength && isComparable()) {
			this.thrown = new IOException("The response to a paid request is longer than its declared length");
			throw new IOException(this.thrown);
		}
	}

	/**
	 * What was decided about must not change any more, even if the container's own buffer
	 * is larger than the limit.
	 */
	private void overflow(int length) throws IOException {
		if (!point().maySettleAhead()) {
			point().abandon(Abandonment.SELLER_FAILURE);
			throw new IllegalStateException(
					"A response that is bound to a payment transaction must fit the hold limit");
		}
		releaseEarly(length);
	}

	/**
	 * Settle before the end of the response is known.
	 * @param length number of bytes that are about to be written
	 */
	private void releaseEarly(int length) throws IOException {
		settle(() -> {
			if (this.givenUp) {
				this.state = State.CLOSED;
			}
			if (this.state == State.HOLDING) {
				apply(point().releaseEarly(progress(length)), true);
			}
		});
	}

	void flush() throws IOException {
		locked(() -> {
			if (this.state == State.HOLDING && (this.ended || !point().maySettleAhead())) {
				return;
			}
			if (this.state == State.HOLDING && !this.request.isAsyncStarted() && !isEventStream()) {
				this.flushAsked = true;
				return;
			}
			if (this.state == State.HOLDING) {
				releaseEarly(0);
			}
			if (this.state == State.OPEN && !this.buyerLost) {
				flushContainer();
			}
		});
	}

	private void flushContainer() throws IOException {
		try {
			this.container.flushBuffer();
		}
		catch (IOException ex) {
			if (!isArmed()) {
				throw ex;
			}
			lose(ex);
		}
	}

	/**
	 * Events are sent one by one, also by handlers that are not asynchronous.
	 */
	private boolean isEventStream() {
		String type = this.container.getContentType();
		return type != null && (type.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE)
				|| type.startsWith(MediaType.APPLICATION_NDJSON_VALUE));
	}

	/**
	 * The container ends a paid response at the end of its last dispatch, not before.
	 */
	void close() throws IOException {
		if (isArmed()) {
			this.ended = true;
		}
		else {
			this.container.getOutputStream().close();
		}
	}

	boolean isReady() {
		try {
			return this.state == State.HOLDING || this.container.getOutputStream().isReady();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void setWriteListener(WriteListener listener) {
		if (isArmed()) {
			throw new IllegalStateException("Non-blocking writes cannot be held for payment");
		}
		try {
			this.container.getOutputStream().setWriteListener(listener);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private CommitPoint point() {
		CommitPoint point = this.commitPoint;
		if (point == null) {
			throw new IllegalStateException("Not armed");
		}
		return point;
	}

	private PaymentAnswer answer() {
		if (this.answer == null) {
			throw new IllegalStateException("Not armed");
		}
		return this.answer;
	}

	@Override
	public ServletOutputStream getOutputStream() {
		return this.output;
	}

	@Override
	public PrintWriter getWriter() {
		return this.output.writer();
	}

	@Override
	public void flushBuffer() throws IOException {
		this.output.encode();
		flush();
	}

	@Override
	public boolean isCommitted() {
		return isFrozen() || super.isCommitted();
	}

	/**
	 * What was refused, has ended or was released does not change any more, even if the
	 * container, or a filter that buffers, has not sent its headers yet.
	 */
	private boolean isFrozen() {
		return this.state == State.CLOSED || this.ended || isReleased();
	}

	@Override
	public void reset() {
		reset(super::reset, true);
	}

	@Override
	public void resetBuffer() {
		reset(super::resetBuffer, false);
	}

	private void reset(Runnable reset, boolean headers) {
		this.lock.lock();
		try {
			if (isReleased() && this.state == State.OPEN) {
				throw new IllegalStateException("The response is committed, because its payment is settled");
			}
			if (!isFrozen()) {
				reset.run();
				this.output.discard();
				this.body.reset();
				this.declaredLength = headers ? -1 : this.declaredLength;
				this.flushAsked = false;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void sendError(int status) throws IOException {
		if (abandonFor(status)) {
			super.sendError(status);
		}
	}

	@Override
	public void sendError(int status, String message) throws IOException {
		if (abandonFor(status)) {
			super.sendError(status, message);
		}
	}

	/**
	 * Jetty sends an informational status at once, with the headers so far.
	 * @return whether the container is to send the error
	 */
	private boolean abandonFor(int status) {
		if (this.state == State.CLOSED || (this.state == State.HOLDING
				&& HttpStatus.Series.resolve(status) == HttpStatus.Series.INFORMATIONAL)) {
			return false;
		}
		abandon(CommitPoint.isCausedByBuyer(status) ? Abandonment.BUYER_CAUSED : Abandonment.SELLER_FAILURE);
		return true;
	}

	// Each variant calls its own, wrappers further out may know only some

	@Override
	public void sendRedirect(String location) throws IOException {
		redirect(SC_FOUND, location, true, () -> super.sendRedirect(location));
	}

	@Override
	public void sendRedirect(String location, int status) throws IOException {
		redirect(status, location, true, () -> super.sendRedirect(location, status));
	}

	@Override
	public void sendRedirect(String location, boolean clearBuffer) throws IOException {
		redirect(SC_FOUND, location, clearBuffer, () -> super.sendRedirect(location, clearBuffer));
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
		redirect(status, location, clearBuffer, () -> super.sendRedirect(location, status, clearBuffer));
	}

	/**
	 * A redirect of a paid handler is a response like others, with the body that it
	 * keeps. The container is not asked, since it would send it, or refuse to.
	 */
	private void redirect(int status, String location, boolean clearBuffer, Step action) throws IOException {
		if (this.commitPoint == null) {
			action.run();
			return;
		}
		Redirects.check(status, location);
		this.output.encode();
		locked(() -> {
			if (this.state == State.OPEN) {
				throw new IllegalStateException("The response is committed, because its payment is settled");
			}
			if (!isFrozen()) {
				if (clearBuffer) {
					discard();
					// Not every container forgets a length that was declared
					setContentLengthLong(0);
				}
				setStatus(status);
				setHeader(HttpHeaders.LOCATION, location);
				this.thrown = null;
				this.ended = true;
			}
		});
	}

	@Override
	public void setStatus(int status) {
		if (!isFrozen()) {
			super.setStatus(status);
		}
	}

	@Override
	public void setTrailerFields(Supplier<Map<String, String>> supplier) {
		if (this.state != State.CLOSED) {
			this.trailers = supplier;
			if (supplier != null) {
				super.setTrailerFields(this::trailerFields);
			}
		}
	}

	private Map<String, String> trailerFields() {
		if (isCutOff(this.request)) {
			throw new IllegalStateException("The response to a paid request is not complete");
		}
		Supplier<Map<String, String>> supplier = this.trailers;
		return (supplier != null && this.state == State.OPEN) ? supplier.get() : Map.of();
	}

	@Override
	public void setContentLength(int length) {
		setContentLengthLong(length);
	}

	@Override
	public void setContentLengthLong(long length) {
		if (!isFrozen()) {
			this.declaredLength = length;
			super.setContentLengthLong(length);
		}
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
		if (isAllowedHeader(name)) {
			super.setDateHeader(name, date);
		}
	}

	@Override
	public void addDateHeader(String name, long date) {
		if (isAllowedHeader(name)) {
			super.addDateHeader(name, date);
		}
	}

	@Override
	public void setHeader(String name, String value) {
		if (name.equalsIgnoreCase("Content-Length")) {
			setContentLengthLong((value != null) ? Long.parseLong(value) : -1);
		}
		else if (isAllowedHeader(name)) {
			super.setHeader(name, value);
		}
	}

	@Override
	public void addHeader(String name, String value) {
		if (name.equalsIgnoreCase("Content-Length")) {
			setHeader(name, value);
		}
		else if (isAllowedHeader(name)) {
			super.addHeader(name, value);
		}
	}

	@Override
	public void addCookie(Cookie cookie) {
		if (isAllowedHeader(HttpHeaders.SET_COOKIE)) {
			super.addCookie(cookie);
		}
	}

	private boolean isAllowedHeader(String name) {
		if (this.commitPoint == null || this.headers == null) {
			return true;
		}
		this.headers.add(name);
		return !HandlerHeaders.isReserved(name)
				&& (!isFrozen() || (this.state == State.CLOSED && HandlerHeaders.isOfErrors(name)));
	}

	/**
	 * Writes an answer in place of what is held.
	 */
	interface Replacement {

		void write(HttpServletResponse response) throws IOException;

	}

	/**
	 * Something that is done to the response.
	 */
	private interface Step {

		void run() throws IOException;

	}

}
