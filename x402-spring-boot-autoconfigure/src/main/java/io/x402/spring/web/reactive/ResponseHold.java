/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.x402.spring.payment.Abandonment;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.payment.CommitPoint.Progress;
import io.x402.spring.payment.CommitPoint.Verdict;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.web.HeldBody;
import io.x402.spring.web.RedeliverySettings;
import io.x402.spring.web.RequestRules;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Holds a response until its commit point says what to do with it: when its body is
 * complete, or, for what cannot be held so long, when the first part of a stream is to be
 * flushed or the limit is reached. What is written after that passes directly, as slowly
 * as the buyer reads it.
 */
final class ResponseHold {

	private static final String INCOMPLETE = "The response to a paid request is not complete";

	private static final byte[] NOTHING = new byte[0];

	/**
	 * Parts of a stream, none of which is read yet, that its source may be ahead. Sources
	 * that tick do not wait until a payment is settled.
	 */
	private static final int PARTS_AHEAD = 256;

	/** Number of bytes of a part that are sent although more of it is to follow. */
	private static final int MAX_PART = 64 * 1024;

	private enum State {

		/** Not armed: everything passes. */
		OPEN,

		/** Armed: everything is held. */
		HOLDING,

		/** Being decided about. */
		DECIDING,

		/**
		 * The paid handler has failed or was given up before anything was decided, or
		 * others have responded while it had neither written nor ended. What others write
		 * in its place is not charged and passes.
		 */
		GIVEN_UP,

		/** Decided: everything passes. */
		RELEASED,

		/** Refused, failed or left: whatever else the handler writes is dropped. */
		CLOSED

	}

	private final ServerWebExchange outer;

	private final ServerHttpResponse response;

	private final HeldContent content;

	private final EngineThreads threads;

	private final CommitActions commitActions = new CommitActions();

	private final Disposable.Swap patience = Disposables.swap();

	private volatile State state = State.OPEN;

	private volatile @Nullable ArmedPayment payment;

	private volatile @Nullable HandlerHeaders headers;

	private boolean left;

	/** Whether something was written before there was a payment. */
	private boolean begun;

	/** How often a call was given up, so that its payment must not be held. */
	private int givenUp;

	/** Whether a handler that is free has run, and may call one that is paid. */
	private volatile boolean called;

	/** Whether a body is being written and not decided about. */
	private volatile boolean writing;

	/** Whether something failed and nothing was written in its place. */
	private volatile boolean failed;

	/** Whether what the paid handler writes has come here. */
	private volatile boolean reached;

	/**
	 * Whether others may have what a paid handler wrote, such as a filter that collects
	 * it. That stays so, whatever else they write.
	 */
	private volatile boolean kept;

	/** Whether what was released was not complete then. */
	private volatile boolean early;

	/** Whether what was released early has proved to be complete. */
	private volatile boolean whole;

	/** Whether an error of the server takes the place of what was held. */
	private volatile boolean broken;

	/** Whether the handler may go on with another protocol. */
	private volatile boolean upgradable;

	private volatile long fileLength;

	/** Whether the buyer has left, or the request was given up around all of this. */
	private volatile boolean lost;

	/** Whether the handler goes on without its buyer. */
	private volatile boolean detached;

	/** Whether what was released early has been read, or is not read any more. */
	private volatile boolean read;

	/**
	 * Create a hold, which is open.
	 * @param outer the request and the response of the server
	 * @param body holds the body
	 * @param threads where the engine runs
	 */
	ResponseHold(ServerWebExchange outer, HeldBody body, EngineThreads threads) {
		this.outer = outer;
		this.response = outer.getResponse();
		this.content = new HeldContent(this.response, body, this::isPaid);
		this.threads = threads;
		this.response.beforeCommit(this.commitActions::run);
	}

	ServerHttpResponse response() {
		return this.response;
	}

	/**
	 * Return the URI that the buyer has sent, and will repeat, whatever handlers make of
	 * it.
	 */
	URI sentUri() {
		return this.outer.getRequest().getURI();
	}

