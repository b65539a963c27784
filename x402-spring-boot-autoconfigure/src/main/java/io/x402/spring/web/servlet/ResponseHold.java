/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Supplier;

import io.x402.spring.payment.Abandonment;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.payment.CommitPoint.Progress;
import io.x402.spring.payment.CommitPoint.Verdict;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.web.HeldBody;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Holds a response until its {@link CommitPoint} says what to do with it: at the end of
 * the last dispatch, or, for what cannot be held so long, when the first part of a stream
 * is sent or the limit is reached. What is written after that passes directly, so streams
 * stay streams.
 */
final class ResponseHold implements OutputSink {

	private static final Log logger = LogFactory.getLog(ResponseHold.class);

	private static final byte[] NO_CONTENT = new byte[0];

	private enum State {

		/** Not armed, or released: everything passes. */
		OPEN,

		/** Armed: everything is held. */
		HOLDING,

		/** Refused or failed: whatever else the handler writes is dropped. */
		CLOSED

	}

	private final ResponseTurns turns = new ResponseTurns();

	private final HandlerRuns runs = new HandlerRuns();

	private final DetachedHandler handler = new DetachedHandler();

	private final BuyerConnection connection;

	private final HttpServletResponse container;

	private final HeldBody body;

	private final HeldOutput output;

	private final DeclaredLength length;

	private final HandlerTrailers trailers = new HandlerTrailers();

	private final Delivery delivery;

	private final KeptContent kept;

	/** How many forwards and includes run whose caller decides about failures. */
	private int nested;

	/** In which of them the handler failed, counted from outside. */
	private int failedNested;

	private volatile State state = State.OPEN;

	private volatile @Nullable ArmedPayment payment;

	private @Nullable HandlerHeaders headers;

	/** Whether the handler has closed the stream or redirected, or has ended. */
	private volatile boolean ended;

	/** Whether a handler that is not asynchronous asked for a flush. */
	private boolean flushAsked;

	/** Whether a response that has begun must not end well. */
	private volatile boolean cut;

	/**
	 * Create a hold, which is open.
	 * @param connection the way to the buyer
	 * @param body holds the body
	 * @param response the response that the handler sees
	 */
	ResponseHold(BuyerConnection connection, HeldBody body, HttpServletResponse response) {
		this.connection = connection;
		this.container = connection.response();
		this.body = body;
		this.output = new HeldOutput(this, response);
		this.length = new DeclaredLength(connection);
		this.delivery = new Delivery(connection, body);
		this.kept = new KeptContent(response);
	}

	/**
	 * Start to hold. The headers set so far are what a refusal will carry.
	 * @param commitPoint decides about the response
	 * @param answer writes receipts and refusals
	 * @param transaction the transaction that is bound to the payment, or {@code null}
	 */
	void arm(CommitPoint commitPoint, PaymentAnswer answer, @Nullable PaymentTransaction transaction) {
		ArmedPayment armed = new ArmedPayment(commitPoint, answer, transaction, this.container);
		this.headers = armed.headers();
		this.payment = armed;
		this.runs.begin();
		this.state = State.HOLDING;
	}

	boolean isArmed() {
		return this.payment != null;
	}

	/**
	 * Return the paid handlers that ran for this response.
	 */
	HandlerRuns runs() {
		return this.runs;
	}

	/**
	 * Return what filters keep of the response.
	 */
	KeptContent kept() {
		return this.kept;
	}

	/**
	 * Return the handler, as far as it may outlive its request.
	 */
	DetachedHandler handler() {
		return this.handler;
	}

	/**
	 * The handler threw. Unless something is written in its place, it has not ended well.
	 * @param exception the exception
	 * @param ran whether the handler ran, as far as that is known
	 */
	void thrown(Throwable exception, boolean ran) {
		if (!ran && this.runs.isOne()) {
			armed().point().handlerDidNotRun();
		}
		this.runs.fail(exception);
	}

