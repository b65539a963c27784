/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.x402.spring.time.Deadline;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * Calls a facilitator within a time limit for the whole call and a size limit for the
 * response. It waits without {@code block()}, so it can be used on reactor threads.
 */
final class FacilitatorExchange {

	private static final Log logger = LogFactory.getLog(FacilitatorExchange.class);

	static final int MAX_RESPONSE = 1024 * 1024;

	private static final int PERMANENT_REDIRECT = 308;

	private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";

	/** A call that is given up fails late, which Reactor would log as an error. */
	private static final Consumer<Throwable> NOT_REPORTED = (failure) -> logger.trace("Failed after it was given up");

	private final Supplier<WebClient> webClient;

	/**
	 * Where the facilitator is, which a permanent redirection within its site changes.
	 */
	private volatile URI baseUri;

	private volatile @Nullable String redirected;

	private final FacilitatorAuthentication authentication;

	FacilitatorExchange(Supplier<WebClient> webClient, HttpFacilitatorSettings settings,
			FacilitatorAuthentication authentication) {
		this.webClient = SingletonSupplier.of(() -> webClient.get()
			.mutate()
			.defaultHeaders((headers) -> settings.headers().forEach(headers::set))
			.build());
		this.baseUri = settings.baseUri();
		this.authentication = authentication;
	}

	FacilitatorResponse post(String path, byte[] body, Duration timeout) throws NoResponseException {
		return call(HttpMethod.POST, path, body, timeout);
	}

	FacilitatorResponse get(String path, Duration timeout) throws NoResponseException {
		return call(HttpMethod.GET, path, null, timeout);
	}

	/**
	 * Return where a redirection led that was not followed.
	 * @return a text for logs and health, or {@code null} if there was none
	 */
	@Nullable String redirected() {
		return this.redirected;
	}

	/**
	 * A request that was redirected was not worked on, so it may be sent to where the
	 * redirection leads, once.
	 */
	private FacilitatorResponse call(HttpMethod method, String path, byte @Nullable [] body, Duration timeout)
			throws NoResponseException {
		Deadline deadline = Deadline.in(timeout);
		SentBody sent = new SentBody(body);
		URI base = this.baseUri;
		Received received = exchange(request(method, base, path, sent), sent, timeout);
		URI other = SiteRedirect.base(base, path, received.response().status().value(), received.location());
		if (other != null) {
			if (received.response().status().value() == PERMANENT_REDIRECT) {
				logger.info("The facilitator at " + base + " is at " + other + ", where it is called from now on");
				this.baseUri = other;
			}
			sent.passedOn();
			received = exchange(request(method, other, path, sent), sent, deadline.remaining());
		}
		note(received);
		return received.response();
	}

	private void note(Received received) {
		boolean redirection = received.response().status().is3xxRedirection();
		String now = redirection
				? "HTTP " + received.response().status().value() + " to " + UpstreamText.excerpt(received.location())
				: null;
		if (now != null && !now.equals(this.redirected)) {
			logger.error("The facilitator at " + this.baseUri + " redirects with " + now
					+ ", which is not followed; set x402.facilitator.url to the URL where it responds");
		}
		this.redirected = now;
	}

	private WebClient.RequestHeadersSpec<?> request(HttpMethod method, URI base, String path, SentBody body)
			throws NoResponseException {
		URI uri = URI.create(base + path);
		Map<String, String> credentials = credentials(new FacilitatorCall(method.name(), uri));
		return body.addTo(this.webClient.get().method(method).uri(uri).headers((headers) -> {
			headers.set("Accept", MediaType.APPLICATION_JSON_VALUE);
			credentials.forEach(headers::set);
		}));
	}

	private Map<String, String> credentials(FacilitatorCall call) throws NoResponseException {
		try {
			Map<String, String> headers = this.authentication.headers(call);
			headers.forEach(HttpFacilitatorSettings::requireSendable);
			return headers;
		}
		catch (RuntimeException ex) {
			throw new CallNotPermittedException("no credentials: " + ex.getClass().getName());
		}
	}

	private static Received exchange(WebClient.RequestHeadersSpec<?> request, SentBody body, Duration timeout)
			throws NoResponseException {
		CompletableFuture<@Nullable Received> call = request.exchangeToMono(FacilitatorExchange::read)
			.contextWrite((context) -> context.put(ON_ERROR_DROPPED, NOT_REPORTED))
			.toFuture();
		try {
			Received received = call.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
			if (received == null) {
				throw new NoResponseException("no response at all", false);
			}
			return received;
		}
		catch (TimeoutException ex) {
			throw new NoResponseException("no complete response within " + timeout, body.isNeverSent());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new NoResponseException("interrupted while waiting", body.isNeverSent());
		}
		catch (ExecutionException ex) {
			throw failure(Objects.requireNonNullElse(ex.getCause(), ex), body);
		}
		finally {
			call.cancel(true);
		}
	}

	/**
	 * The bytes are taken as they come, whatever the response says of their type.
	 */
	private static Mono<Received> read(ClientResponse response) {
		return response.body((message, context) -> DataBufferUtils.join(message.getBody(), MAX_RESPONSE))
			.map(FacilitatorExchange::bytes)
			.defaultIfEmpty(new byte[0])
			.map((body) -> new Received(
					new FacilitatorResponse(response.statusCode(), body,
							response.headers().asHttpHeaders().getFirst(ListingResponses.HEADER)),
					response.headers().asHttpHeaders().getFirst("Location")));
	}

	private static byte[] bytes(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	private static NoResponseException failure(Throwable failure, SentBody body) {
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		String problem = UpstreamText.excerpt(cause.getClass().getSimpleName() + ": " + cause.getMessage());
		boolean neverSent = failure instanceof WebClientRequestException && body.isNeverSent();
		return NoConnectionException.isCausedBy(cause) ? new NoConnectionException(problem, neverSent)
				: new NoResponseException(problem, neverSent);
	}

	/**
	 * A response and where it redirects to.
	 *
	 * @param response the response
	 * @param location its {@code Location}, or {@code null}
	 */
	private record Received(FacilitatorResponse response, @Nullable String location) {

	}

}