	/**
	 * A payment is about to be taken.
	 * @return what tells later whether the call was given up meanwhile
	 */
	synchronized int beginTaking() {
		return this.givenUp;
	}

	/**
	 * Start to hold, unless the buyer has left, the call was given up or a filter has
	 * responded meanwhile. The headers set so far are what a refusal will carry.
	 * @param armed the payment, which is given back if it is not held
	 * @param taking what told that it was about to be taken
	 * @return whether it is held
	 */
	boolean arm(ArmedPayment armed, int taking) {
		boolean held = hold(armed, taking);
		if (!held) {
			// Waits for the store, and the server's threads must not wait for that
			armed.exchange().release();
		}
		return held;
	}

	private synchronized boolean hold(ArmedPayment armed, int taking) {
		if (isGivenUp() || this.givenUp != taking || this.state != State.OPEN) {
			return false;
		}
		this.headers = new HandlerHeaders(this.response);
		this.payment = armed;
		this.state = State.HOLDING;
		return true;
	}

	/**
	 * A handler runs that asks for nothing, and may call one that is paid.
	 */
	void runsFree() {
		this.called |= this.state == State.OPEN;
	}

	/**
	 * Return whether what the handler of a payment writes is held or passes.
	 */
	boolean isHeldFor(PaymentExchange paid) {
		ArmedPayment armed = this.payment;
		return armed != null && armed.exchange() == paid && this.state != State.GIVEN_UP;
	}

	/**
	 * The handler of a payment begins to write, or has ended well. Whatever is written
	 * from now on may be what it is paid for, as by a filter that has collected it.
	 * @return whether it is held or passes
	 */
	synchronized boolean respondFor(PaymentExchange paid) {
		boolean held = isHeldFor(paid);
		if (held) {
			armed().respond();
		}
		return held;
	}

	/**
	 * The handler of a payment begins to write, and it is not known yet whether that
	 * comes here.
	 * @return whether it is held or passes
	 */
	synchronized boolean beginFor(PaymentExchange paid) {
		this.reached = false;
		return respondFor(paid);
	}

	/**
	 * The handler of a payment writes a part, which others keep unless it comes here.
	 * @return whether it is held or passes
	 */
	boolean writeFor(PaymentExchange paid) {
		this.kept |= !this.reached && this.state == State.HOLDING;
		return isHeldFor(paid);
	}

	/**
	 * What the handler of a payment returned may be written by others, wherever they
	 * write it to, or not.
	 */
	synchronized void handFor(PaymentExchange paid, boolean others) {
		if (isHeldFor(paid)) {
			this.reached &= !others;
			armed().handTo(others);
		}
	}

	/**
	 * The handler of a payment may change status, headers and cookies.
	 */
	synchronized boolean touchFor(PaymentExchange paid) {
		boolean held = isHeldFor(paid);
		ArmedPayment armed = this.payment;
		if (held && armed != null) {
			armed.touch();
		}
		return held;
	}

	/**
	 * A paid handler has failed, or what called it does not wait for it any more. If
	 * nothing was decided, it responds no more, and what others write in its place was
	 * not paid for.
	 * @return whether it responds no more
	 */
	synchronized boolean giveUpCall() {
		this.givenUp++;
		if (this.lost || this.left) {
			return false;
		}
		// What has begun cannot end well
		this.failed |= this.state == State.RELEASED && this.early && !this.whole;
		if (this.state != State.HOLDING || this.writing) {
			// Another handler that is paid for still writes
			return false;
		}
		this.kept |= armed().isTaken() && !this.reached;
		this.content.discard();
		headers().restore();
		this.upgradable = false;
		this.state = State.GIVEN_UP;
		return true;
	}

	/**
	 * Give back the payment of a handler that was given up, before one for another
	 * handler is taken.
	 */
	void giveBack() {
		ArmedPayment armed = disarm();
		if (armed != null) {
			armed.point().abandon(Abandonment.SELLER_FAILURE);
		}
	}

