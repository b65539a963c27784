/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.util.List;
import java.util.Locale;

import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.MonitoredFacilitator;
import io.x402.spring.facilitator.SettleCalls;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SupportedCache;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.VerifyResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * A facilitator that is called over HTTP. It never repeats a settlement. The connector of
 * its {@link WebClient} must not follow redirections and must not repeat a POST.
 *
 * @since 0.1.0
 */
public final class HttpFacilitator implements MonitoredFacilitator, AutoCloseable {

	private static final Log logger = LogFactory.getLog(HttpFacilitator.class);

	/** A larger receipt loses its extension data, it has to fit into a header. */
	private static final int MAX_RECEIPT = 4096;

	private final FacilitatorExchange exchange;

	private final PaymentCodec codec;

	private final HttpFacilitatorSettings settings;

	private final ResilientCalls calls;

	private final RetriedCall verification;

	private final RecoveryCheck recovery;

	private final SupportedCache supported;

	private final SettleCalls<HttpFacilitator> settleCalls = new SettleCalls<>();

	/** Whether the latest failure of {@code /supported} says that payments fail, too. */
	private volatile boolean unsupportable;

	/**
	 * Create a facilitator that asks for no authentication, without retries and without
	 * limits other than those of time and size.
	 * @param webClient client to call it with
	 * @param codec reads and writes the messages
	 * @param settings where to call and how long to wait
	 */
	public HttpFacilitator(WebClient webClient, PaymentCodec codec, HttpFacilitatorSettings settings) {
		this(webClient, codec, settings, FacilitatorAuthentication.none(), ResilienceSettings.none());
	}

	/**
	 * Create a facilitator.
	 * @param webClient client to call it with; limits of time and size are added here
	 * @param codec reads and writes the messages
	 * @param settings where to call and how long to wait
	 * @param authentication tells the facilitator who is calling
	 * @param resilience retries, bulkheads and circuit breakers
	 */
	public HttpFacilitator(WebClient webClient, PaymentCodec codec, HttpFacilitatorSettings settings,
			FacilitatorAuthentication authentication, ResilienceSettings resilience) {
		this.exchange = new FacilitatorExchange(webClient, settings, authentication);
		this.codec = codec;
		this.settings = settings;
		this.recovery = new RecoveryCheck(this::check, resilience.openDuration());
		this.calls = new ResilientCalls(resilience, System::nanoTime, this.recovery);
		this.verification = new RetriedCall(resilience.maxRetries(), settings.verifyTimeout());
		this.supported = SupportedCache.of(this::loadSupported, settings.supportedTtl());
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		try {
			byte[] body = body(request);
			FacilitatorResponse response = this.verification.make((timeout) -> this.calls
				.verify(() -> this.exchange.post("/verify", body, timeout).read(this.codec, VerifyResponse.class)));
			VerifyResponse message = response.message(VerifyResponse.class);
			if (message == null || response.status().is5xxServerError()
					|| (message.isValid() && !response.status().is2xxSuccessful())) {
				return new Unavailable("verify answered " + response.describe());
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

	private static VerificationOutcome invalid(VerifyResponse response) {
		String reason = FacilitatorReasons.word(response.invalidReason());
		ReasonCode code = ReasonCode.of(reason, ReasonCode.PAYMENT_REJECTED);
		if (FacilitatorReasons.isFault(reason) || code.retryable() || code.charged() != ReasonCode.Charged.NO) {
			return new Unavailable("verify answered " + reason);
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
			FacilitatorResponse response = this.calls.settle(payer(request),
					() -> this.exchange.post("/settle", body, this.settings.settleTimeout())
						.read(this.codec, SettlementResponse.class));
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

	private static @Nullable Object payer(FacilitatorRequest request) {
		String payer = request.payer();
		return (payer != null) ? payer.toLowerCase(Locale.ROOT) : null;
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
	public SupportedResponse supported() {
		return this.supported.get();
	}

	@Override
	public List<FacilitatorCondition> conditions() {
		FacilitatorCondition condition = this.calls.condition(this.settings.baseUri().toString());
		String redirected = this.exchange.redirected();
		if (redirected != null) {
			return List.of(new FacilitatorCondition(condition.name(), false,
					"redirects with " + redirected + "; set x402.facilitator.url to the URL where it answers"));
		}
		String failure = this.supported.failure();
		if (failure == null || !condition.problem().isEmpty()) {
			return List.of(condition);
		}
		boolean usable = condition.usable() && (!this.unsupportable || this.calls.isLatestSuccessful());
		return List.of(new FacilitatorCondition(condition.name(), usable, failure));
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
				throw new FacilitatorException("The facilitator answered /supported with " + response.describe());
			}
			return message;
		}
		catch (NoResponseException ex) {
			this.unsupportable = true;
			throw new FacilitatorException("The facilitator did not answer /supported: " + ex.getMessage());
		}
	}

}
