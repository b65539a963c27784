/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.x402.spring.facilitator.CatalogueListing;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.MonitoredFacilitator;
import io.x402.spring.facilitator.SettleCalls;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SupportedCache;
import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.VerifyResponse;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A facilitator that is called over HTTP. It never repeats a settlement. The connector of
 * its {@link WebClient} must not follow redirections and must not repeat a POST.
 *
 * @since 0.1.0
 */
public final class HttpFacilitator implements MonitoredFacilitator, AutoCloseable {

	private static final Log logger = LogFactory.getLog(HttpFacilitator.class);

	/** A larger receipt loses its extension data, it must fit into a header. */
	private static final int MAX_RECEIPT = 4096;

	private final FacilitatorExchange exchange;

	private final PaymentCodec codec;

	private final HttpFacilitatorSettings settings;

	private final ResilientCalls calls;

	private final RetriedCall verification;

	private final RecoveryCheck recovery;

	private final SupportedCache supported;

	private final ListingResponses listings;

	private final SettleCalls<HttpFacilitator> settleCalls = new SettleCalls<>();

	/** Whether the latest failure of {@code /supported} says that payments fail, too. */
	private volatile boolean unsupportable;

	HttpFacilitator(WebClient webClient, PaymentCodec codec, HttpFacilitatorSettings settings) {
		this(() -> webClient, codec, settings, FacilitatorAuthentication.none(), ResilienceSettings.none());
	}

	HttpFacilitator(Supplier<WebClient> webClient, PaymentCodec codec, HttpFacilitatorSettings settings,
			FacilitatorAuthentication authentication, ResilienceSettings resilience) {
		this.exchange = new FacilitatorExchange(webClient, settings, authentication);
		this.codec = codec;
		this.settings = settings;
		this.recovery = new RecoveryCheck(this::check, resilience.openDuration());
		this.calls = new ResilientCalls(resilience, MonotonicClock.system(), this.recovery);
		this.verification = new RetriedCall(resilience.maxRetries(), settings.verifyTimeout());
		this.supported = SupportedCache.of(this::loadSupported, settings.supportedTtl());
		this.listings = new ListingResponses(settings.baseUri().toString(), codec);
	}

	/**
	 * Start to build a facilitator.
	 * @param webClient client to call it with; limits of time and size are added here
	 * @param url base URL of the facilitator, https except on loopback
	 * @return a builder
	 * @throws IllegalArgumentException if the URL is not usable; the message repeats no
	 * credentials
	 */
	public static Builder builder(WebClient webClient, String url) {
		return builder(() -> webClient, url);
	}

	/**
	 * Start to build a facilitator.
	 * @param webClient creates the client to call it with, at the first call; limits of
	 * time and size are added here
	 * @param url base URL of the facilitator, https except on loopback
	 * @return a builder
	 * @throws IllegalArgumentException if the URL is not usable; the message repeats no
	 * credentials
	 */
	public static Builder builder(Supplier<WebClient> webClient, String url) {
		return new Builder(webClient, HttpFacilitatorSettings.of(url));
	}

	/**
	 * Return a connector of a {@code WebClient} to a client of the JDK that suits short
	 * messages and callers that wait for them.
	 * @param client makes the calls
	 * @return the connector
	 * @since 0.2.0
	 */
	public static ClientHttpConnector connector(HttpClient client) {
		return new JdkFacilitatorConnector(client);
	}

	/**
	 * Parse the base URL of a facilitator.
	 * @param url absolute URL, https except on loopback
	 * @return the URL, without a slash at its end
	 * @throws IllegalArgumentException if the URL is not usable; the message repeats no
	 * credentials
	 */
	public static URI parseUrl(String url) {
		return FacilitatorUri.parse(url);
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		try {
			byte[] body = body(request);
			FacilitatorResponse response = this.verification
				.make((timeout) -> this.calls.verify(request.authorizationKey(),
						() -> this.exchange.post("/verify", body, timeout).read(this.codec, VerifyResponse.class)));
			this.listings.note(response, request);
			VerifyResponse message = response.message(VerifyResponse.class);
			if (message == null || response.status().is5xxServerError()
					|| (message.isValid() && !response.status().is2xxSuccessful())) {
				return new Unavailable("verify responded with " + response.describe());
			}
			return message.isValid() ? new Valid(UpstreamText.identifier(message.payer())) : invalid(message);
		}
		catch (NoResponseException ex) {
			return new Unavailable("verify failed: " + ex.getMessage());
		}
		catch (RuntimeException ex) {
			return new Unavailable("verify failed: " + ex.getClass().getName());
		}
	}