	private synchronized @Nullable ArmedPayment disarm() {
		if (this.state != State.GIVEN_UP || this.left) {
			return null;
		}
		ArmedPayment armed = armed();
		this.payment = null;
		this.headers = null;
		this.failed = false;
		this.state = State.OPEN;
		return armed;
	}

	/**
	 * Write what was not paid for, once the payment is given back. What may be the goods
	 * of a handler that has failed does not leave, and no response can be told from it.
	 */
	private Mono<Void> uncharged(Mono<Void> drop, Supplier<Mono<Void>> write) {
		if (this.kept && CommitPoint.isBillable(status())) {
			return drop.then(Mono.error(ResponseHold::incomplete));
		}
		return this.kept ? drop.then(uncharged(() -> {
			this.response.getHeaders().clearContentHeaders();
			return this.response.setComplete();
		})) : uncharged(write);
	}

	private Mono<Void> uncharged(Supplier<Mono<Void>> write) {
		ArmedPayment armed;
		HandlerHeaders own;
		synchronized (this) {
			own = this.headers;
			armed = disarm();
			this.begun = true;
		}
		if (armed == null || own == null) {
			return Mono.empty();
		}
		int status = status();
		return this.threads.settle(() -> {
			armed.point().abandonFor(status);
			return true;
		}).onErrorComplete().then(Mono.defer(() -> {
			if (!this.response.isCommitted()) {
				own.restoreDecided();
				armed.withhold(this.response, this.threads);
			}
			return write.get();
		}));
	}

	/**
	 * Return whether a handler could not respond any more.
	 */
	synchronized boolean isGivenUp() {
		return this.left || this.begun;
	}

	/**
	 * What passes before there is a payment is not what is paid for, nor is what others
	 * write while its handler has neither written nor ended.
	 */
	private synchronized State onWrite(ContextView context) {
		if (this.state == State.OPEN && this.kept && CommitPoint.isBillable(status())) {
			// Between two payments
			return State.GIVEN_UP;
		}
		this.begun |= this.state == State.OPEN;
		this.reached |= this.state == State.HOLDING;
		if (this.state == State.HOLDING && !armed().isOf(context)) {
			giveUpUnanswered();
		}
		if (this.state == State.GIVEN_UP) {
			// The handler may still have its hands on the headers while its payment is
			// given back
			headers().decide();
		}
		return this.state;
	}

	/**
	 * Others respond in place of a paid handler that goes on. It responds no more. Their
	 * headers stay as far as they cannot be those of the handler.
	 */
	private void giveUpUnanswered() {
		if (armed().isTouched()) {
			headers().withhold(HttpStatus.Series.resolve(status()) == HttpStatus.Series.REDIRECTION);
			this.response.getHeaders().remove(HttpHeaders.CONTENT_LENGTH);
		}
		this.upgradable = false;
		this.state = State.GIVEN_UP;
	}

	/**
	 * Let the handler take over the connection, since it was paid for before.
	 */
	void allowUpgrade() {
		this.upgradable = true;
	}

	/**
	 * Return whether the server's own response may be seen.
	 */
	boolean isOpen() {
		return this.state == State.OPEN || this.state == State.RELEASED || this.upgradable;
	}

	/**
	 * Return whether whatever the handler does is dropped.
	 */
	boolean isClosed() {
		return this.state == State.CLOSED;
	}

	/**
	 * Return whether it was decided about the response, which does not change any more.
	 */
	boolean isDecided() {
		return this.state == State.CLOSED || this.state == State.RELEASED;
	}

	/**
	 * Return whether the response cannot change any more.
	 */
	boolean isCommitted() {
		return isDecided() || this.response.isCommitted();
	}

	/**
	 * What is to be done before the response is sent may change whether it is charged,
	 * and nothing may change what was decided about.
	 */
	void beforeCommit(Supplier<? extends Mono<Void>> action) {
		if (this.state != State.DECIDING && !isDecided()) {
			this.commitActions.add(action);
		}
	}

	// What the handler writes

