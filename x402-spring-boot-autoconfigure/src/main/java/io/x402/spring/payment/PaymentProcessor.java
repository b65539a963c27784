package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Takes a payment from the wire to a handler that may run: match, check, claim, verify
 * and, in flow {@link PaymentFlow#UPFRONT}, settle. Knows no transport. Safe for
 * concurrent use.
 */
public final class PaymentProcessor {

	private static final Log logger = LogFactory.getLog(PaymentProcessor.class);

	private static final long POLL_MILLIS = 25;

	private final Facilitator facilitator;

	private final PaymentStore store;

	private final List<PayloadCheck> checks;

	private final PaymentListener listener;

	private final PaymentProcessorSettings settings;

	private final Clock clock;

	private final OfferMatcher matcher;

	private final SettlementJudge judge;

	/**
	 * Create a processor.
	 * @param facilitator verifies and settles
	 * @param store remembers which authorization is used for which request
	 * @param networks the known networks
	 * @param checks checks to make before the facilitator is asked, in order
	 * @param listeners are told what happens, in order
	 * @param settings time limits
	 * @param clock the time
	 */
	public PaymentProcessor(Facilitator facilitator, PaymentStore store, Networks networks, List<PayloadCheck> checks,
			List<PaymentListener> listeners, PaymentProcessorSettings settings, Clock clock) {
		this.facilitator = facilitator;
		this.store = store;
		this.checks = List.copyOf(checks);
		this.listener = new PaymentListeners(listeners);
		this.settings = settings;
		this.clock = clock;
		this.matcher = new OfferMatcher(networks);
		this.judge = new SettlementJudge(networks);
	}

	/**
	 * Take a payment for a request.
	 * @param terms what is asked for the request
	 * @param payload the payment it carries
	 * @param fingerprint fingerprint of the request, equal for repetitions of it
	 * @return whether its handler may run
	 */
	public PaymentDecision process(PaymentTerms terms, PaymentPayload payload, String fingerprint) {
		try {
			PaymentDecision decision = decide(terms, payload, fingerprint);
			if (decision instanceof Refused refused) {
				refused(terms, refused.refusal().reason());
			}
			return decision;
		}
		catch (PaymentStoreException ex) {
			logger.error("A payment was refused because claims cannot be recorded: " + ex.getMessage());
			refused(terms, ReasonCode.STORE_UNAVAILABLE);
			return refuse(ReasonCode.STORE_UNAVAILABLE, null);
		}
	}

	/**
	 * Tell listeners that a request is refused without looking at a payment.
	 * @param terms what is asked for the request
	 * @param reason why it is refused
	 */
	public void refused(PaymentTerms terms, ReasonCode reason) {
		this.listener.onPaymentEvent(new PaymentEvent.Required(terms, reason));
	}

	private PaymentDecision decide(PaymentTerms terms, PaymentPayload payload, String fingerprint) {
		List<PaymentRequirements> offers = this.matcher.match(terms.accepts(), payload);
		if (offers.isEmpty()) {
			return refuse(ReasonCode.REQUIREMENTS_MISMATCH, null);
		}
		ReasonCode objection = null;
		for (PaymentRequirements offer : offers) {
			FacilitatorRequest request = new FacilitatorRequest(payload, offer, terms.resource());
			ReasonCode reason = check(request);
			if (reason == null) {
				return claim(terms, request, fingerprint);
			}
			objection = (objection != null) ? objection : reason;
		}
		return refuse((objection != null) ? objection : ReasonCode.PAYMENT_REJECTED, payer(payload));
	}

	private @Nullable ReasonCode check(FacilitatorRequest request) {
		for (PayloadCheck check : this.checks) {
			ReasonCode reason = check.check(request);
			if (reason != null) {
				return reason;
			}
		}
		return null;
	}

	private PaymentDecision claim(PaymentTerms terms, FacilitatorRequest request, String fingerprint) {
		ClaimKey key = ClaimKey.of(request.payload(), request.requirements());
		if (key == null) {
			return refuse(ReasonCode.UNSUPPORTED_PAYLOAD, null);
		}
		long deadline = System.nanoTime() + this.settings.claimWait().toNanos();
		while (true) {
			Claim claim = this.store.claim(key, fingerprint, expiry(request));
			if (claim != null) {
				return verify(terms, request, claim);
			}
			PaymentRefusal refusal = refusal(this.store.find(key), fingerprint, payer(request.payload()));
			if (refusal.reason() != ReasonCode.PAYMENT_IN_PROGRESS || System.nanoTime() - deadline > 0 || !pause()) {
				return new Refused(refusal);
			}
		}
	}

	private static PaymentRefusal refusal(@Nullable Claim claim, String fingerprint, @Nullable String payer) {
		if (claim == null) {
			// Released since, so the next attempt may succeed
			return PaymentRefusal.of(ReasonCode.PAYMENT_IN_PROGRESS, ReasonCode.PAYMENT_IN_PROGRESS.code(), payer);
		}
		if (!claim.fingerprint().equals(fingerprint)) {
			return PaymentRefusal.of(ReasonCode.PAYMENT_ALREADY_BOUND, ReasonCode.PAYMENT_ALREADY_BOUND.code(), payer);
		}
		ReasonCode reason = switch (claim.state()) {
			case CLAIMED, VERIFIED, SETTLING -> ReasonCode.PAYMENT_IN_PROGRESS;
			case PENDING -> ReasonCode.SETTLEMENT_PENDING;
			case SETTLED -> ReasonCode.PAYMENT_ALREADY_USED;
			case DECLINED -> ReasonCode.SETTLEMENT_DECLINED;
		};
		return PaymentRefusal.of(reason, reason.code(), payer).withReceipt(claim.receipt());
	}

	private PaymentDecision verify(PaymentTerms terms, FacilitatorRequest request, Claim claim) {
		Settlement settlement = new Settlement(this.facilitator, this.store, this.judge, this.listener, request, claim);
		try {
			return (PaymentFlow.of(request.requirements()) == PaymentFlow.UPFRONT) ? settle(terms, request, settlement)
					: verify(terms, request, settlement);
		}
		catch (RuntimeException | Error ex) {
			settlement.release();
			throw ex;
		}
	}

	private PaymentDecision verify(PaymentTerms terms, FacilitatorRequest request, Settlement settlement) {
		VerificationOutcome outcome = ask(request);
		String payer = payer(request.payload());
		if (outcome instanceof Invalid invalid) {
			settlement.release();
			return new Refused(PaymentRefusal.of(invalid.code(), invalid.reason(), payer));
		}
		if (outcome instanceof Unavailable unavailable) {
			logger.warn("A payment could not be verified: " + unavailable.detail());
			settlement.release();
			return refuse(ReasonCode.FACILITATOR_UNAVAILABLE, payer);
		}
		String payerOfFacilitator = ((Valid) outcome).payer();
		if (payer != null && payerOfFacilitator != null && !payer.equalsIgnoreCase(payerOfFacilitator)) {
			settlement.release();
			logger.warn("A facilitator verified a payment for another payer");
			return refuse(ReasonCode.PAYMENT_REJECTED, payer);
		}
		settlement.advance(ClaimState.VERIFIED);
		VerifiedPayment payment = new VerifiedPayment(request.payload().version(), request.requirements(),
				(payer != null) ? payer : payerOfFacilitator, null);
		this.listener.onPaymentEvent(new PaymentEvent.Verified(terms, payment));
		return new Accepted(new PaymentExchange(settlement, terms, payment));
	}

	private VerificationOutcome ask(FacilitatorRequest request) {
		try {
			return Objects.requireNonNull(this.facilitator.verify(request), "No outcome");
		}
		catch (RuntimeException ex) {
			logger.error("Facilitator failed", FacilitatorException.withoutText(ex));
			return new Unavailable("the facilitator threw " + ex.getClass().getName());
		}
	}

	private PaymentDecision settle(PaymentTerms terms, FacilitatorRequest request, Settlement settlement) {
		VerifiedPayment payment = new VerifiedPayment(request.payload().version(), request.requirements(),
				payer(request.payload()), null);
		Settlement.Result result = settlement.settle(terms, payment);
		if (result.refusal() != null) {
			return new Refused(result.refusal());
		}
		return new Accepted(new PaymentExchange(settlement, terms,
				new VerifiedPayment(payment.version(), payment.requirements(), payment.payer(), result.receipt())));
	}

	private Instant expiry(FacilitatorRequest request) {
		Instant end = this.clock.instant().plusSeconds(request.requirements().maxTimeoutSeconds());
		EvmPayload payload = EvmPayload.from(request.payload().payload());
		if (payload != null && payload.validBefore().bitLength() < Long.SIZE - 32) {
			Instant validBefore = Instant.ofEpochSecond(payload.validBefore().longValueExact());
			end = validBefore.isAfter(end) ? validBefore : end;
		}
		return end.plus(this.settings.retention());
	}

	private static @Nullable String payer(PaymentPayload payload) {
		EvmPayload evm = EvmPayload.from(payload.payload());
		return (evm != null) ? evm.from() : null;
	}

	private static Refused refuse(ReasonCode reason, @Nullable String payer) {
		return new Refused(PaymentRefusal.of(reason, reason.code(), payer));
	}

	private static boolean pause() {
		try {
			Thread.sleep(POLL_MILLIS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