	@Override
	public Optional<Unavailable> unavailable(FacilitatorRequest request) {
		try {
			this.calls.checkVerifications();
			return Optional.empty();
		}
		catch (CallNotPermittedException ex) {
			return Optional.of(new Unavailable("verify failed: " + ex.getMessage()));
		}
	}

	@Override
	public int maxConcurrentVerifications() {
		return this.calls.maxConcurrentVerifications();
	}

	private static VerificationOutcome invalid(VerifyResponse response) {
		String reason = FacilitatorReasons.word(response.invalidReason());
		ReasonCode code = ReasonCode.of(reason, ReasonCode.PAYMENT_REJECTED);
		if (FacilitatorReasons.isFault(reason) || code.retryable() || code.charged() != ReasonCode.Charged.NO) {
			return new Unavailable("verify responded with " + reason);
		}
		logRefusal("/verify", response.invalidReason(), response.invalidMessage());
		return (reason != null) ? new Invalid(code, reason) : new Invalid(code);
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		return this.settleCalls.settle(request, () -> List.of(this), (self) -> submit(request));
	}

	private SettlementOutcome submit(FacilitatorRequest request) {
		try {
			byte[] body = body(request);
			FacilitatorResponse response = this.calls.settle(request.authorizationKey(),
					() -> this.exchange.post("/settle", body, this.settings.settleTimeout())
						.read(this.codec, SettlementResponse.class));
			this.listings.note(response, request);
			SettlementResponse message = response.message(SettlementResponse.class);
			if (message == null) {
				return SettlementVerdict.of(response);
			}
			if (!message.success()) {
				logRefusal("/settle", message.errorReason(), message.errorMessage());
			}
			return SettlementVerdict.of(response.status(),
					(response.body().length <= MAX_RECEIPT) ? message : withoutExtensions(message), request);
		}
		catch (NoResponseException ex) {
			return ex.isNeverSent() ? notSent(ex) : new Unknown("settle failed: " + ex.getMessage(), null);
		}
		catch (RuntimeException ex) {
			return new Unknown("settle failed: " + ex.getClass().getName(), null);
		}
	}

	private static SettlementOutcome notSent(NoResponseException failure) {
		logger.warn("Settlement was not sent: " + failure.getMessage());
		return new NotExecuted("settle was not sent: " + failure.getMessage());
	}

	private static SettlementResponse withoutExtensions(SettlementResponse response) {
		return new SettlementResponse(response.success(), response.errorReason(), response.errorMessage(),
				response.payer(), response.transaction(), response.network(), response.amount(), null, null);
	}

	private static void logRefusal(String path, @Nullable String reason, @Nullable String message) {
		if (logger.isDebugEnabled()) {
			logger.debug("The facilitator refused at " + path + ": " + UpstreamText.excerpt(reason) + " "
					+ UpstreamText.excerpt(message));
		}
	}

	private byte[] body(FacilitatorRequest request) {
		return this.codec.write(FacilitatorMessage.of(request));
	}

	@Override
	public SupportedKinds supportedKinds() {
		return this.supported;
	}

	@Override
	public List<FacilitatorCondition> conditions() {
		FacilitatorCondition condition = this.calls.condition(this.settings.baseUri().toString());
		String redirected = this.exchange.redirected();
		if (redirected != null) {
			return List.of(new FacilitatorCondition(condition.name(), false,
					"redirects with " + redirected + "; set x402.facilitator.url to the URL where it responds"));
		}
		String failure = this.supported.failure();
		if (failure == null || !condition.problem().isEmpty()) {
			return List.of(condition);
		}
		boolean usable = condition.usable() && (!this.unsupportable || this.calls.isLatestSuccessful());
		return List.of(new FacilitatorCondition(condition.name(), usable, failure));
	}

	@Override
	public Map<String, Long> refusedCalls() {
		return this.calls.refused();
	}

	@Override
	public List<CatalogueListing> listings() {
		return this.listings.all();
	}

	@Override
	public void onListing(Consumer<CatalogueListing> listener) {
		this.listings.onListing(listener);
	}

	/**
	 * Check whether the facilitator responds.
	 */
	private boolean check() {
		try {
			this.supported.refresh();
			return true;
		}
		catch (FacilitatorException ex) {
			return !this.unsupportable;
		}
	}

