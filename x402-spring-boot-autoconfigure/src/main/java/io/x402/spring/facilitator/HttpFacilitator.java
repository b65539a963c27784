package io.x402.spring.facilitator;

import java.util.List;

import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
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
 * A facilitator that is called over HTTP. It never repeats a settlement. The connector of
 * its {@link WebClient} must not follow redirections and must not repeat a POST.
 */
public final class HttpFacilitator implements MonitoredFacilitator {

	private static final Log logger = LogFactory.getLog(HttpFacilitator.class);

	/** A larger receipt loses its extension data, it has to fit into a header. */
	private static final int MAX_RECEIPT = 4096;

	private final FacilitatorExchange exchange;

	private final PaymentCodec codec;

	private final HttpFacilitatorSettings settings;

	private final FacilitatorGate gate;

	private final RepeatedCall verification;

	private final RepeatedCall question;

	private final SupportedCache supported;

	/**
	 * Create a facilitator that asks for no authentication, without retries and without
	 * limits other than those of time and size.
	 * @param webClient client to call it with
	 * @param codec reads and writes the messages
	 * @param settings where to call and how long to wait
	 */
	public HttpFacilitator(WebClient webClient, PaymentCodec codec, HttpFacilitatorSettings settings) {
		this(webClient, codec, settings, FacilitatorAuthentication.none(), FacilitatorProtection.none());
	}

	/**
	 * Create a facilitator.
	 * @param webClient client to call it with; limits of time and size are added here
	 * @param codec reads and writes the messages
	 * @param settings where to call and how long to wait
	 * @param authentication tells the facilitator who is calling
	 * @param protection what to do when the facilitator is slow or down
	 */
	public HttpFacilitator(WebClient webClient, PaymentCodec codec, HttpFacilitatorSettings settings,
			FacilitatorAuthentication authentication, FacilitatorProtection protection) {
		this.exchange = new FacilitatorExchange(webClient, settings, authentication);
		this.codec = codec;
		this.settings = settings;
		this.gate = new FacilitatorGate(protection, System::nanoTime);
		this.verification = new RepeatedCall(protection.maxRetries(), settings.verifyTimeout());
		this.question = new RepeatedCall(protection.maxRetries(), settings.supportedTimeout());
		this.supported = SupportedCache.of(this::loadSupported, settings.supportedTtl());
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		try {
			byte[] body = body(request);
			FacilitatorAnswer answer = this.verification
				.make((timeout) -> this.gate.verify(() -> this.exchange.post("/verify", body, timeout)));
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
			byte[] body = body(request);
			FacilitatorAnswer answer = this.gate
				.settle(() -> this.exchange.post("/settle", body, this.settings.settleTimeout()));
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
			return ex.isNeverSent() ? notSent(ex) : new Unknown("settle failed: " + ex.getMessage(), null);
		}
		catch (RuntimeException ex) {
			return new Unknown("settle failed: " + ex.getClass().getName(), null);
		}
	}

	private static SettlementOutcome notSent(NoAnswerException failure) {
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
		return List.of(this.gate.condition(this.settings.baseUri().toString()));
	}

	private SupportedResponse loadSupported() {
		try {
			FacilitatorAnswer answer = this.question.make((timeout) -> this.exchange.get("/supported", timeout));
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
