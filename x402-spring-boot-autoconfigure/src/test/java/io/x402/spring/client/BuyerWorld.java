/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.InMemorySpendingStore;
import io.x402.spring.store.Spending;
import io.x402.spring.store.SpendingLimit;
import io.x402.spring.store.SpendingStore;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeStrategies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A buyer with a budget for {@value #BUDGET} payments, a seller that does with each of
 * them what it is told to, and a chain that keeps the time and settles a payment once,
 * before it ends.
 */
final class BuyerWorld {

	static final int BUDGET = 6;

	private static final long PRICE = 50_000;

	private static final String GOODS = "the goods";

	private static final Duration LAG = Duration.ofSeconds(30);

	private static final Duration REDELIVERY = Duration.ofMinutes(15);

	private final Buyers buyer = new Buyers();

	private final SettableClock clock = new SettableClock();

	private final MemoryStore store = new MemoryStore();

	private final Payer payer;

	private final boolean reactive;

	private final Map<String, Arrived> payments = new LinkedHashMap<>();

	private final Set<String> settled = new HashSet<>();

	private final Deque<Conduct> script = new ArrayDeque<>();

	private @Nullable CountDownLatch holding;

	BuyerWorld(boolean reactive) {
		this.reactive = reactive;
		this.buyer.clock = this.clock;
		this.buyer.running = this.clock::nanos;
		this.buyer.spendings = this.store;
		this.buyer.limits = List
			.of(new SpendingLimit(false, null, new BigDecimal("0.05").multiply(BigDecimal.valueOf(BUDGET))));
		this.payer = this.buyer.payer();
	}

	/** Time passes, on the chain too. */
	void pass(int seconds) {
		this.clock.passed = this.clock.passed.plusSeconds(seconds);
	}

	/** The clock of the system is set, the chain does not mind. */
	void set(int seconds) {
		this.clock.offset = Duration.ofSeconds(seconds);
	}

	void storeDown(boolean down) {
		this.store.down = down;
	}

	/** The seller settles what it has held back. */
	void settleHeld() {
		this.payments.values().forEach((arrived) -> settle(arrived.nonce));
	}

	void end() {
		this.store.down = false;
		settleHeld();
	}

	/**
	 * Make a call.
	 * @param request what is bought
	 * @param conducts what the seller does with the payment each time it arrives
	 * @param caller what the caller does
	 */
	void call(int request, List<Conduct> conducts, Caller caller) {
		this.script.clear();
		this.script.addAll(conducts);
		if (this.reactive) {
			callReactive(request, caller);
		}
		else {
			callBlocking(request, caller);
		}
	}

	/**
	 * Check what has to be true at all times.
	 */
	void audit() {
		assertThat(this.settled.size()).as("settled").isLessThanOrEqualTo(BUDGET);
		assertThat(this.payments.size()).as("payments that arrived").isLessThanOrEqualTo(BUDGET);
		long signed = this.buyer.events.stream().filter(PurchaseEvent.Signed.class::isInstance).count();
		long notSent = this.buyer.events.stream().filter(PurchaseEvent.NotSent.class::isInstance).count();
		assertThat(this.buyer.signer.signatures()).as("signatures").isEqualTo((int) signed);
		assertThat(this.store.reserved - this.store.failedToRelease).as("reserved").isEqualTo(signed - notSent);
		assertThat(signed - notSent).as("payments that may have left").isGreaterThanOrEqualTo(this.payments.size());
		Set<Integer> owed = new HashSet<>();
		this.payments.values()
			.stream()
			.filter((arrived) -> !arrived.delivered && arrived.signedInTime && isOwed(arrived))
			.forEach((arrived) -> assertThat(owed.add(arrived.request))
				.as("one payment for a request that is alive or may still be delivered for")
				.isTrue());
	}

	private boolean isOwed(Arrived arrived) {
		return isAlive(arrived)
				|| (!arrived.refused && this.clock.chain().isBefore(arrived.validBefore.plus(REDELIVERY)));
	}

	private boolean isAlive(Arrived arrived) {
		return this.clock.chain().isBefore(arrived.validBefore);
	}

	private void callBlocking(int request, Caller caller) {
		MockClientHttpRequest wanted = new MockClientHttpRequest(HttpMethod.GET, uri(request));
		try (ClientHttpResponse response = new PaymentRequestInterceptor(this.payer).intercept(wanted, new byte[0],
				(sent, body) -> {
					Reaction reaction = react(request, sent.getHeaders(), caller);
					if (reaction.failure != null) {
						throw reaction.failure;
					}
					return response(reaction);
				})) {
			if (caller == Caller.FAILS) {
				response.getBody().read();
				throw new IllegalStateException("caller");
			}
			if (caller == Caller.LEAVES_EARLY) {
				response.getBody().read();
				return;
			}
			boolean whole = new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8).equals(GOODS);
			delivered(request, whole && response.getStatusCode().is2xxSuccessful());
		}
		catch (IOException | RuntimeException ex) {
			// The call has failed
		}
	}

	private void callReactive(int request, Caller caller) {
		ClientRequest wanted = ClientRequest.create(HttpMethod.GET, uri(request)).build();
		this.holding = (caller == Caller.GIVES_UP) ? new CountDownLatch(1) : null;
		Mono<ClientResponse> exchange = new PaymentExchangeFilter(this.payer, 1024).filter(wanted,
				(sent) -> exchange(request, sent, caller));
		try {
			if (caller == Caller.GIVES_UP) {
				giveUp(exchange);
				return;
			}
			ClientResponse response = exchange.block(Duration.ofSeconds(30));
			Flux<DataBuffer> content = response.bodyToFlux(DataBuffer.class);
			if (caller == Caller.FAILS) {
				content.map((part) -> {
					throw new IllegalStateException("caller");
				}).blockLast();
			}
			if (caller == Caller.LEAVES_EARLY) {
				content.take(1).blockLast();
				return;
			}
			String text = content.map((part) -> part.toString(StandardCharsets.UTF_8))
				.collectList()
				.map((parts) -> String.join("", parts))
				.block();
			delivered(request, GOODS.equals(text) && response.statusCode().is2xxSuccessful());
		}
		catch (RuntimeException ex) {
			// The call has failed
		}
	}

	/**
	 * The caller leaves when the payment is on the wire, or when there is nothing to wait
	 * for.
	 */
	private void giveUp(Mono<ClientResponse> exchange) {
		CountDownLatch held = this.holding;
		Disposable call = exchange.doFinally((signal) -> held.countDown()).subscribe((response) -> {
		}, (failure) -> {
		});
		try {
			assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		call.dispose();
	}

	private Mono<ClientResponse> exchange(int request, ClientRequest sent, Caller caller) {
		var written = new org.springframework.mock.http.client.reactive.MockClientHttpRequest(HttpMethod.GET,
				uri(request));
		return sent.writeTo(written, ExchangeStrategies.withDefaults()).then(Mono.defer(() -> {
			Reaction reaction = react(request, written.getHeaders(), caller);
			if (caller == Caller.GIVES_UP && reaction.paid) {
				this.holding.countDown();
				return Mono.never();
			}
			if (reaction.failure != null) {
				return Mono.error(reaction.failure);
			}
			ClientResponse.Builder response = ClientResponse.create(HttpStatusCode.valueOf(reaction.status))
				.headers((headers) -> headers.addAll(reaction.headers()));
			return Mono.just(response.body(content(reaction)).build());
		}));
	}

	private static Flux<DataBuffer> content(Reaction reaction) {
		Flux<DataBuffer> parts = Flux.fromArray(reaction.body.split("(?<=the )"))
			.map((part) -> DefaultDataBufferFactory.sharedInstance.wrap(part.getBytes(StandardCharsets.UTF_8)));
		return reaction.breaks ? parts.concatWith(Mono.error(new IOException("reset"))) : parts;
	}

	private static ClientHttpResponse response(Reaction reaction) {
		InputStream body = new ByteArrayInputStream(reaction.body.getBytes(StandardCharsets.UTF_8));
		MockClientHttpResponse response = new MockClientHttpResponse(reaction.breaks ? new BreakingStream(body) : body,
				HttpStatusCode.valueOf(reaction.status));
		response.getHeaders().addAll(reaction.headers());
		return response;
	}

	private static URI uri(int request) {
		return URI.create("http://127.0.0.1/" + request);
	}

	/**
	 * The caller has all of the content, so the seller owes nothing for the last payment.
	 */
	private void delivered(int request, boolean delivered) {
		if (delivered && this.last != null && this.last.request == request) {
			this.last.delivered = true;
		}
	}

	private @Nullable Arrived last;

	private Reaction react(int request, HttpHeaders headers, Caller caller) {
		String header = headers.getFirst(ProtocolVersion.V2.paymentHeader());
		if (header == null) {
			return Reaction.unpaid();
		}
		EvmPayload payload = EvmPayload.from(Offers.CODEC.decodePayment(ProtocolVersion.V2, header).payload());
		this.last = this.payments.computeIfAbsent(payload.nonce(), (nonce) -> new Arrived(nonce, request,
				Instant.ofEpochSecond(payload.validBefore().longValueExact()), this.clock.offset.compareTo(LAG) <= 0));
		assertThat(this.last.request).as("a payment is for one request").isEqualTo(request);
		if (this.last.delivered) {
			return Reaction.paid(409, null);
		}
		Conduct conduct = this.script.isEmpty() ? Conduct.DELIVER : this.script.poll();
		if (conduct.settles && !settle(payload.nonce())) {
			this.last.refused = true;
			return Reaction.paid(402, null);
		}
		if (!this.reactive && caller == Caller.GIVES_UP) {
			Thread.interrupted();
			return Reaction.failing(new SocketTimeoutException("caller"));
		}
		Reaction reaction = conduct.reaction();
		this.last.refused |= reaction.status == 402 && reaction.receipt == null && !isAlive(this.last);
		return reaction;
	}

	private boolean settle(String nonce) {
		Arrived arrived = this.payments.get(nonce);
		if (!this.settled.contains(nonce) && isAlive(arrived)) {
			this.settled.add(nonce);
		}
		return this.settled.contains(nonce);
	}

	/**
	 * What the caller does.
	 */
	enum Caller {

		READS, LEAVES_EARLY, FAILS, GIVES_UP

	}

	/**
	 * What becomes of a paid request.
	 */
	enum Conduct {

		DELIVER(true), SETTLE_AND_BREAK_OFF(true), SETTLE_AND_LOSE_THE_ANSWER(true), SETTLE_AND_STOP_LISTENING(true),
		SETTLE_AND_REFUSE(true), SETTLE_AND_FAIL(true), SETTLE_AND_HANG(true), SETTLE_AND_REDIRECT(true),
		SETTLE_AND_CRASH_THE_CLIENT(true), NEVER_ARRIVE(false), HANG(false), REFUSE(false), ASK_FOR_MORE(false),
		PENDING(false), UNAVAILABLE(false), CONFLICT(false), FAIL(false), REDIRECT(false);

		private final boolean settles;

		Conduct(boolean settles) {
			this.settles = settles;
		}

		private Reaction reaction() {
			return switch (this) {
				case DELIVER -> Reaction.paid(200, Offers.receipt());
				case SETTLE_AND_BREAK_OFF -> new Reaction(200, true, Offers.receipt(), "the ", true, null);
				case SETTLE_AND_LOSE_THE_ANSWER -> Reaction.failing(new IOException("reset"));
				case SETTLE_AND_STOP_LISTENING, NEVER_ARRIVE -> Reaction.failing(new ConnectException("refused"));
				case SETTLE_AND_HANG, HANG -> Reaction.failing(new SocketTimeoutException("read"));
				case SETTLE_AND_REFUSE, REFUSE -> Reaction.paid(402, null);
				case SETTLE_AND_FAIL, FAIL -> Reaction.paid(500, null);
				case SETTLE_AND_REDIRECT, REDIRECT -> Reaction.paid(307, null);
				case SETTLE_AND_CRASH_THE_CLIENT -> Reaction.failing(new IOException(new TimeoutException("pool")));
				case ASK_FOR_MORE -> Reaction.paid(402, Offers.pending());
				case PENDING -> Reaction.paid(503, Offers.pending());
				case UNAVAILABLE -> Reaction.paid(503, null);
				case CONFLICT -> Reaction.paid(409, null);
			};
		}

	}

	/**
	 * A payment that the seller has seen.
	 */
	private static final class Arrived {

		private final String nonce;

		private final int request;

		private final Instant validBefore;

		/** A buyer whose clock is ahead signs for longer than it knows. */
		private final boolean signedInTime;

		private boolean delivered;

		/** The seller has asked for another one after the end of this one. */
		private boolean refused;

		Arrived(String nonce, int request, Instant validBefore, boolean signedInTime) {
			this.nonce = nonce;
			this.request = request;
			this.validBefore = validBefore;
			this.signedInTime = signedInTime;
		}

	}

	/**
	 * What the buyer sees.
	 */
	private record Reaction(int status, boolean paid, @Nullable String receipt, String body, boolean breaks,
			@Nullable IOException failure) {

		static Reaction unpaid() {
			return new Reaction(402, false, null, "{}", false, null);
		}

		static Reaction paid(int status, @Nullable String receipt) {
			return new Reaction(status, true, receipt, (status == 200) ? GOODS : "{}", false, null);
		}

		static Reaction failing(IOException failure) {
			return new Reaction(0, true, null, "", false, failure);
		}

		HttpHeaders headers() {
			HttpHeaders headers = new HttpHeaders();
			if (this.status == 402) {
				headers.set(ProtocolVersion.PAYMENT_REQUIRED_HEADER, Offers.header(Offers.usdc(PRICE)));
			}
			if (this.receipt != null) {
				headers.set(ProtocolVersion.V2.receiptHeader(), this.receipt);
			}
			return headers;
		}

	}

	/**
	 * The time of the chain, and what the system makes of it.
	 */
	private static final class SettableClock extends Clock {

		private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

		private Duration passed = Duration.ZERO;

		private Duration offset = Duration.ZERO;

		Instant chain() {
			return START.plus(this.passed);
		}

		long nanos() {
			return this.passed.toNanos();
		}

		@Override
		public Instant instant() {
			return chain().plus(this.offset);
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

	/**
	 * Budgets that cannot always be asked, and the truth about them.
	 */
	private static final class MemoryStore implements SpendingStore {

		private final SpendingStore memory = new InMemorySpendingStore();

		private final List<Spending> spendings = new ArrayList<>();

		private boolean down;

		private long reserved;

		private long failedToRelease;

		@Override
		public synchronized @Nullable SpendingLimit reserve(Spending spending, List<SpendingLimit> limits) {
			requireUp();
			SpendingLimit broken = this.memory.reserve(spending, limits);
			if (broken == null) {
				this.spendings.add(spending);
				this.reserved++;
			}
			return broken;
		}

		@Override
		public synchronized void release(Spending spending) {
			if (this.down) {
				this.failedToRelease++;
			}
			requireUp();
			assertThat(this.spendings.remove(spending)).as("released once").isTrue();
			this.memory.release(spending);
			this.reserved--;
		}

		@Override
		public String pin(String account, String host, String network, String recipient) {
			requireUp();
			return this.memory.pin(account, host, network, recipient);
		}

		private void requireUp() {
			if (this.down) {
				throw new IllegalStateException("down");
			}
		}

	}

	/**
	 * Breaks where content ends.
	 */
	private static final class BreakingStream extends FilterInputStream {

		BreakingStream(InputStream in) {
			super(in);
		}

		@Override
		public int read() throws IOException {
			return broken(super.read());
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			return broken(super.read(bytes, offset, length));
		}

		private static int broken(int read) throws IOException {
			if (read < 0) {
				throw new IOException("reset");
			}
			return read;
		}

	}

}