	Mono<Void> write(Publisher<? extends DataBuffer> source) {
		return Mono.deferContextual((context) -> switch (onWrite(context)) {
			case OPEN, RELEASED -> this.response.writeWith(source);
			case HOLDING -> this.writing ? drop(source) : hold(source);
			case GIVEN_UP -> uncharged(drop(source), () -> this.response.writeWith(source));
			case DECIDING, CLOSED -> drop(source);
		});
	}

	private static Mono<Void> drop(Publisher<? extends DataBuffer> source) {
		return (source instanceof Mono<? extends DataBuffer> mono) ? mono.doOnNext(DataBufferUtils::release).then()
				: Mono.empty();
	}

	private Mono<Void> hold(Publisher<? extends DataBuffer> source) {
		return hold(source, false);
	}

	private Mono<Void> hold(Publisher<? extends DataBuffer> source, boolean inParts) {
		begin();
		return Peek.read(source, this.content)
			.onErrorMap(this::discard)
			.flatMap((peek) -> decide(!peek.isComplete())
				.flatMap((verdict) -> apply(verdict, () -> send(peek, inParts).doOnError((ex) -> detach(peek))))
				.doOnCancel(() -> giveUp(peek))
				.doOnTerminate(() -> cancelUnlessNeeded(peek)))
			.doOnCancel(this::giveUp)
			.doOnTerminate(() -> this.writing = false);
	}

	/**
	 * A filter of the application gives up what is being written, and may write something
	 * in its place.
	 */
	private synchronized void giveUp() {
		if (this.state == State.HOLDING) {
			discard(new CancellationException());
		}
		this.writing = false;
	}

	private void begin() {
		this.writing = true;
		this.failed = false;
	}

	/**
	 * Only a buyer who has left is a reason to go on without a reader.
	 */
	private void giveUp(Peek peek) {
		if (this.lost) {
			detach(peek);
		}
		else {
			peek.cancel();
		}
	}

	private void stopped(Peek peek) {
		this.read = true;
		detach(peek);
	}

	/**
	 * The server does not read any more, for the buyer has left.
	 */
	private void detach(Peek peek) {
		if (isWorthGoingOn()) {
			this.detached = true;
			this.detached = peek.detach(this::endDetached);
			if (this.detached) {
				this.patience.update(Schedulers.parallel()
					.schedule(peek::cancel, RedeliverySettings.TIME_AFTER_LOSS.toSeconds(), TimeUnit.SECONDS));
			}
			else {
				// It failed by itself, and no one was there any more to see it
				this.failed |= peek.isFailed();
			}
		}
		cancelUnlessDetached(peek);
	}

	/**
	 * The handler of an unsafe request does not run again, so that only its complete
	 * response can be collected.
	 */
	private boolean isWorthGoingOn() {
		return !this.detached && this.early && this.state == State.RELEASED && isPaid()
				&& !armed().exchange().isDelivered() && this.content.isStorable() && !isSafe();
	}

	private boolean isSafe() {
		return RequestRules.isSafe(this.outer.getRequest().getMethod().name());
	}

	/**
	 * A handler that went on without its buyer has ended. What it wrote is stored if it
	 * is complete.
	 */
	private void endDetached(SignalType end) {
		ArmedPayment armed = armed();
		this.threads.settleLater(() -> {
			try {
				if (end == SignalType.ON_COMPLETE) {
					this.failed = false;
					armed.point().end(progress(false), this::stored);
				}
			}
			finally {
				armed.point()
					.abandon((end == SignalType.ON_ERROR) ? Abandonment.SELLER_FAILURE : Abandonment.BUYER_CAUSED);
				close();
				this.content.close();
				this.patience.dispose();
			}
		});
	}

	/**
	 * A server has read a response when it has been written, or has stopped reading. A
	 * test without a server reads it afterwards.
	 */
	private void cancelUnlessNeeded(Peek peek) {
		if (this.state != State.RELEASED || !this.early || this.read) {
			cancelUnlessDetached(peek);
		}
	}

	private void cancelUnlessDetached(Peek peek) {
		if (!this.detached) {
			peek.cancel();
		}
	}