	/**
	 * Stop checking whether the facilitator responds again. Calls are still made.
	 */
	@Override
	public void close() {
		this.recovery.close();
	}

	private SupportedResponse loadSupported() {
		try {
			FacilitatorResponse response = this.exchange.get("/supported", this.settings.supportedTimeout())
				.read(this.codec, SupportedResponse.class);
			SupportedResponse message = response.message(SupportedResponse.class);
			if (message == null || !response.status().is2xxSuccessful()) {
				// There are facilitators without this operation
				this.unsupportable = response.status().value() != 404 && response.status().value() != 405;
				throw new FacilitatorException("The facilitator responded to /supported with " + response.describe());
			}
			return message;
		}
		catch (NoResponseException ex) {
			this.unsupportable = this.unsupportable || !(ex instanceof NoConnectionException);
			throw new FacilitatorException("The facilitator did not respond to /supported: " + ex.getMessage());
		}
	}

	/**
	 * Builder of a facilitator. Without further calls: 10 seconds to verify, 90 seconds
	 * to settle, no authentication, no retries, no limit of concurrent calls and no
	 * circuit breaker.
	 */
	public static final class Builder {

		private final Supplier<WebClient> webClient;

		private HttpFacilitatorSettings settings;

		private ResilienceSettings resilience = ResilienceSettings.none();

		private FacilitatorAuthentication authentication = FacilitatorAuthentication.none();

		private PaymentCodec codec = new PaymentCodec();

		private Builder(Supplier<WebClient> webClient, HttpFacilitatorSettings settings) {
			this.webClient = webClient;
			this.settings = settings;
		}

		/**
		 * Set the codec of messages.
		 * @param codec reads and writes messages
		 * @return this builder
		 */
		public Builder codec(PaymentCodec codec) {
			this.codec = codec;
			return this;
		}

		/**
		 * Set the authentication.
		 * @param authentication authenticates every call
		 * @return this builder
		 */
		public Builder authentication(FacilitatorAuthentication authentication) {
			this.authentication = authentication;
			return this;
		}

		/**
		 * Set headers of every call.
		 * @param headers headers by name, printable ASCII
		 * @return this builder
		 * @throws IllegalArgumentException if a header cannot be sent; the message does
		 * not repeat its value
		 */
		public Builder headers(Map<String, String> headers) {
			this.settings = this.settings.withHeaders(headers);
			return this;
		}

		/**
		 * Set the maximum times to wait for the payment operations.
		 * @param verify maximum time to wait for {@code /verify}, including retries
		 * @param settle maximum time to wait for {@code /settle}
		 * @return this builder
		 */
		public Builder timeouts(Duration verify, Duration settle) {
			this.settings = this.settings.withTimeouts(verify, settle, this.settings.supportedTimeout());
			return this;
		}

		/**
		 * Set how the supported kinds are loaded.
		 * @param timeout maximum time to wait for {@code /supported}
		 * @param timeToLive time for which its response is used
		 * @return this builder
		 */
		public Builder supported(Duration timeout, Duration timeToLive) {
			this.settings = this.settings.withSupported(timeout, timeToLive);
			return this;
		}

		/**
		 * Set the maximum number of retries.
		 * @param maxRetries maximum number of retries after a transient verification
		 * failure; settlements are never retried
		 * @return this builder
		 */
		public Builder maxRetries(int maxRetries) {
			this.resilience = this.resilience.withMaxRetries(maxRetries);
			return this;
		}

		/**
		 * Set the maximum numbers of concurrent calls.
		 * @param verifications maximum number of concurrent verifications
		 * @param settlements maximum number of concurrent settlements
		 * @return this builder
		 */
		public Builder maxConcurrent(int verifications, int settlements) {
			this.resilience = this.resilience.withMaxConcurrent(verifications, settlements);
			return this;
		}

		/**
		 * Set the circuit breakers, one for each operation.
		 * @param failureThreshold number of consecutive failures that open it
		 * @param openDuration time for which it stays open
		 * @return this builder
		 */
		public Builder circuitBreaker(int failureThreshold, Duration openDuration) {
			this.resilience = this.resilience.withCircuitBreaker(failureThreshold, openDuration);
			return this;
		}

		/**
		 * Build the facilitator.
		 * @return a new facilitator
		 */
		public HttpFacilitator build() {
			return new HttpFacilitator(this.webClient, this.codec, this.settings, this.authentication, this.resilience);
		}

	}

}
