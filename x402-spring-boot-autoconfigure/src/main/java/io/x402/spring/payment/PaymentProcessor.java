package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.payment.StoredContentCipher.Use;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PaymentIdentifier;
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

	private final Networks networks;

	private final PaymentListener listener;

	private final PaymentProcessorSettings settings;

	private final Clock clock;

	private final OfferMatcher matcher;

	private final SettlementServices services;

	private final EarlierPayments earlier;

	/**
	 * Create a processor.
	 * @param facilitator verifies and settles
	 * @param store remembers which authorization is used for which request
	 * @param networks the known networks
	 * @param checks checks to make before the facilitator is asked, in order
	 * @param listeners are told what happens, in order
	 * @param cipher protects what is kept beside claims
	 * @param settings limits
	 * @param clock the time
	 */
	public PaymentProcessor(Facilitator facilitator, PaymentStore store, Networks networks, List<PayloadCheck> checks,
			List<PaymentListener> listeners, StoredContentCipher cipher, PaymentProcessorSettings settings,
			Clock clock) {
		this.facilitator = facilitator;
		this.store = store;
		this.checks = List.copyOf(checks);
		this.listener = new PaymentListeners(listeners);
		this.settings = settings;
		this.clock = clock;
		this.networks = networks;
		this.matcher = new OfferMatcher(networks);
		this.services = new SettlementServices(new Settler(facilitator, store, new SettlementJudge(networks)),
				new StoredRequests(cipher), cipher, this.listener, settings);
		this.earlier = new EarlierPayments(store, networks, settings, clock);
	}

	/**
	 * Create what finds out how unknown settlements of this processor ended.
	 * @param probes look for settlements by themselves, in order
	 * @return the reconciler
	 */
	public SettlementReconciler reconciler(List<SettlementProbe> probes) {
		return new SettlementReconciler(this.services, probes, this.clock);
	}

	/**
	 * Take a payment for a request.
	 * @param terms what is asked for the request
	 * @param payload the payment it carries
	 * @param request what tells the request from others
	 * @return whether its handler may run
	 */
	public PaymentDecision process(PaymentTerms terms, PaymentPayload payload, RequestIdentity request) {
		try {
			PaymentDecision decision = decide(terms, payload, request);
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

	private PaymentDecision decide(PaymentTerms terms, PaymentPayload payload, RequestIdentity request) {
		ReasonCode objection = null;
		for (PaymentRequirements offer : this.matcher.match(terms.accepts(), payload)) {
			FacilitatorRequest question = new FacilitatorRequest(payload, offer, terms.resource());
			ReasonCode reason = check(question);
			if (reason == null) {
				return claim(new Attempt(terms, question, request, PayloadDigest.of(payload)));
			}
			objection = (objection != null) ? objection : reason;
		}
		return refuse(terms, payload, request, (objection != null) ? objection : ReasonCode.REQUIREMENTS_MISMATCH);
	}

	private @Nullable ReasonCode check(FacilitatorRequest question) {
		for (PayloadCheck check : this.checks) {
			ReasonCode reason = check.check(question);
			if (reason != null) {
				return reason;
			}
		}
		return null;
	}

	/**
	 * A payment that could not be taken now may have been taken before: prices change and
	 * authorizations expire, but what was paid for can still be collected.
	 */
	private PaymentDecision refuse(PaymentTerms terms, PaymentPayload payload, RequestIdentity request,
			ReasonCode objection) {
		Claim claim = this.earlier.find(terms, payload, request, objection);
		if (claim == null) {
			return refuse(objection,
					(objection != ReasonCode.REQUIREMENTS_MISMATCH) ? Authorization.of(payload).payer() : null);
		}
		PaymentRequirements paid = EarlierPayments.offer(claim);
		Attempt attempt = new Attempt(terms, new FacilitatorRequest(payload, paid, terms.resource()), request,
				claim.payload());
		PaymentDecision decision = repeat(attempt, claim);
		return (decision != null) ? decision : unfinished(attempt, claim);
	}

	private PaymentDecision claim(Attempt attempt) {
		ClaimKey key = ClaimKey.of(attempt.payload(), attempt.offer());
		if (key == null) {
			return refuse(ReasonCode.UNSUPPORTED_PAYLOAD, null);
		}
		long deadline = System.nanoTime() + this.settings.claimWait().toNanos();
		while (true) {
			Claim claim = this.store.claim(attempt.claim(key, expiry(attempt.question())));
			if (claim != null) {
				return identify(attempt, claim);
			}
			Claim existing = this.store.find(key);
			PaymentDecision decision = (existing != null) ? repeat(attempt, existing) : null;
			if (decision != null) {
				return decision;
			}
			if (System.nanoTime() - deadline > 0 || !pause()) {
				return unfinished(attempt, existing);
			}
		}
	}

	private static Refused unfinished(Attempt attempt, @Nullable Claim claim) {
		boolean unknown = claim != null && claim.state() == ClaimState.PENDING;
		return refuse(unknown ? ReasonCode.SETTLEMENT_PENDING : ReasonCode.PAYMENT_IN_PROGRESS, attempt.payer());
	}

	/**
	 * Decide about a payment that is claimed already.
	 * @return {@code null} if that may change soon
	 */
	private @Nullable PaymentDecision repeat(Attempt attempt, Claim claim) {
		if (!claim.fingerprint().equals(attempt.request().fingerprint())) {
			return refuse(ReasonCode.PAYMENT_ALREADY_BOUND, attempt.payer());
		}
		return switch (claim.state()) {
			case CLAIMED, VERIFIED, SETTLING, PENDING -> null;
			case EXECUTED -> claim.payload().equals(attempt.digest()) ? resume(attempt, claim)
					: refuse(ReasonCode.PAYMENT_ALREADY_BOUND, attempt.payer());
			case SETTLED -> claim.active() ? null : settledBefore(attempt, claim);
			case DECLINED -> alreadyEnded(ReasonCode.SETTLEMENT_DECLINED, attempt, claim);
			case ABANDONED -> claim.payload().equals(attempt.digest()) ? retry(attempt, claim)
					: refuse(ReasonCode.PAYMENT_ALREADY_BOUND, attempt.payer());
			case EXHAUSTED -> refuse(ReasonCode.PAYMENT_ABANDONED, attempt.payer());
		};
	}

	/**
	 * Run a handler that ran before without a charge.
	 * @return {@code null} if somebody else does
	 */
	private @Nullable PaymentDecision retry(Attempt attempt, Claim claim) {
		Claim retried;
		try {
			retried = this.store.advance(claim, ClaimChange.retrying());
		}
		catch (StaleClaimException ex) {
			return null;
		}
		return identify(attempt, retried);
	}

	private static Refused alreadyEnded(ReasonCode reason, Attempt attempt, Claim claim) {
		return new Refused(PaymentRefusal.of(reason, reason.code(), attempt.payer()).withReceipt(claim.receipt()));
	}

	/**
	 * Deliver again what was paid for: what was kept, or else another run of the handler.
	 * @return {@code null} if somebody else does
	 */
	private @Nullable PaymentDecision settledBefore(Attempt attempt, Claim claim) {
		if (!claim.deliverable() || !claim.payload().equals(attempt.digest())) {
			return alreadyEnded(ReasonCode.PAYMENT_ALREADY_USED, attempt, claim);
		}
		byte[] answer = this.store.answer(claim);
		if (answer != null && answer.length > 0) {
			byte[] opened = this.services.cipher().open(answer, claim, Use.ANSWER);
			this.store.redelivered(claim);
			return new Redelivered(exchange(attempt, claim), opened);
		}
		if ((answer != null && !attempt.request().safe()) || claim.attempts() >= this.settings.reruns()) {
			return alreadyEnded(ReasonCode.PAYMENT_ALREADY_USED, attempt, claim);
		}
		try {
			return new Accepted(exchange(attempt, this.store.advance(claim, ClaimChange.rerunning())));
		}
		catch (StaleClaimException ex) {
			return null;
		}
	}

	private PaymentExchange exchange(Attempt attempt, Claim claim) {
		return new PaymentExchange(
				new Settlement(this.services, attempt.question(), attempt.request().safe(), claim, null),
				attempt.terms(), payment(attempt, attempt.payer()).settled(claim.receipt()));
	}

	private VerifiedPayment payment(Attempt attempt, @Nullable String payer) {
		PaymentRequirements offer = attempt.offer();
		Network network = this.networks.byId(offer.network());
		return new VerifiedPayment(attempt.payload().version(), offer, payer, null,
				(network != null) ? network.assetAt(offer.asset()) : null);
	}

	/**
	 * Settle for a handler that has run before.
	 */
	private PaymentDecision resume(Attempt attempt, Claim claim) {
		byte[] answer = this.store.answer(claim);
		if (answer == null) {
			return unfinished(attempt, claim);
		}
		byte[] opened = this.services.cipher().open(answer, claim, Use.ANSWER);
		Settlement settlement = new Settlement(this.services, attempt.question(), attempt.request().safe(), claim,
				null);
		VerifiedPayment payment = payment(attempt, attempt.payer());
		Settlement.Result result = settlement.settle(attempt.terms(), payment, null);
		return (result.refusal() != null) ? new Refused(result.refusal())
				: new Redelivered(exchange(attempt, settlement.claim()), opened);
	}

	private PaymentDecision identify(Attempt attempt, Claim claim) {
		try {
			Claim identifier = (this.settings.identifiers() != PaymentIdentifiers.OFF) ? claimIdentifier(attempt, claim)
					: null;
			return verify(attempt,
					new Settlement(this.services, attempt.question(), attempt.request().safe(), claim, identifier));
		}
		catch (InvalidPaymentException ex) {
			new Settlement(this.services, attempt.question(), attempt.request().safe(), claim, null)
				.release(ex.reason().code());
			return refuse(ex.reason(), attempt.payer());
		}
	}

	/**
	 * Bind an identifier to this payment. It is bound as firmly as a payment whose
	 * settlement has begun, because the payment may be settled when this process dies.
	 */
	private @Nullable Claim claimIdentifier(Attempt attempt, Claim claim) {
		String identifier = PaymentIdentifier.of(attempt.payload());
		if (identifier == null && this.settings.identifiers() == PaymentIdentifiers.REQUIRED) {
			throw new InvalidPaymentException(ReasonCode.PAYMENT_IDENTIFIER_REQUIRED, "No payment identifier");
		}
		if (identifier == null) {
			return null;
		}
		ClaimKey key = ClaimKey.ofIdentifier(identifier, attempt.request().route(), attempt.payer());
		Claim taken = this.store.claim(new NewClaim(key, attempt.digest(), attempt.digest(), claim.expiresAt(), null));
		if (taken != null) {
			return this.store.advance(taken, ClaimChange.settling(null, null));
		}
		Claim other = this.store.find(key);
		if (other == null || !other.fingerprint().equals(attempt.digest())) {
			throw new InvalidPaymentException(ReasonCode.PAYMENT_IDENTIFIER_CONFLICT, "Another payment");
		}
		return other;
	}

	private PaymentDecision verify(Attempt attempt, Settlement settlement) {
		try {
			return (PaymentFlow.of(attempt.offer()) == PaymentFlow.UPFRONT) ? settle(attempt, settlement)
					: authorize(attempt, settlement);
		}
		catch (RuntimeException | Error ex) {
			settlement.release("failed");
			throw ex;
		}
	}

	private PaymentDecision authorize(Attempt attempt, Settlement settlement) {
		VerificationOutcome outcome = ask(attempt.question());
		String payer = attempt.payer();
		if (outcome instanceof Invalid invalid) {
			settlement.release(invalid.code().code());
			return new Refused(PaymentRefusal.of(invalid.code(), invalid.reason(), payer));
		}
		if (outcome instanceof Unavailable unavailable) {
			logger.warn("A payment could not be verified: " + unavailable.detail());
			settlement.release(ReasonCode.FACILITATOR_UNAVAILABLE.code());
			return refuse(ReasonCode.FACILITATOR_UNAVAILABLE, payer);
		}
		String payerOfFacilitator = ((Valid) outcome).payer();
		if (payer != null && payerOfFacilitator != null && !payer.equalsIgnoreCase(payerOfFacilitator)) {
			settlement.release(ReasonCode.PAYMENT_REJECTED.code());
			logger.warn("A facilitator verified a payment for another payer");
			return refuse(ReasonCode.PAYMENT_REJECTED, payer);
		}
		settlement.advance(ClaimChange.verified());
		VerifiedPayment payment = payment(attempt, (payer != null) ? payer : payerOfFacilitator);
		this.listener.onPaymentEvent(new PaymentEvent.Verified(attempt.terms(), payment));
		return new Accepted(new PaymentExchange(settlement, attempt.terms(), payment));
	}

	private VerificationOutcome ask(FacilitatorRequest question) {
		try {
			return Objects.requireNonNull(this.facilitator.verify(question), "No outcome");
		}
		catch (RuntimeException ex) {
			logger.error("Facilitator failed", FacilitatorException.withoutText(ex));
			return new Unavailable("the facilitator threw " + ex.getClass().getName());
		}
	}

	private PaymentDecision settle(Attempt attempt, Settlement settlement) {
		VerifiedPayment payment = payment(attempt, attempt.payer());
		Settlement.Result result = settlement.settle(attempt.terms(), payment, null);
		if (result.refusal() != null) {
			return new Refused(result.refusal());
		}
		return new Accepted(new PaymentExchange(settlement, attempt.terms(), payment.settled(result.receipt())));
	}

	/**
	 * The end of the authorization or of redelivery, whatever comes later, and some time
	 * more. Stores keep milliseconds.
	 */
	private Instant expiry(FacilitatorRequest question) {
		Instant end = this.clock.instant().plusSeconds(question.requirements().maxTimeoutSeconds());
		Instant signed = Authorization.of(question.payload()).end();
		end = (signed != null && signed.isAfter(end)) ? signed : end;
		return end.plus(this.settings.redeliveryWindow())
			.plus(this.settings.retention())
			.truncatedTo(ChronoUnit.MILLIS);
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

	/**
	 * One request with one payment for one offer.
	 *
	 * @param terms what is asked for the request
	 * @param question what a facilitator is asked about it
	 * @param request what tells the request from others
	 * @param digest digest of the payment
	 */
	private record Attempt(PaymentTerms terms, FacilitatorRequest question, RequestIdentity request, String digest) {

		PaymentPayload payload() {
			return this.question.payload();
		}

		PaymentRequirements offer() {
			return this.question.requirements();
		}

		@Nullable String payer() {
			return Authorization.of(payload()).payer();
		}

		NewClaim claim(ClaimKey key, Instant expiresAt) {
			return new NewClaim(key, this.request.fingerprint(), this.digest, expiresAt,
					new Purchase(UUID.randomUUID().toString(), this.request.route(), offer().scheme(), offer().amount(),
							offer().payTo(), payer()));
		}

	}

}