	/**
	 * What failed before anything was decided may be written in another way.
	 */
	private Throwable discard(Throwable failure) {
		this.content.discard();
		this.failed = true;
		if (!isCommitted()) {
			this.response.getHeaders().clearContentHeaders();
		}
		return failure;
	}

	private Mono<Void> send(Peek peek, boolean inParts) {
		if (!this.early) {
			return isEmpty() ? this.response.setComplete() : this.response.writeWith(Mono.just(this.content.held()));
		}
		Flux<DataBuffer> content = content(peek, inParts).concatWith(Mono.defer(this::checkComplete))
			.doOnTerminate(() -> this.read = true)
			.doOnCancel(() -> stopped(peek));
		return inParts ? this.response.writeAndFlushWith(parts(content)) : this.response.writeWith(content);
	}

	private boolean isEmpty() {
		return hasNoContent() || this.content.length() == 0;
	}

	/**
	 * Return what is held, and the rest as it is written.
	 */
	private Flux<DataBuffer> content(Peek peek, boolean inParts) {
		DataBuffer beginning = this.content.beginning();
		Flux<DataBuffer> rest = peek.rest()
			.doOnError((ex) -> this.failed = true)
			.doOnDiscard(DataBuffer.class, DataBufferUtils::release);
		Flux<DataBuffer> content = inParts ? rest.startWith(HeldContent.FLUSH) : rest;
		return (beginning.readableByteCount() > 0) ? content.startWith(beginning) : content;
	}

	private boolean isPaid() {
		ArmedPayment armed = this.payment;
		return armed != null && armed.point().isReleased();
	}

	Mono<Void> writeAndFlush(Publisher<? extends Publisher<? extends DataBuffer>> source) {
		return Mono.deferContextual((context) -> switch (onWrite(context)) {
			case OPEN, RELEASED -> this.response.writeAndFlushWith(source);
			case HOLDING -> this.writing ? Mono.empty() : hold(flat(source), true);
			case GIVEN_UP -> uncharged(Mono.empty(), () -> this.response.writeAndFlushWith(source));
			case DECIDING, CLOSED -> Mono.empty();
		});
	}

	/**
	 * A stream is settled at its first flush.
	 */
	private static Flux<DataBuffer> flat(Publisher<? extends Publisher<? extends DataBuffer>> source) {
		// What fails later must not overtake the part that is being decided about
		return Flux.<Publisher<? extends DataBuffer>>from(source)
			.materialize()
			.concatMap(ResponseHold::part, PARTS_AHEAD);
	}

	private static Flux<DataBuffer> part(Signal<Publisher<? extends DataBuffer>> signal) {
		Publisher<? extends DataBuffer> part = signal.get();
		Throwable failure = signal.getThrowable();
		if (part != null) {
			return Flux.<DataBuffer>from(part).concatWithValues(HeldContent.FLUSH);
		}
		return (failure != null) ? Flux.error(failure) : Flux.empty();
	}

	/**
	 * Return what is to be flushed together.
	 */
	private static Flux<Publisher<DataBuffer>> parts(Flux<DataBuffer> content) {
		return Flux.defer(() -> {
			AtomicInteger size = new AtomicInteger();
			return content.bufferUntil((buffer) -> endsPart(buffer, size))
				.map((part) -> Flux.fromIterable(part)
					.filter((buffer) -> buffer != HeldContent.FLUSH)
					.doOnDiscard(DataBuffer.class, DataBufferUtils::release));
		});
	}

	private static boolean endsPart(DataBuffer buffer, AtomicInteger size) {
		if (buffer != HeldContent.FLUSH && size.addAndGet(buffer.readableByteCount()) < MAX_PART) {
			return false;
		}
		size.set(0);
		return true;
	}

	Mono<Void> writeFile(Path file, long position, long count) {
		return Mono.deferContextual((context) -> switch (onWrite(context)) {
			case OPEN, RELEASED -> zeroCopy(file, position, count);
			case HOLDING -> holdFile(file, position, count);
			case GIVEN_UP -> uncharged(Mono.empty(), () -> zeroCopy(file, position, count));
			case DECIDING, CLOSED -> Mono.empty();
		});
	}