	/**
	 * Forward or include, where the caller decides itself what it means if the handler
	 * fails.
	 * @return whether the handler has not failed, even if a filter has hidden that
	 */
	boolean nest(Dispatch dispatch) throws IOException, ServletException {
		int outer = this.failedNested;
		this.nested++;
		this.failedNested = 0;
		try {
			dispatch.run();
			return this.failedNested != this.nested;
		}
		finally {
			this.nested--;
			// What is written in place of a part that failed may be nested itself
			this.failedNested = outer;
		}
	}

	/**
	 * Nothing has handled what the handler threw. The container does, unless a filter
	 * responds in its place, which is not what was paid for.
	 * @param exception the exception, or {@code null} if it is known
	 * @param response the response that the handler has seen
	 */
	void unhandled(@Nullable Throwable exception, HttpServletResponse response) {
		ArmedPayment armed = this.payment;
		if (armed == null) {
			return;
		}
		if (this.nested > 0) {
			this.failedNested = this.nested;
			return;
		}
		if (exception != null) {
			this.runs.fail(exception);
		}
		if (armed.point().isReleased()) {
			// What has begun cannot end well
			this.cut = true;
			abandon(causeOfFailure());
			return;
		}
		this.turns.changeUnlessSettling(() -> {
			if (this.state == State.HOLDING && !this.connection.isCommitted()) {
				replace(armed);
				if (!this.kept.forget(response)) {
					this.runs.keep();
				}
			}
		});
	}

	private void replace(ArmedPayment armed) {
		this.runs.replace();
		discard();
		this.connection.forgetFile();
		this.length.forget();
		this.trailers.set(null);
		this.ended = false;
		this.flushAsked = false;
		armed.forgetStatus();
		armed.withhold(false);
	}

	/**
	 * Something that stands before the handler responded in its place.
	 */
	void stopped() {
		if (isArmed() && this.runs.isOne() && !this.runs.isFailed()) {
			armed().point().handlerDidNotRun();
		}
	}

	// The end of the request

	/**
	 * End of the last dispatch, which has ended well: settle and release what is held.
	 * @throws IOException if the buyer is gone, or a response that passed already must
	 * not end as if it were complete
	 */
	void finish() throws IOException {
		this.output.encode();
		ArmedPayment armed = this.payment;
		if (this.cut) {
			throw incomplete();
		}
		if (armed == null || this.state == State.CLOSED) {
			return;
		}
		this.turns.settle(() -> {
			try {
				this.trailers.resolve(this.runs);
				if (this.connection.isGivenUp() && !this.handler.isDetached()) {
					this.state = State.CLOSED;
				}
				else if (this.state == State.HOLDING) {
					apply(decide(armed), false);
				}
				else if (armed.point().isReleased()) {
					finishReleased(armed);
				}
			}
			finally {
				this.ended = true;
				this.body.close();
			}
		});
	}

	private Verdict decide(ArmedPayment armed) {
		if (this.runs.isKept()) {
			return drop(armed);
		}
		if (this.runs.isReplaced() && !this.runs.isFailed() && CommitPoint.isBillable(this.connection.status())) {
			armed.point().abandon(causeOfFailure());
			return new Verdict.Uncharged();
		}
		return armed.point().end(progress(0), this::stored);
	}

	/**
	 * What is written in place of the handler does not pass before the request has ended
	 * well.
	 */
	private Verdict decideEarly(ArmedPayment armed, int length) {
		if (this.runs.isKept() || (this.runs.isReplaced() && CommitPoint.isBillable(this.connection.status()))) {
			return drop(armed);
		}
		return armed.point().releaseEarly(progress(length));
	}

	private Verdict drop(ArmedPayment armed) {
		armed.point().abandon(causeOfFailure());
		return new Verdict.Fail();
	}

	private void finishReleased(ArmedPayment armed) throws IOException {
		if (this.connection.isLost() && !this.body.isStorable()) {
			abandon(Abandonment.BUYER_CAUSED);
			return;
		}
		if (armed.point().end(progress(0), this::stored) instanceof Verdict.Fail) {
			this.state = State.CLOSED;
			cutOff();
			throw incomplete();
		}
	}

	private IOException incomplete() {
		return new IOException("The response to a paid request is not complete", this.runs.failure());
	}

