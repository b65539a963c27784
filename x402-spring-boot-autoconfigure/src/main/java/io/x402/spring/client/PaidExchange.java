/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

import io.x402.spring.protocol.SignInPayload;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.support.HttpRequestWrapper;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;

/**
 * One call of a {@code WebClient}, with as many exchanges as it takes to pay for it.
 */
final class PaidExchange {

	private static final int PAYMENT_REQUIRED = 402;

	private final Payer payer;

	private final ClientRequest request;

	private final ExchangeFunction next;

	private final RepeatableBody body;

	private volatile @Nullable PaymentAttempts attempts;

	private volatile @Nullable PaymentAttempts renewed;

	private volatile boolean signedIn;

	private volatile boolean ended;

	PaidExchange(Payer payer, ClientRequest request, ExchangeFunction next, int bodyLimit) {
		this.payer = payer;
		this.request = request;
		this.next = next;
		this.body = new RepeatableBody(request.body(), bodyLimit);
	}

	Mono<ClientResponse> run() {
		ClientRequest first = ClientRequest.from(this.request).body(this.body.first(this::resume)).build();
		return judged(this.next.exchange(first)).switchIfEmpty(Mono.defer(this::lost))
			.doOnError((failure) -> left())
			.doOnCancel(this::left);
	}

	/** Another filter has kept the response to itself. */
	private Mono<ClientResponse> lost() {
		left();
		return Mono.empty();
	}

	/**
	 * The payment of an earlier call goes with the first exchange of this one.
	 */
	private void resume(HttpHeaders headers, byte[] body) {
		PaymentAttempts kept = this.payer.resume(wanted(body), null);
		if (kept != null) {
			use(kept);
			handOver(kept, headers);
		}
	}

	private void use(@Nullable PaymentAttempts attempts) {
		this.attempts = attempts;
		if (this.ended && attempts != null) {
			attempts.left();
		}
	}

	private static void handOver(PaymentAttempts attempts, HttpHeaders headers) {
		if (!attempts.handOver(headers)) {
			throw new CancellationException("The call has ended");
		}
	}

	private Mono<ClientResponse> judged(Mono<ClientResponse> exchange) {
		return exchange.map(Optional::of)
			.onErrorResume((failure) -> (this.attempts != null) ? failed(this.attempts, failure) : Mono.error(failure))
			.flatMap((answer) -> answer.map(this::answered).orElseGet(this::send));
	}

	private static <T> Mono<Optional<T>> failed(PaymentAttempts attempts, Throwable failure) {
		NextStep step = attempts.failed(failure);
		return step.isAgain() ? delay(step).thenReturn(Optional.empty()) : Mono.error(failure);
	}

	private Mono<ClientResponse> answered(ClientResponse answer) {
		PaymentAttempts attempts = this.attempts;
		if (attempts == null) {
			return (answer.statusCode().value() == PAYMENT_REQUIRED) ? signIn(answer) : Mono.just(answer);
		}
		if (attempts.mayBeRenewed(answer.statusCode().value())) {
			return content(answer).map(Optional::of)
				.onErrorResume((failure) -> failed(attempts, failure))
				.flatMap((content) -> content.map((read) -> refused(answer, read, attempts)).orElseGet(this::send));
		}
		return answered(answer, attempts, Renewal.NONE);
	}

	private Mono<ClientResponse> refused(ClientResponse answer, byte[] content, PaymentAttempts attempts) {
		return answered(with(content, answer), attempts,
				this.payer.renewals().judge(answer.headers().asHttpHeaders(), content));
	}

	private Mono<ClientResponse> answered(ClientResponse answer, PaymentAttempts attempts, Renewal renewal) {
		NextStep step = attempts.answered(answer.statusCode().value(), answer.headers().asHttpHeaders(), renewal);
		if (step.isRenewed()) {
			this.renewed = attempts;
			use(this.payer.resume(wanted(this.body.bytes()), attempts));
			return (this.attempts != null) ? send() : signIn(answer);
		}
		return step.isAgain() ? answer.releaseBody().then(delay(step)).then(Mono.defer(this::send))
				: Mono.just(paid(answer, attempts));
	}