	private Mono<Void> zeroCopy(Path file, long position, long count) {
		return ((ZeroCopyHttpOutputMessage) this.response).writeWith(file, position, count);
	}

	/**
	 * A file that fits is held, so that it can be stored.
	 */
	private Mono<Void> holdFile(Path file, long position, long count) {
		if (this.content.fits(count)) {
			return hold(content(file, position, count));
		}
		return this.threads.settle(() -> Files.size(file)).flatMap((size) -> {
			if (size < position + count) {
				return tooShort();
			}
			if (!isSafe()) {
				// It can be collected only if it is copied
				return hold(content(file, position, count));
			}
			this.fileLength = count;
			return decide(true).flatMap((verdict) -> apply(verdict,
					() -> zeroCopy(file, position, count).doOnError((ex) -> this.failed |= !isOfUpstream(ex))
						.then(Mono.defer(this::checkComplete))));
		});
	}

	private Flux<DataBuffer> content(Path file, long position, long count) {
		Flux<DataBuffer> content = DataBufferUtils.readAsynchronousFileChannel(() -> AsynchronousFileChannel.open(file),
				position, this.response.bufferFactory(), 8192);
		return DataBufferUtils.takeUntilByteCount(content, count)
			.concatWith(Mono.defer(() -> (this.content.length() < count) ? tooShort() : Mono.empty()));
	}

	private static <T> Mono<T> tooShort() {
		return Mono.error(new IOException("The file is shorter than what was to be sent of it"));
	}

	Mono<Void> complete(boolean byHandler) {
		return Mono.deferContextual((context) -> {
			if (byHandler && this.state == State.HOLDING && this.failed) {
				this.failed = false;
			}
			return switch (onWrite(context)) {
				case HOLDING ->
					decide(this.upgradable).flatMap((verdict) -> apply(verdict, this.response::setComplete));
				case GIVEN_UP -> uncharged(Mono.empty(), this.response::setComplete);
				case OPEN, RELEASED -> this.response.setComplete();
				case DECIDING, CLOSED -> Mono.empty();
			};
		});
	}

	// The end of the request

	/**
	 * The chain has ended well: settle and release what was not written explicitly.
	 */
	Mono<Void> finish() {
		if (this.broken && !this.response.isCommitted()) {
			// Whoever handled the error wrote into what was closed
			return Mono.error(incomplete());
		}
		if (this.detached) {
			return Mono.empty();
		}
		if (this.state == State.DECIDING || (this.state == State.HOLDING && this.writing)) {
			return Mono.error(new IllegalStateException("A paid handler has ended before its response was written"));
		}
		endUnanswered();
		if (this.state == State.RELEASED && this.early && this.failed && !this.whole && armed().point().isReleased()) {
			// Whoever handled the error cannot take back that a part has left
			return Mono.error(new IOException(INCOMPLETE));
		}
		if (this.state == State.GIVEN_UP && !this.called) {
			// A filter hides that there is no response
			return Mono.error(incomplete());
		}
		return (this.state == State.HOLDING || this.state == State.GIVEN_UP) ? complete(false) : Mono.empty();
	}

	/**
	 * The chain has ended without a paid handler that has not ended.
	 */
	private synchronized void endUnanswered() {
		if (this.state == State.HOLDING && !armed().hasResponded()) {
			giveUpUnanswered();
		}
	}

	/**
	 * The handler failed, and what it wrote was not released. Something may still be
	 * written in its place.
	 */
	void fail() {
		this.failed |= !this.detached;
	}

	/**
	 * It is proved that the handler did not run.
	 */
	void handlerDidNotRun() {
		armed().point().handlerDidNotRun();
	}

