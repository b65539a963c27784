/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

import io.x402.spring.PaymentFlow;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.ReceiptJudge;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.ClaimWaits.Awaited;
import io.x402.spring.payment.EarlierPayments.SignedToken;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentProcessorSettings.Verification;
import io.x402.spring.payment.RateLimits.Kind;
import io.x402.spring.payment.VerificationGuard.Source;
import io.x402.spring.payment.Verifications.Obstacle;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PayloadDigest;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.StaleClaimException;
import io.x402.spring.time.Deadline;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * Takes a payment from the wire to a handler that may run: match, check, claim, verify
 * and, in flow {@link PaymentFlow#UPFRONT}, settle. Knows no transport. Safe for
 * concurrent use.
 *
 * @since 0.1.0
 */
public final class PaymentProcessor {

	private static final Log logger = LogFactory.getLog(PaymentProcessor.class);

	private final PaymentStore store;

	private final List<PayloadCheck> checks;

	private final Networks networks;

	private final PaymentListener listener;

	private final PaymentProcessorSettings settings;

	private final Clock clock;

	private final OfferMatcher matcher;

	private final SettlementServices services;

	private final EarlierPayments earlier;

	private final ClaimWaits waits;

	private final ClaimHandles handles;

	private final StoreContact contact;

	private final TakeOvers takeOvers;

	private final IdentifierClaims identifiers;

	private final RepeatedPayments repeated;

	private final ClaimedPayments claimed;

	private final VerificationGuard guard;

	private final PayerProofs proofs;

	private final PayerScreenings screenings;

	private final RateLimits limits;

	private final Verifications verifications;

	private PaymentProcessor(Builder builder) {
		this.store = builder.store;
		this.networks = builder.networks;
		this.checks = builder.checks;
		this.settings = builder.settings;
		this.clock = builder.clock;
		this.limits = builder.limits;
		this.guard = new VerificationGuard(this.settings.budget(), builder.facilitator.maxConcurrentVerifications(),
				this.settings.clock());
		this.verifications = new Verifications(builder.facilitator, this.settings.verification(), this.guard,
				this.limits, builder.executor);
		this.listener = new PaymentListeners(
				Stream.concat(builder.listeners.stream(), this.verifications.listeners().stream()).toList());
		this.matcher = new OfferMatcher(this.networks);
		this.identifiers = new IdentifierClaims(this.store, this.settings.identifiers());
		this.services = new SettlementServices(
				new Settler(builder.facilitator, this.store, new ReceiptJudge(this.networks)),
				new StoredRequests(builder.cipher), builder.cipher, this.identifiers, this.listener, this.settings);
		this.earlier = new EarlierPayments(this.store, this.networks);
		this.waits = new ClaimWaits(this.store, this.settings.waits().perPayment(), this.settings.waits().all());
		this.handles = new ClaimHandles(this.store, this.waits::ended);
		this.contact = new StoreContact(this.store, this.settings.clock());
		this.takeOvers = new TakeOvers(this.handles, this.contact);
		this.repeated = new RepeatedPayments(this.services, this.handles, this.takeOvers, this.networks);
		this.proofs = new PayerProofs(this.checks, Runtime.getRuntime().availableProcessors());
		this.screenings = new PayerScreenings(builder.screenings);
		this.claimed = new ClaimedPayments(this.verifications, this.screenings, this.repeated, this.listener,
				this.settings.verifyUpfront());
	}

	/**
	 * Start to build a processor. What is not set is as {@link Builder} has it.
	 * @param facilitator verifies and settles
	 * @param store remembers which authorization is used for which request
	 * @param networks the known networks
	 * @param settings limits
	 * @param clock the time
	 * @return the builder
	 */
	public static Builder builder(Facilitator facilitator, PaymentStore store, Networks networks,
			PaymentProcessorSettings settings, Clock clock) {
		return new Builder(facilitator, store, networks, settings, clock);
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
	 * Create what a person does about unknown settlements of this processor.
	 * @param probes look for settlements by themselves, in order
	 * @param settleTimeout longest time of a settle call
	 * @return the hands
	 * @since 0.2.0
	 */
	public ManualReconciliation byHand(List<SettlementProbe> probes, Duration settleTimeout) {
		return new ManualReconciliation(this.services, reconciler(probes), settleTimeout);
	}

	/**
	 * Keep the claims that requests of this processor are working on, and record outcomes
	 * that could not be recorded before. To be called at least three times within a lease
	 * of the store.
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public void maintain() {
		this.handles.renew();
		this.contact.check();
		this.services.settler().recordUnrecorded();
	}

	/**
	 * Return how many requests are working on a claim.
	 * @return the number of claims whose leases are renewed
	 */
	public int activeClaims() {
		return this.handles.size();
	}

	/**
	 * Take a payment for a request.
	 * @param offers offers for the request
	 * @param payload the payment it carries
	 * @param request what tells the request from others
	 * @return whether its handler may run
	 */
	public PaymentDecision process(PaymentOffers offers, PaymentPayload payload, RequestIdentity request) {
		return process(offers, payload, request, SalePreparation.none());
	}

	/**
	 * Take a payment for a request that buys more than its response.
	 * @param offers offers for the request
	 * @param payload the payment it carries
	 * @param request what tells the request from others
	 * @param preparation makes ready what is sold, before the money moves
	 * @return whether its handler may run
	 * @since 0.2.0
	 */
	public PaymentDecision process(PaymentOffers offers, PaymentPayload payload, RequestIdentity request,
			SalePreparation preparation) {
		try {
			PaymentDecision decision = limited(decide(offers, payload, request, preparation), request);
			if (decision instanceof Refused refused) {
				refused(offers, refused.refusal().reason());
			}
			return decision;
		}
		catch (PaymentStoreException ex) {
			logger.error(
					"A payment was refused because its claim or what it buys cannot be recorded: " + ex.getMessage());
			refused(offers, ReasonCode.STORE_UNAVAILABLE);
			return refuse(ReasonCode.STORE_UNAVAILABLE, null);
		}
	}

	/**
	 * Return what clients can cause at most.
	 * @return the limits
	 * @since 0.2.0
	 */
	public RateLimits limits() {
		return this.limits;
	}

	private PaymentDecision limited(PaymentDecision decision, RequestIdentity request) {
		boolean invalid = decision instanceof Refused refused && isInvalid(refused.refusal());
		return (invalid && !this.limits.take(Kind.INVALID, request.client())) ? new Refused(this.limits.refusal(null))
				: decision;
	}

	private static boolean isInvalid(PaymentRefusal refusal) {
		ReasonCode reason = refusal.reason();
		return reason.status() < 409 && reason.charged() == ReasonCode.Charged.NO && refusal.receipt() == null
				&& reason != ReasonCode.PAYMENT_ABANDONED;
	}

	/**
	 * Return whether a payment has been settled before, so that to process it charges
	 * nothing.
	 * @param offers offers for the request that carries it
	 * @param payload the payment
	 * @return {@code false} also if the claims cannot be read
	 */
	public boolean isSettled(PaymentOffers offers, PaymentPayload payload) {
		try {
			return this.matcher.match(offers.accepts(), payload)
				.stream()
				.map((offer) -> new FacilitatorRequest(payload, offer, offers.resource()))
				.filter((request) -> request.signed().hasOneKey() && mayBeSettled(request))
				.map((request) -> this.store.find(request.authorizationKey()))
				.anyMatch((claim) -> claim != null && claim.state() == ClaimState.SETTLED);
		}
		catch (PaymentStoreException ex) {
			return false;
		}
	}

	/**
	 * What was settled may be over meanwhile.
	 */
	private boolean mayBeSettled(FacilitatorRequest request) {
		ReasonCode objection = check(request);
		return objection == null
				|| (EarlierPayments.isOutdated(objection) && this.proofs.source(request, null).proved());
	}

	/**
	 * Tell listeners that a request is refused without looking at a payment.
	 * @param offers offers for the request
	 * @param reason why it is refused
	 */
	public void refused(PaymentOffers offers, ReasonCode reason) {
		this.listener.onPaymentEvent(new PaymentEvent.Refused(offers, reason));
	}

	private PaymentDecision decide(PaymentOffers offers, PaymentPayload payload, RequestIdentity request,
			SalePreparation preparation) {
		PaymentRefusal objection = null;
		for (PaymentRequirements offer : this.matcher.match(offers.accepts(), payload)) {
			FacilitatorRequest question = new FacilitatorRequest(payload, offer, offers.resource(), offers.declared());
			ReasonCode reason = check(question);
			if (reason == null) {
				return claim(new Attempt(offers, question, request, PayloadDigest.of(payload),
						origin(question, request), preparation));
			}
			objection = (objection != null) ? objection : PaymentRefusal.of(reason, question.payer());
		}
		return refuse(offers, payload, request, preparation,
				(objection != null) ? objection : PaymentRefusal.of(ReasonCode.REQUIREMENTS_MISMATCH));
	}

	private SingletonSupplier<Source> origin(FacilitatorRequest question, RequestIdentity request) {
		return SingletonSupplier.of(() -> this.proofs.source(question, request.client()));
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
	private PaymentDecision refuse(PaymentOffers offers, PaymentPayload payload, RequestIdentity request,
			SalePreparation preparation, PaymentRefusal objection) {
		List<SignedToken> sought = this.earlier.sought(offers, payload, objection.reason());
		if (sought.isEmpty()) {
			return new Refused(objection);
		}
		Source source = source(offers, payload, sought, request.client());
		if (!source.proved() && !this.guard.allows(source)) {
			// It may have been charged, so that no one may be told to sign a new one
			return refuse(ReasonCode.VERIFICATION_LIMIT, source.payer());
		}
		Claim claim = this.earlier.find(sought, payload);
		if (claim == null) {
			if (!source.proved()) {
				this.guard.found(source, false);
			}
			return new Refused(objection);
		}
		PaymentRequirements paid = EarlierPayments.offer(claim, offers);
		FacilitatorRequest question = new FacilitatorRequest(payload, paid, offers.resource());
		Attempt attempt = new Attempt(offers, question, request, claim.payload(), origin(question, request),
				preparation);
		if (claim.holder() == Claim.Holder.LAPSED && mayBeGivenUp(claim, request)) {
			return this.repeated.giveUp(attempt, claim) ? new Refused(objection)
					: refuse(ReasonCode.PAYMENT_IN_PROGRESS, attempt.payer());
		}
		PaymentDecision decision = repeat(attempt, claim);
		return (decision != null) ? decision : unfinished(attempt, claim.state());
	}

	/**
	 * As long as a payment is valid, another request may have it only if no handler ran.
	 */
	private static boolean mayBeGivenUp(Claim claim, RequestIdentity request) {
		return hasNotSettled(claim) && (claim.isFreeOnceLapsed() || claim.fingerprint().equals(request.fingerprint()));
	}

	private static boolean hasNotSettled(Claim claim) {
		return switch (claim.state()) {
			case CLAIMED, VERIFIED, ABANDONED -> true;
			case SETTLING, PENDING, SETTLED, EXECUTED, DECLINED, EXHAUSTED, BOUND -> false;
		};
	}

	/**
	 * Offers of one token are signed for alike, so that one of them is compared.
	 */
	private Source source(PaymentOffers offers, PaymentPayload payload, List<SignedToken> sought,
			@Nullable String client) {
		Source source = new Source("", sought.get(0).signed().payer(), false, client);
		for (PaymentRequirements offer : EarlierPayments.offers(offers, sought)) {
			source = this.proofs.source(new FacilitatorRequest(payload, offer, offers.resource()), client);
			if (source.proved()) {
				return source;
			}
		}
		return source;
	}

	private PaymentDecision claim(Attempt attempt) {
		if (!attempt.question().signed().hasOneKey()) {
			return refuse(ReasonCode.UNSUPPORTED_PAYLOAD, null);
		}
		AuthorizationKey key = attempt.question().authorizationKey();
		Deadline deadline = Deadline.by(this.settings.clock(), this.settings.claimWait());
		Claim existing = this.takeOvers.areLeftToStore(key) ? null : this.store.find(key);
		do {
			Obstacle obstacle = (existing == null) ? obstacle(attempt) : null;
			if (obstacle != null) {
				// What was paid for can be collected
				existing = this.store.find(key);
				if (existing == null) {
					return refuse(obstacle);
				}
			}
			Claim claim = (existing == null) ? take(attempt, key) : null;
			if (claim != null) {
				return identify(attempt, this.handles.hold(claim));
			}
			Claim seen = (existing != null) ? existing : this.store.find(key);
			boolean held = this.handles.isOpen(key);
			PaymentDecision decision = (seen != null) ? repeat(attempt, seen) : null;
			if (decision != null) {
				return decision;
			}
			Awaited awaited = (seen != null) ? await(seen, held, deadline) : new Awaited(null, false);
			if (awaited.inVain()) {
				return unfinished(attempt, (seen != null) ? seen.state() : ClaimState.CLAIMED);
			}
			existing = awaited.claim();
		}
		while (!deadline.hasPassed());
		return unfinished(attempt, (existing != null) ? existing.state() : ClaimState.CLAIMED);
	}

	/**
	 * A refusal without a claim costs the store one look instead of two steps, and
	 * without a question to the guard no look at the signature.
	 * @return why the payment cannot be verified now or is not taken of this payer, or
	 * {@code null} if nothing is known against it
	 */
	private @Nullable Obstacle obstacle(Attempt attempt) {
		Obstacle obstacle = this.verifications.obstacle(attempt, !this.claimed.isSettledFirst(attempt));
		if (obstacle != null || this.screenings.isEmpty()) {
			return obstacle;
		}
		// Anybody can name any payer, and must not learn what is found out about it
		ReasonCode objection = attempt.source().proved() ? this.screenings.objection(attempt.payer(), attempt.offer())
				: null;
		return (objection != null) ? new Obstacle(PaymentRefusal.of(objection, attempt.payer()), null) : null;
	}

	private static Refused refuse(Obstacle obstacle) {
		if (obstacle.detail() != null) {
			logger.warn("A payment could not be verified: " + obstacle.detail());
		}
		return new Refused(obstacle.refusal());
	}

	private @Nullable Claim take(Attempt attempt, AuthorizationKey key) {
		return this.handles.isOpen(key) ? null : this.store.claim(attempt.claim(key, expiry(attempt.question())));
	}

	private Awaited await(Claim seen, boolean held, Deadline deadline) {
		return this.waits.await(seen, () -> held && !this.handles.isOpen(seen.key()), deadline.remaining());
	}

	private static Refused unfinished(Attempt attempt, ClaimState state) {
		return refuse((state == ClaimState.PENDING) ? ReasonCode.SETTLEMENT_PENDING : ReasonCode.PAYMENT_IN_PROGRESS,
				attempt.payer());
	}

	/**
	 * Decide about a payment that is claimed already.
	 * @return {@code null} if that may change soon, or has changed
	 */
	private @Nullable PaymentDecision repeat(Attempt attempt, Claim claim) {
		if (!claim.fingerprint().equals(attempt.request().fingerprint())) {
			return refuse(ReasonCode.PAYMENT_ALREADY_BOUND, attempt.payer());
		}
		if (mayStillSettle(claim) && attempt.isSamePayment(claim) && attempt.payer() != null) {
			// The payer may have been listed since
			ReasonCode objection = this.screenings.objection(attempt.payer(), attempt.offer());
			if (objection != null) {
				return refuse(objection, attempt.payer());
			}
		}
		return switch (claim.state()) {
			case CLAIMED, VERIFIED, SETTLING -> null;
			case PENDING -> unfinished(attempt, claim.state());
			case EXECUTED -> attempt.isSamePayment(claim) ? this.repeated.resume(attempt, claim)
					: refuse(ReasonCode.PAYMENT_ALREADY_BOUND, attempt.payer());
			case SETTLED -> claim.active() ? null : this.repeated.deliver(attempt, claim);
			case DECLINED -> RepeatedPayments.alreadyEnded(
					(claim.receipt() != null) ? ReasonCode.SETTLEMENT_DECLINED : ReasonCode.PAYMENT_REJECTED, attempt,
					claim);
			case ABANDONED -> attempt.isSamePayment(claim) ? retry(attempt, claim)
					: refuse(ReasonCode.PAYMENT_ALREADY_BOUND, attempt.payer());
			case EXHAUSTED, BOUND -> refuse(ReasonCode.PAYMENT_ABANDONED, attempt.payer());
		};
	}

	/**
	 * Return whether this request, and no other one, may settle the payment of a claim.
	 */
	private static boolean mayStillSettle(Claim claim) {
		return claim.state() == ClaimState.EXECUTED || claim.state() == ClaimState.ABANDONED;
	}

	/**
	 * Run a handler that ran before without a charge.
	 * @return {@code null} if another request does
	 */
	private @Nullable PaymentDecision retry(Attempt attempt, Claim claim) {
		if (!this.takeOvers.isAllowed(claim)) {
			return null;
		}
		ClaimHandle handle;
		try {
			handle = this.handles.take(claim, ClaimChange.retrying());
		}
		catch (StaleClaimException ex) {
			return null;
		}
		return identify(attempt, handle);
	}

	private PaymentDecision identify(Attempt attempt, ClaimHandle handle) {
		Claim identifier;
		try {
			identifier = this.identifiers.bind(attempt, handle.claim());
		}
		catch (InvalidPaymentException ex) {
			this.repeated.settlement(attempt, handle, null).release(ex.reason().code());
			return refuse(ex.reason(), attempt.payer());
		}
		catch (RuntimeException | Error ex) {
			this.repeated.settlement(attempt, handle, null).release("failed");
			throw ex;
		}
		return this.claimed.decide(attempt, this.repeated.settlement(attempt, handle, identifier));
	}

	/**
	 * The end of the authorization or of redelivery, whatever comes later, and some time
	 * more. Stores keep milliseconds.
	 */
	private Instant expiry(FacilitatorRequest question) {
		Instant end = this.clock.instant().plusSeconds(question.requirements().maxTimeoutSeconds());
		Instant signed = question.signed().expiresAt();
		end = (signed != null && signed.isAfter(end)) ? signed : end;
		return end.plus(this.settings.redeliveryWindow())
			.plus(this.settings.retention())
			.truncatedTo(ChronoUnit.MILLIS);
	}

	private static Refused refuse(ReasonCode reason, @Nullable String payer) {
		return new Refused(PaymentRefusal.of(reason, payer));
	}

	/**
	 * Builds a processor. By default it makes no local checks, screens no payers, has no
	 * listeners and encrypts nothing.
	 */
	public static final class Builder {

		private final Facilitator facilitator;

		private final PaymentStore store;

		private final Networks networks;

		private final PaymentProcessorSettings settings;

		private final Clock clock;

		private List<PayloadCheck> checks = List.of();

		private List<PaymentListener> listeners = List.of();

		private StoredContentCipher cipher = StoredContentCipher.none();

		private List<PayerScreening> screenings = List.of();

		private RateLimits limits = RateLimits.none();

		private Executor executor = Runnable::run;

		Builder(Facilitator facilitator, PaymentStore store, Networks networks, PaymentProcessorSettings settings,
				Clock clock) {
			this.facilitator = facilitator;
			this.store = store;
			this.networks = networks;
			this.settings = settings;
			this.clock = clock;
		}

		/**
		 * Set the checks to make before the facilitator is called.
		 * @param checks the checks, in order
		 * @return this builder
		 */
		public Builder checks(List<? extends PayloadCheck> checks) {
			this.checks = List.copyOf(checks);
			return this;
		}

		/**
		 * Set the listeners.
		 * @param listeners the listeners, in order
		 * @return this builder
		 */
		public Builder listeners(List<PaymentListener> listeners) {
			this.listeners = List.copyOf(listeners);
			return this;
		}

		/**
		 * Set the screenings of payers, all of which must accept a payer.
		 * @param screenings the screenings, in order
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder screenings(List<PayerScreening> screenings) {
			this.screenings = List.copyOf(screenings);
			return this;
		}

		/**
		 * Set what clients can cause at most.
		 * @param limits the limits; none unless set
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder limits(RateLimits limits) {
			this.limits = limits;
			return this;
		}

		/**
		 * Set what runs verifications beside handlers ({@link Verification#PARALLEL}).
		 * @param executor runs each of them at once, or rejects it; unless set, handlers
		 * run after verifications
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder executor(Executor executor) {
			this.executor = executor;
			return this;
		}

		/**
		 * Set what protects the content that is stored beside claims.
		 * @param cipher encrypts and decrypts
		 * @return this builder
		 */
		public Builder cipher(StoredContentCipher cipher) {
			this.cipher = cipher;
			return this;
		}

		/**
		 * Build the processor.
		 * @return the processor
		 */
		public PaymentProcessor build() {
			return new PaymentProcessor(this);
		}

	}

}