	/**
	 * Once for each call, so that what was paid for is used before anything is paid.
	 */
	private Mono<ClientResponse> signIn(ClientResponse unpaid) {
		if (this.signedIn || !this.payer.signsIn()) {
			return pay(unpaid);
		}
		this.signedIn = true;
		return Mono
			.fromCallable(() -> Optional
				.ofNullable(this.payer.signIn(wanted(this.body.bytes()), unpaid.headers().asHttpHeaders())))
			.subscribeOn(Schedulers.boundedElastic())
			.flatMap((signIn) -> signIn.map((value) -> signedIn(unpaid, value)).orElseGet(() -> pay(unpaid)));
	}

	private Mono<ClientResponse> signedIn(ClientResponse unpaid, String signIn) {
		return unpaid.releaseBody()
			.then(Mono.defer(() -> send((headers) -> headers.set(SignInPayload.HEADER, signIn))));
	}

	private Mono<ClientResponse> pay(ClientResponse unpaid) {
		return content(unpaid).publishOn(Schedulers.boundedElastic()).flatMap((terms) -> {
			use(this.payer.pay(wanted(this.body.bytes()), unpaid.headers().asHttpHeaders(), terms, this.renewed));
			return (this.attempts != null) ? send() : Mono.just(with(terms, unpaid));
		});
	}

	private static Mono<byte[]> content(ClientResponse unpaid) {
		return DataBufferUtils
			.join(DataBufferUtils.takeUntilByteCount(unpaid.body(BodyExtractors.toDataBuffers()),
					UnpaidResponse.MAX_BODY))
			.map(RepeatableBody::read)
			.defaultIfEmpty(new byte[0]);
	}

	private static ClientResponse with(byte[] content, ClientResponse unpaid) {
		return unpaid.mutate().body((read) -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(content))).build();
	}

	private Mono<ClientResponse> send() {
		PaymentAttempts attempts = this.attempts;
		return send((headers) -> {
			if (attempts != null) {
				handOver(attempts, headers);
			}
		});
	}

	private Mono<ClientResponse> send(Consumer<HttpHeaders> headers) {
		return judged(Mono.defer(() -> this.next
			.exchange(ClientRequest.from(this.request).headers(headers).body(this.body.again()).build())));
	}

	private static ClientResponse paid(ClientResponse answer, PaymentAttempts attempts) {
		ClientResponse.Builder response = answer.mutate()
			.request(new PurchasedRequest(answer.request(), attempts.purchase()));
		return (attempts.isOpen() ? response.body((body) -> watched(body, attempts)) : response).build();
	}

	private static Flux<DataBuffer> watched(Flux<DataBuffer> body, PaymentAttempts attempts) {
		return body.doFirst(attempts::reading)
			.doOnComplete(attempts::read)
			.doOnError((failure) -> attempts.broken())
			.doOnCancel(attempts::broken);
	}

	private void left() {
		this.ended = true;
		PaymentAttempts attempts = this.attempts;
		if (attempts != null) {
			attempts.left();
		}
	}

	private PurchaseRequest wanted(byte @Nullable [] body) {
		String method = this.request.method().name();
		return (body != null) ? PurchaseRequest.of(method, this.request.url(), this.body.headers(), body)
				: PurchaseRequest.notRepeatable(method, this.request.url());
	}

	private static Mono<Long> delay(NextStep step) {
		return (step.delay() != null) ? Mono.delay(step.delay()) : Mono.just(0L);
	}

	/**
	 * The request of a response, with what it bought.
	 */
	private static final class PurchasedRequest extends HttpRequestWrapper {

		private final Purchase purchase;

		PurchasedRequest(HttpRequest request, Purchase purchase) {
			super(request);
			this.purchase = purchase;
		}

		@Override
		public Map<String, Object> getAttributes() {
			Map<String, Object> attributes = new LinkedHashMap<>(super.getAttributes());
			attributes.put(Purchase.ATTRIBUTE, this.purchase);
			return attributes;
		}

	}

}