	private void cutOff() {
		if (!this.handler.isDetached()) {
			this.connection.cutOff();
		}
	}

	/**
	 * A handler that went on after its request has ended. What it wrote is stored if it
	 * is complete.
	 * @param well whether it has not failed
	 */
	void finishDetached(boolean well) {
		boolean complete = false;
		try {
			if (well) {
				finish();
				complete = true;
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("A response to a paid request, whose buyer is gone, is not complete", ex);
		}
		finally {
			endDetached(complete ? null : Abandonment.SELLER_FAILURE);
		}
	}

	/**
	 * The detached handler has ended, or its time is up.
	 * @param abandonment why its response is not complete, or {@code null} if it is
	 */
	private void endDetached(@Nullable Abandonment abandonment) {
		ArmedPayment armed = this.payment;
		if (armed != null) {
			armed.abandonExchange((abandonment != null) ? abandonment : Abandonment.BUYER_CAUSED);
		}
		this.state = State.CLOSED;
		this.body.close();
		this.handler.end(abandonment == null);
	}

	private Progress progress(int more) {
		long written = this.body.length() + more;
		return new Progress(this.connection.status(), this.length.expected(written), written,
				this.runs.isFailed() || !(isReleased() || this.connection.acceptsHeaders()));
	}

	private ResponseRecord stored() {
		if (this.connection.hasNoContent()) {
			return armed().keep(NO_CONTENT);
		}
		byte[] bytes = this.connection.sendsFile() ? null : this.body.toByteArray();
		return (bytes != null) ? armed().keep(bytes) : armed().passOver();
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
	 * The handler failed, but one that is free called it and may send something else.
	 */
	void disarm() {
		this.cut |= isReleased();
		fail(Abandonment.SELLER_FAILURE, State.OPEN);
		endTransaction();
		this.payment = null;
		this.runs.recover();
		this.ended = false;
	}

	private void fail(Abandonment abandonment, State next) {
		ArmedPayment armed = this.payment;
		if (armed != null && !this.turns.changeUnlessSettling(() -> fail(armed, abandonment, next))) {
			// Another thread settles; it will find that the request has ended
			giveUp(this.connection.isLost());
		}
	}

	private void fail(ArmedPayment armed, Abandonment abandonment, State next) {
		if (this.state == State.HOLDING) {
			armed.point().abandon(abandonment);
			discard();
			this.connection.forgetFile();
			armed.withhold(false);
			this.state = next;
		}
		else if (this.state == State.OPEN && armed.point().isReleased()) {
			this.delivery.begun(armed);
			armed.point().abandon(abandonment);
			this.body.close();
			this.state = State.CLOSED;
			cutOff();
		}
	}

	/**
	 * The container gave the request up, or has ended it. Does not wait for a settlement
	 * that is under way.
	 * @param lost whether the connection of the buyer is the reason
	 */
	void giveUp(boolean lost) {
		ArmedPayment armed = this.payment;
		if (armed != null) {
			if (lost) {
				withdraw(armed);
				this.connection.lose();
			}
			this.connection.giveUp();
			if (armed.point().isReleased() && !armed.point().exchange().isDelivered()) {
				cutOff();
			}
			if (isWorthGoingOn(armed)) {
				// The container reuses the response, so no one may be writing to it then
				this.turns.await();
				this.handler.detach(BuyerConnection.SECONDS_AFTER_LOSS, this::finishDetached,
						() -> endDetached(Abandonment.BUYER_CAUSED));
				return;
			}
			armed.abandonExchange(lost ? Abandonment.BUYER_CAUSED : Abandonment.SELLER_FAILURE);
			this.body.close();
		}
	}

	/**
	 * A container that closes its connections, as Jetty does when it stops, may send what
	 * is not committed all the same.
	 */
	private void withdraw(ArmedPayment armed) {
		this.turns.changeIfIdle(() -> {
			if (this.state == State.HOLDING && !this.connection.isCommitted()) {
				armed.withhold(false);
				this.container.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
			}
		});
	}

	/**
	 * The handler of an unsafe request does not run again, so that only its complete
	 * response can be collected.
	 */
	private boolean isWorthGoingOn(ArmedPayment armed) {
		return this.connection.isLost() && this.connection.isUnsafe() && armed.point().isReleased()
				&& !armed.point().exchange().isDelivered() && this.body.isStorable() && this.state == State.OPEN;
	}

	/**
	 * The container has waited long enough. Unless someone responds after all, it sends
	 * an error, which carries no goods.
	 */
	void timeOut() {
		if (this.connection.isLost() && this.connection.isUnsafe()) {
			giveUp(true);
			return;
		}
		if (this.length.endsInSilence(this.body.length())) {
			giveUp(false);
			return;
		}
		HandlerHeaders current = this.headers;
		if (current != null) {
			this.turns.changeIfIdle(() -> {
				if (this.state == State.HOLDING) {
					current.setAside();
				}
			});
		}
	}

	/**
	 * Someone responds.
	 */
	void resume() {
		if (this.headers != null) {
			this.headers.putBack();
		}
	}

	/**
	 * Return why a handler that failed is not charged. One of an unsafe request does not
	 * notice that its buyer is gone, and fails by itself.
	 */
	Abandonment causeOfFailure() {
		return (this.connection.isLost() && !this.connection.isUnsafe()) ? Abandonment.BUYER_CAUSED
				: Abandonment.SELLER_FAILURE;
	}

	/**
	 * Make the next dispatch fail, so that the container does not end a response well
	 * that is not complete, or that could not be decided about.
	 * @param exception why it is not
	 * @return whether there is to be one
	 */
	boolean cut(Exception exception) {
		this.cut = (this.connection.isCommitted() || exception instanceof RuntimeException) && !this.connection.isLost()
				&& !this.connection.isGivenUp();
		return this.cut;
	}

	/**
	 * A dispatch begins.
	 * @throws IOException if it must fail, because the response is not complete
	 */
	void begin() throws IOException {
		this.handler.goOn();
		if (this.cut) {
			throw incomplete();
		}
	}

	/**
	 * End of a dispatch: a transaction does not outlive it.
	 */
	void endTransaction() {
		ArmedPayment armed = this.payment;
		if (armed != null) {
			armed.endTransaction();
		}
	}

	/**
	 * Send something else in place of everything that was written, which is not charged.
	 * @param replacement writes the response
	 * @throws IOException if the buyer is gone
	 */
	void replace(Replacement replacement) throws IOException {
		abandon(Abandonment.SELLER_FAILURE);
		discard();
		this.state = State.CLOSED;
		if (!this.connection.isCommitted()) {
			if (this.headers != null) {
				this.headers.restore();
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
	void discard() {
		this.output.discard();
		this.body.discard();
	}

	// What was decided

	private void apply(Verdict verdict, boolean early) throws IOException {
		this.turns.decided();
		if (verdict instanceof Verdict.Release) {
			release(early);
		}
		else if (verdict instanceof Verdict.Uncharged) {
			if (this.runs.isReplaced()) {
				armed().showReceipt();
			}
			else {
				// A redirect that is not charged is none of the handler
				armed()
					.withhold(HttpStatus.Series.resolve(this.container.getStatus()) == HttpStatus.Series.REDIRECTION);
			}
			this.length.pass();
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
		if (this.connection.isGivenUp()) {
			this.state = State.CLOSED;
			return;
		}
		CommitPoint point = armed().point();
		if (this.connection.hasNoContent()) {
			discard();
			this.length.drop();
		}
		else {
			this.length.pass();
		}
		armed().release();
		if (early || !point.exchange().isDelivered()) {
			this.state = State.OPEN;
			this.delivery.start(armed(), this::trailerFields);
		}
		else {
			pass();
		}
		if (!early && !this.connection.isLost()) {
			point.delivered();
		}
	}

	private void pass() throws IOException {
		this.state = State.OPEN;
		this.body.release(this.connection.output());
	}

	private void refuse(PaymentRefusal refusal) throws IOException {
		if (drop()) {
			armed().refuse(refusal);
		}
	}

	private void error() throws IOException {
		if (!drop()) {
			return;
		}
		Throwable failure = this.runs.failure();
		if (this.connection.isCommitted()) {
			throw new IOException("The response to a paid request was begun before it was settled", failure);
		}
		armed().withhold(false);
		this.container.setHeader(HttpHeaders.CONTENT_ENCODING, null);
		this.container.sendError(statusOfError(failure));
	}

	private int statusOfError(@Nullable Throwable failure) {
		HttpStatus chosen = HttpStatus.resolve(this.container.getStatus());
		if (chosen != null && chosen.isError()) {
			return chosen.value();
		}
		boolean upstream = failure != null && DisconnectedClientHelper.isClientDisconnectedException(failure);
		return upstream ? HttpServletResponse.SC_BAD_GATEWAY : HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
	}

	/**
	 * Drop everything that was written, and what is written from now on.
	 * @return whether something else can be sent in its place
	 */
	private boolean drop() {
		this.state = State.CLOSED;
		discard();
		if (this.connection.isGivenUp()) {
			return false;
		}
		this.connection.forgetFile();
		return true;
	}

	// What the handler does

	ServletOutputStream output() {
		return this.output;
	}

	PrintWriter writer() {
		return this.output.writer();
	}

	/**
	 * Hand over the text so far, which a part that is included follows.
	 */
	void encode() throws IOException {
		this.output.encode();
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		this.turns.take(() -> {
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
			if (this.state == State.HOLDING
					&& (!this.body.fits(length) || !this.body.fits(this.length.remaining(this.body.length())))) {
				overflow(length);
			}
		}
		switch (this.state) {
			case HOLDING -> {
				this.runs.recover();
				this.body.hold(bytes, offset, length);
			}
			case OPEN -> {
				this.runs.recover();
				writeThrough(bytes, offset, length);
			}
			case CLOSED -> {
				if (this.connection.isAsync()) {
					throw new IOException("The payment was not settled");
				}
			}
		}
	}

	private void writeThrough(byte[] bytes, int offset, int length) throws IOException {
		ArmedPayment armed = this.payment;
		if (armed == null) {
			this.body.pass(bytes, offset, length);
			this.connection.output().write(bytes, offset, length);
			return;
		}
		if (armed.point().isReleased()) {
			if (this.connection.hasNoContent()) {
				return;
			}
			checkLength(length);
			this.body.copy(bytes, offset, length);
		}
		this.delivery.write(armed, bytes, offset, length);
	}

	private void checkLength(int more) throws IOException {
		if (this.length.isExceededBy(this.body.length() + more)) {
			IOException tooLong = new IOException("The response to a paid request is longer than its declared length");
			this.runs.fail(tooLong);
			throw new IOException(tooLong);
		}
	}

	/**
	 * What was decided about must not change any more, even if the container's own buffer
	 * is larger than the limit.
	 */
	private void overflow(int length) throws IOException {
		if (!armed().point().maySettleAhead()) {
			armed().point().abandon(Abandonment.SELLER_FAILURE);
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
		this.turns.settle(() -> {
			if (this.connection.isGivenUp()) {
				this.state = State.CLOSED;
			}
			if (this.state == State.HOLDING) {
				apply(decideEarly(armed(), length), true);
			}
		});
	}

	@Override
	public void flush() throws IOException {
		this.turns.take(() -> {
			if (this.state == State.HOLDING
					&& (this.ended || this.runs.isReplaced() || !armed().point().maySettleAhead())) {
				return;
			}
			if (this.state == State.HOLDING && !this.connection.isAsync() && !this.connection.isSentInParts()) {
				this.flushAsked = true;
				return;
			}
			if (this.state == State.HOLDING) {
				releaseEarly(0);
			}
			if (this.state == State.OPEN && !this.connection.isLost()) {
				flushContainer();
			}
		});
	}

	private void flushContainer() throws IOException {
		ArmedPayment armed = this.payment;
		if (armed != null) {
			this.delivery.flush(armed);
		}
		else {
			this.container.flushBuffer();
		}
	}

	/**
	 * The container ends a paid response at the end of its last dispatch, not before.
	 */
	@Override
	public void close() throws IOException {
		if (isArmed()) {
			this.ended = true;
		}
		else {
			this.connection.output().close();
		}
	}

	@Override
	public boolean isReady() {
		try {
			return this.state == State.HOLDING || this.container.getOutputStream().isReady();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void setWriteListener(WriteListener listener) {
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

	/**
	 * Return whether the response passes.
	 */
	boolean isOpen() {
		return this.state == State.OPEN;
	}

	/**
	 * Return whether whatever the handler does is dropped.
	 */
	boolean isClosed() {
		return this.state == State.CLOSED;
	}

	/**
	 * What was refused, has ended or was released does not change any more, even if the
	 * container, or a filter that buffers, has not sent its headers yet.
	 */
	boolean isFrozen() {
		return this.state == State.CLOSED || this.ended || isReleased();
	}

	/**
	 * Return whether the response cannot change any more.
	 */
	boolean isCommitted() {
		return isFrozen() || this.connection.isCommitted();
	}

	private boolean isReleased() {
		ArmedPayment armed = this.payment;
		return armed != null && armed.point().isReleased();
	}

	/**
	 * The handler declares how long the body is, or takes that back.
	 * @param length number of bytes, or -1
	 */
	void declareLength(long length) {
		this.length.set(length);
	}

	/**
	 * The handler sets trailers.
	 * @param supplier returns them, {@code null} if there are none
	 */
	void trailers(@Nullable Supplier<Map<String, String>> supplier) {
		this.trailers.set(supplier);
	}

	/**
	 * Return the trailers of a response that is complete.
	 */
	Map<String, String> trailerFields() {
		if (this.connection.isCutOff()) {
			throw new IllegalStateException("The response to a paid request is not complete");
		}
		return isOpen() ? this.trailers.fields() : Map.of();
	}

	/**
	 * The handler sets a header.
	 * @param name name of the header
	 * @return whether it may be set
	 */
	boolean allowsHeader(String name) {
		HandlerHeaders current = this.headers;
		return !isArmed() || current == null || current.add(name, isFrozen(), isClosed());
	}

	/**
	 * Forget what the handler wrote, unless it is too late for that.
	 * @param reset resets the response of the container
	 * @param withHeaders whether that forgets its headers, too
	 */
	void reset(Runnable reset, boolean withHeaders) {
		this.turns.change(() -> {
			checkNotReleased(isReleased());
			if (!isFrozen()) {
				reset.run();
				this.output.discard();
				this.body.reset();
				if (withHeaders) {
					this.length.forget();
				}
				this.flushAsked = false;
			}
		});
	}

	private void checkNotReleased(boolean released) {
		if (released && this.state == State.OPEN) {
			throw new IllegalStateException("The response is committed, because its payment is settled");
		}
	}

	/**
	 * The handler responds with an error. Jetty sends an informational status at once,
	 * with the headers so far.
	 * @return whether the container is to send the error
	 */
	boolean abandonFor(int status) {
		if (this.state == State.CLOSED || (this.state == State.HOLDING
				&& HttpStatus.Series.resolve(status) == HttpStatus.Series.INFORMATIONAL)) {
			return false;
		}
		abandon(CommitPoint.causeOf(status));
		return true;
	}

	/**
	 * A redirect of a paid handler is a response like others, with the body that it
	 * keeps.
	 * @param redirect sets status and headers
	 */
	void redirect(Runnable redirect) throws IOException {
		this.output.encode();
		this.turns.take(() -> {
			checkNotReleased(true);
			if (!isFrozen()) {
				redirect.run();
				this.runs.recover();
				this.ended = true;
			}
		});
	}

	private ArmedPayment armed() {
		ArmedPayment armed = this.payment;
		if (armed == null) {
			throw new IllegalStateException("Not armed");
		}
		return armed;
	}

	/**
	 * Runs a handler within another one.
	 */
	interface Dispatch {

		void run() throws IOException, ServletException;

	}

	/**
	 * Writes a response in place of what is held.
	 */
	interface Replacement {

		void write(HttpServletResponse response) throws IOException;

	}

}