	/**
	 * The chain has failed: nothing more is released, and the error handling of the
	 * application takes over.
	 * @param failure the error
	 * @return fails with an error
	 */
	<T> Mono<T> abandon(Throwable failure) {
		ArmedPayment armed = this.payment;
		if (armed == null || this.detached) {
			return Mono.error(failure);
		}
		boolean lost = this.state == State.RELEASED && !this.failed;
		boolean shown = this.state == State.RELEASED;
		close();
		Throwable error = isOfUpstream(failure) ? inPlaceOf(failure, shown) : failure;
		return this.threads.settle(() -> {
			if (shown) {
				armed.point().abandon(lost ? Abandonment.BUYER_CAUSED : Abandonment.SELLER_FAILURE);
			}
			else {
				armed.point().abandonFor(status(error));
			}
			return true;
		}).onErrorComplete().then(Mono.error(error));
	}

	/**
	 * Spring WebFlux ends a response as if it were complete for what looks like a buyer
	 * who left.
	 */
	private Throwable inPlaceOf(Throwable failure, boolean shown) {
		if (!shown) {
			return new ResponseStatusException(HttpStatus.BAD_GATEWAY);
		}
		return this.failed ? new IOException(INCOMPLETE) : failure;
	}

	private static ResponseStatusException incomplete() {
		return new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR, INCOMPLETE);
	}

	/**
	 * Spring WebFlux takes some exceptions for those of a buyer who left, although the
	 * connection to another server may be what broke.
	 */
	private static boolean isOfUpstream(Throwable failure) {
		return DisconnectedClientHelper.isClientDisconnectedException(failure);
	}

	private static int status(Throwable failure) {
		return (failure instanceof ErrorResponse error) ? error.getStatusCode().value()
				: HttpStatus.INTERNAL_SERVER_ERROR.value();
	}

	/**
	 * The request is about to be cancelled around all of this.
	 */
	void lose() {
		this.lost = true;
	}

	/**
	 * The buyer has left, or the request was given up. Does not wait for a settlement
	 * that is under way, which goes on.
	 */
	void leave() {
		ArmedPayment armed;
		synchronized (this) {
			this.left = true;
			armed = this.payment;
		}
		if (armed != null && !this.detached) {
			boolean broken = this.failed && this.early && this.state == State.RELEASED && !isSafe();
			close();
			this.threads.settleLater(
					() -> armed.point().abandon(broken ? Abandonment.SELLER_FAILURE : Abandonment.BUYER_CAUSED));
		}
	}

	/**
	 * Nothing of this response is needed any more. A request that was given up without a
	 * word, such as by a timeout of a filter, must not hold its payment.
	 */
	void end() {
		if (this.detached) {
			return;
		}
		ArmedPayment armed;
		synchronized (this) {
			armed = this.left ? null : this.payment;
			this.left = true;
		}
		if (armed != null && !armed.exchange().isEnded() && !armed.exchange().isDelivered()) {
			this.threads.settleLater(() -> armed.point().abandon(Abandonment.SELLER_FAILURE));
		}
		this.content.close();
	}

	private synchronized void close() {
		if (this.state != State.OPEN) {
			this.state = State.CLOSED;
		}
		HandlerHeaders own = this.headers;
		if (own != null && !this.response.isCommitted()) {
			own.restore();
		}
	}

	// What is decided

	private Mono<Verdict> decide(boolean ahead) {
		return Mono.defer(() -> {
			synchronized (this) {
				if (this.state != State.HOLDING) {
					return Mono.error(new IllegalStateException("The response was decided about"));
				}
				this.state = State.DECIDING;
			}
			ArmedPayment armed = armed();
			return this.commitActions.run().then(Mono.defer(() -> {
				headers().decide();
				armed.decide(headers(), status());
				Progress progress = progress(ahead);
				ResponseRecord response = ahead ? ResponseRecord.none() : stored();
				return this.threads.settle(() -> ahead ? armed.point().releaseEarly(progress)
						: armed.point().end(progress, () -> response));
			})).doOnNext((verdict) -> this.early = ahead).onErrorMap(this::undecided);
		});
	}

	/**
	 * Something else may be written in place of what could not be decided about.
	 */
	private synchronized Throwable undecided(Throwable failure) {
		if (this.state == State.DECIDING) {
			this.state = State.HOLDING;
		}
		return discard(failure);
	}

	private Progress progress(boolean ahead) {
		long written = this.content.length() + this.fileLength + (ahead ? this.content.overflow() : 0);
		boolean comparable = !hasNoContent() && (written > 0 || !isHead());
		return new Progress(status(), comparable ? this.response.getHeaders().getContentLength() : -1, written,
				this.failed);
	}

	private boolean isHead() {
		return this.outer.getRequest().getMethod() == HttpMethod.HEAD;
	}

	private boolean hasNoContent() {
		return status() == HttpStatus.NO_CONTENT.value();
	}

	private int status() {
		HttpStatusCode status = this.response.getStatusCode();
		return (status != null) ? status.value() : HttpStatus.OK.value();
	}

	private ResponseRecord stored() {
		if (hasNoContent()) {
			return armed().recorded(NOTHING);
		}
		return armed().recorded((this.fileLength > 0) ? null : this.content.toByteArray());
	}

	private Mono<Void> apply(Verdict verdict, Supplier<Mono<Void>> send) {
		Mono<Void> other = prepare(verdict);
		return (other != null) ? other : send.get().doOnError((ex) -> unsent()).then(Mono.defer(this::afterwards));
	}

	/**
	 * What was decided about has not begun to leave, since something has failed that is
	 * to be done before. Nothing else may leave with its status and headers.
	 */
	private synchronized void unsent() {
		if (!this.response.isCommitted()) {
			headers().restore();
			this.broken = true;
			this.state = State.CLOSED;
		}
	}

	/**
	 * Do what was decided.
	 * @return {@code null} if what is held may be sent, else what to send in its place
	 */
	private synchronized @Nullable Mono<Void> prepare(Verdict verdict) {
		if (this.left || this.state != State.DECIDING) {
			this.state = State.CLOSED;
			return Mono.empty();
		}
		ArmedPayment armed = armed();
		if (verdict instanceof Verdict.Release) {
			headers().restoreDecided();
			headers().dropReserved();
			armed.release(this.response, this.threads);
			this.state = State.RELEASED;
			return null;
		}
		if (verdict instanceof Verdict.Uncharged) {
			headers().restoreDecided();
			headers().withhold(HttpStatus.Series.resolve(status()) == HttpStatus.Series.REDIRECTION);
			armed.withhold(this.response, this.threads);
			this.state = State.RELEASED;
			return null;
		}
		this.content.discard();
		this.state = State.CLOSED;
		headers().restore();
		if (verdict instanceof Verdict.Refuse refuse) {
			return armed.refuse(this.outer, refuse.refusal());
		}
		this.broken = true;
		return Mono.error(incomplete());
	}

	/**
	 * Everything that was released early has been written: is it complete?
	 */
	private <T> Mono<T> checkComplete() {
		ArmedPayment armed = armed();
		if (!this.early || !armed.point().isReleased()) {
			return Mono.empty();
		}
		Progress progress = progress(false);
		ResponseRecord response = stored();
		return this.threads.settle(() -> armed.point().end(progress, () -> response)).flatMap((verdict) -> {
			if (verdict instanceof Verdict.Fail) {
				this.failed = true;
				return Mono.error(new IOException(INCOMPLETE));
			}
			this.whole = true;
			return Mono.empty();
		});
	}

	/**
	 * A response that is not stored counts as delivered once it has left.
	 */
	private Mono<Void> afterwards() {
		ArmedPayment armed = armed();
		if (!armed.point().isReleased() || armed.exchange().isDelivered() || this.detached) {
			return Mono.empty();
		}
		return this.threads.settle(() -> {
			if (this.failed) {
				// The server ends a response well whose buyer has left
				armed.point().abandon(Abandonment.SELLER_FAILURE);
			}
			else {
				armed.point().delivered();
			}
			return true;
		}).then();
	}

	private ArmedPayment armed() {
		ArmedPayment armed = this.payment;
		if (armed == null) {
			throw new IllegalStateException("Not armed");
		}
		return armed;
	}

	private HandlerHeaders headers() {
		HandlerHeaders own = this.headers;
		if (own == null) {
			throw new IllegalStateException("Not armed");
		}
		return own;
	}

}
