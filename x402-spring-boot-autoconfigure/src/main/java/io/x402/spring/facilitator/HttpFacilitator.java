package io.x402.spring.facilitator;

import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
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
 * A facilitator that is called over HTTP. It never repeats a call. The connector of its
 * {@link WebClient} must not follow redirections and must not repeat a POST.
 */
public final class HttpFacilitator implements Facilitator {

	private static final Log logger = LogFactory.getLog(HttpFacilitator.class);

	/** A larger receipt loses its extension data, it has to fit into a header. */
	private static final int MAX_RECEIPT = 4096;

	private final FacilitatorExchange exchange;

	private final PaymentCodec codec;

	private final HttpFacilitatorSettings settings;

	private final SupportedCache supported;

	/**
	 * Create a facilitator.
	 * @param webClient client to call it with; limits of time and size are added here
	 * @param codec reads and writes the messages
	 * @param settings where to call and how long to wait
	 */
	public HttpFacilitator(WebClient webClient, PaymentCodec codec, HttpFacilitatorSettings settings) {
		this.exchange = new FacilitatorExchange(webClient, settings);
		this.codec = codec;
		this.settings = settings;
		this.supported = new SupportedCache(this::loadSupported, settings.supportedTtl(), System::nanoTime);
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		try {
			FacilitatorAnswer answer = this.exchange.post("/verify", body(request), this.settings.verifyTimeout());
			VerifyResponse response = answer.message(this.codec, VerifyResponse.class);
			if (response == null || answer.status().is5xxServerError()
					|| (response.isValid() && !answer.status().is2xxSuccessful())) {
				return new Unavailable("verify answered " + answer.describe());
			}
			return response.isValid() ? new Valid(UpstreamText.identifier(response.payer())) : invalid(response);
		}
		catch (NoAnswerException ex) {
			return new Unavailable("verify failed: " + ex.getMessage());
		}
		catch (RuntimeException ex) {
			return new Unavailable("verify failed: " + ex.getClass().getName());
		}
	}

	private static VerificationOutcome invalid(VerifyResponse response) {
		ReasonCode code = ReasonCode.of(response.invalidReason(), ReasonCode.PAYMENT_REJECTED);
		if (code.retryable() || code.charged() != ReasonCode.Charged.NO) {
			return new Unavailable("verify answered " + code.code());
		}
		logRefusal("/verify", response.invalidReason(), response.invalidMessage());
		String reason = UpstreamText.reason(response.invalidReason());
		return (reason != null) ? new Invalid(code, reason) : new Invalid(code);
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		try {
			FacilitatorAnswer answer = this.exchange.post("/settle", body(request), this.settings.settleTimeout());
			SettlementResponse response = answer.message(this.codec, SettlementResponse.class);
			if (response == null) {
				return new Unknown("settle answered " + answer.describe(), null);
			}
			if (!response.success()) {
				logRefusal("/settle", response.errorReason(), response.errorMessage());
			}
			return SettlementVerdict.of(answer.status(),
					(answer.body().length <= MAX_RECEIPT) ? response : withoutExtensions(response), request);
		}
		catch (NoAnswerException ex) {
			return ex.isNeverSent() ? unreachable(request, ex) : new Unknown("settle failed: " + ex.getMessage(), null);
		}
		catch (RuntimeException ex) {
			return new Unknown("settle failed: " + ex.getClass().getName(), null);
		}
	}

	private static SettlementOutcome unreachable(FacilitatorRequest request, NoAnswerException failure) {
		logger.warn("Settlement was not sent: " + failure.getMessage());
		ReasonCode code = ReasonCode.FACILITATOR_UNAVAILABLE;
		return new Declined(code, Receipts.failure(request, code.code(), null));
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

	private SupportedResponse loadSupported() {
		try {
			FacilitatorAnswer answer = this.exchange.get("/supported", this.settings.supportedTimeout());
			SupportedResponse response = answer.message(this.codec, SupportedResponse.class);
			if (response == null || !answer.status().is2xxSuccessful()) {
				throw new FacilitatorException("The facilitator answered /supported with " + answer.describe());
			}
			return response;
		}
		catch (NoAnswerException ex) {
			throw new FacilitatorException("The facilitator did not answer /supported: " + ex.getMessage());
		}
	}

}
