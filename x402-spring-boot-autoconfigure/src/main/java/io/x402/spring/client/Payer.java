/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.x402.spring.evm.PaymentSigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.InMemorySpendingStore;
import io.x402.spring.store.Spending;
import io.x402.spring.store.SpendingLimit;
import io.x402.spring.store.SpendingStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Decides whether a request is paid, and signs. Whatever is unexpected is not paid. What
 * is signed counts in the budgets from before it is signed, and stays counted unless it
 * certainly never left. A request is never paid twice: as long as a payment for it is
 * alive, it is sent again instead of another one. For a while after that it is sent
 * first, and another one is signed only if the seller asks for it.
 *
 * @since 0.1.0
 */
public final class Payer {

	/** How long a chain may lag behind the clock by which a payment ends. */
	private static final Duration CHAIN_LAG = Duration.ofSeconds(30);

	private static final int MAX_OPEN_PAYMENTS = 10_000;

	private static final int MAX_RENEWED = 5;

	private static final Log logger = LogFactory.getLog(Payer.class);

	private final OpenPayments open;

	private final PaymentWriter writer;

	private final PaymentSigner signer;

	private final SpendingPolicy policy;

	private final SpendingStore spendings;

	private final PaymentApproval approval;

	private final PurchaseListeners listeners;

	private final PaymentClock clock;

	private final Duration maxValidity;

	private final Duration redeliveryWindow;

	private final GatewayDeposits deposits;

	private final ChallengeReader challenges;

	private final OfferSelector offers;

	private final Renewals renewals;

	private final @Nullable SellerSignIn signIn;

	private final @Nullable MachineChallenges machineChallenges;

	private Payer(Builder builder) {
		this.signer = builder.signer;
		this.policy = builder.policy;
		this.spendings = builder.spendings;
		this.approval = builder.approval;
		this.listeners = new PurchaseListeners(builder.listeners);
		this.clock = builder.clock;
		PayerSettings settings = builder.settings();
		this.maxValidity = settings.maxValidity();
		this.redeliveryWindow = settings.redeliveryWindow();
		this.open = new OpenPayments(new KeptPayments(MAX_OPEN_PAYMENTS, this.clock), this.spendings, this.listeners,
				settings, this.clock);
		SellerJson json = new SellerJson();
		this.writer = new PaymentWriter(json);
		this.challenges = new ChallengeReader(json, settings.versions());
		this.deposits = builder.deposits;
		this.offers = new OfferSelector(builder.networks, this.policy, this.deposits);
		this.signIn = (builder.signIn != null) ? new SellerSignIn(builder.signIn, this.policy.offers().networks(), json)
				: null;
		this.machineChallenges = builder.machinePayments ? new MachineChallenges(json, this.clock) : null;
		this.renewals = new Renewals(json, this.challenges, this.machineChallenges);
		warnOfUnusedRecipients(this.policy.sellers().unusedRecipients());
	}

	private static void warnOfUnusedRecipients(List<String> hosts) {
		if (!hosts.isEmpty()) {
			logger.warn("The recipient of " + String.join(", ", hosts)
					+ " is known and never compared, because the host is not one that may be paid."
					+ " Write it as in x402.client.sellers.allowed-hosts, and in brackets if it has a port.");
		}
	}

	/**
	 * Start to build a payer. What is not said is as {@link Builder} has it.
	 * @param signer signs payments
	 * @param policy what may be spent
	 * @param clock the time, by which the validity of payments is written
	 * @return the builder
	 */
	public static Builder builder(PaymentSigner signer, SpendingPolicy policy, Clock clock) {
		return new Builder(signer, policy, PaymentClock.of(clock));
	}

	static Builder builder(PaymentSigner signer, SpendingPolicy policy, PaymentClock clock) {
		return new Builder(signer, policy, clock);
	}

	ChallengeReader challenges() {
		return this.challenges;
	}

	Renewals renewals() {
		return this.renewals;
	}

	/**
	 * Return why a seller is not paid, whatever it asks for.
	 * @param seller address of the seller
	 * @return the reason, or {@code null} if it may be paid
	 */
	@Nullable RefusalReason objection(URI seller) {
		return this.policy.sellers().check(seller);
	}

	/**
	 * Return what would be paid to a seller, whatever is left of the budgets.
	 * @param seller address of the seller
	 * @param document a challenge of it
	 * @return the terms
	 * @throws PaymentRefusedException if the policy does not allow it
	 */
	PurchaseTerms quote(URI seller, byte[] document) {
		Challenge challenge = this.challenges.readDocument(document);
		if (challenge == null) {
			throw new PaymentRefusedException(RefusalReason.UNREADABLE_CHALLENGE, null, null);
		}
		PurchaseTerms terms = this.offers.select(challenge).terms();
		RefusalReason refusal = objection(seller);
		if (refusal != null) {
			throw new PaymentRefusedException(refusal, terms, null);
		}
		return terms;
	}

	/**
	 * Take the payment of an earlier request that was the same, if its outcome is not
	 * known and its content may still come.
	 * @param request the request
	 * @param renewed the payment that the call sent before and the seller asked to
	 * replace, or {@code null} if there is none
	 * @return the attempts to send it, or {@code null} if there is none, or if the call
	 * has sent enough of them
	 */
	@Nullable PaymentAttempts resume(PurchaseRequest request, @Nullable PaymentAttempts renewed) {
		List<SignedPayment> sent = (renewed != null) ? renewed.renewed() : List.of();
		SignedPayment payment = (sent.size() < MAX_RENEWED) ? this.open.take(request.fingerprint(), sent) : null;
		if (payment == null) {
			return null;
		}
		this.listeners.onPurchaseEvent(new PurchaseEvent.Resumed(payment.purchase()));
		return new PaymentAttempts(this.open, payment, true, renewed);
	}

	/**
	 * Return whether it signs in where a seller asks for it.
	 * @return {@code true} if {@link #signIn} is worth a try
	 */
	boolean signsIn() {
		return this.signIn != null;
	}

	/**
	 * Sign in for a request, before it is paid.
	 * @param request the request
	 * @param headers headers of the 402 response
	 * @return value of the request header, or {@code null} if the payer does not sign in,
	 * the seller does not ask for it or may not be paid, or the request cannot be sent
	 * again
	 */
	@Nullable String signIn(PurchaseRequest request, HttpHeaders headers) {
		if (this.signIn == null || !request.repeatable() || objection(request.uri()) != null) {
			return null;
		}
		try {
			Challenge challenge = this.challenges.readHeader(headers);
			return (challenge != null) ? this.signIn.sign(challenge, request.uri()) : null;
		}
		catch (PaymentRefusedException ex) {
			return null;
		}
	}

	/**
	 * Pay for a request.
	 * @param request the request
	 * @param headers headers of the 402 response
	 * @param body body of the 402 response, as far as it is read
	 * @param renewed the payment that has expired and that the seller asks to replace, or
	 * {@code null} if there is none; it is forgotten when the new one is handed over
	 * @return the attempts to send the payment, or {@code null} if the response does not
	 * ask for one
	 * @throws PaymentRefusedException if the policy does not allow it
	 */
	@Nullable PaymentAttempts pay(PurchaseRequest request, HttpHeaders headers, byte[] body, @Nullable PaymentAttempts renewed) {
		return pay(request, () -> offer(headers, body), renewed);
	}

	/**
	 * Pay for a call of a tool.
	 * @param request the call
	 * @param documents what the seller sent instead of a result, the first that can be
	 * paid counts
	 * @param renewed the payment that has expired and that the seller asks to replace, or
	 * {@code null} if there is none; it is forgotten when the new one is handed over
	 * @return the attempts to send the payment, or {@code null} if no document asks for
	 * one
	 * @throws PaymentRefusedException if the policy does not allow it
	 */
	@Nullable PaymentAttempts pay(PurchaseRequest request, List<byte[]> documents, @Nullable PaymentAttempts renewed) {
		return pay(request, () -> offer(documents), renewed);
	}

	private @Nullable PaymentAttempts pay(PurchaseRequest request, Supplier<@Nullable PayableOffer> offers,
			@Nullable PaymentAttempts renewed) {
		try {
			PayableOffer offer = offers.get();
			return (offer != null) ? pay(request, offer, renewed) : null;
		}
		catch (PaymentRefusedException ex) {
			refused(request, ex);
			throw ex;
		}
	}

	/**
	 * The header goes before the body, which is read if nothing in the header can be
	 * paid, and the Machine Payments Protocol comes last.
	 */
	private @Nullable PayableOffer offer(HttpHeaders headers, byte[] body) {
		PaymentRefusedException refusal = null;
		try {
			Challenge challenge = this.challenges.readHeader(headers);
			if (challenge != null) {
				return this.offers.select(challenge);
			}
		}
		catch (PaymentRefusedException ex) {
			refusal = ex;
		}
		for (Challenge challenge : furtherChallenges(headers, body)) {
			try {
				return this.offers.select(challenge, refusal);
			}
			catch (PaymentRefusedException ex) {
				refusal = ex;
			}
		}
		if (refusal != null) {
			throw refusal;
		}
		return null;
	}

	private List<Challenge> furtherChallenges(HttpHeaders headers, byte[] body) {
		Challenge legacy = this.challenges.readBody(headers, body);
		Challenge machine = (this.machineChallenges != null) ? this.machineChallenges.read(headers) : null;
		return Stream.of(legacy, machine).filter(Objects::nonNull).toList();
	}

	private @Nullable PayableOffer offer(List<byte[]> documents) {
		PaymentRefusedException refusal = null;
		for (byte[] document : documents) {
			Challenge challenge = this.challenges.readDocument(document);
			try {
				if (challenge != null) {
					return this.offers.select(challenge, refusal);
				}
			}
			catch (PaymentRefusedException ex) {
				refusal = ex;
			}
		}
		if (refusal != null) {
			throw refusal;
		}
		return null;
	}

	private void refused(PurchaseRequest request, PaymentRefusedException refusal) {
		this.listeners.onPurchaseEvent(new PurchaseEvent.Refused(request.method(), request.resource(), refusal));
	}

	private PaymentAttempts pay(PurchaseRequest request, PayableOffer offer, @Nullable PaymentAttempts renewed) {
		PurchaseTerms terms = offer.terms();
		RefusalReason refusal = objection(request.uri());
		if (refusal != null) {
			throw new PaymentRefusedException(refusal, terms, null);
		}
		if (!request.repeatable()) {
			throw new PaymentRefusedException(RefusalReason.BODY_NOT_REPEATABLE, terms, null);
		}
		Purchase purchase = new Purchase(UUID.randomUUID().toString(), request.method(), request.resource(), terms,
				offer.challenge().description(), 0, 0, null);
		if (!this.open.reserve()) {
			throw new PaymentRefusedException(RefusalReason.TOO_MANY_OPEN_PAYMENTS, terms, null);
		}
		SignedPayment payment = signed(request, offer, purchase);
		this.listeners.onPurchaseEvent(new PurchaseEvent.Signed(purchase));
		return new PaymentAttempts(this.open, payment, false, renewed);
	}

	private SignedPayment signed(PurchaseRequest request, PayableOffer offer, Purchase purchase) {
		Spending spending = null;
		try {
			spending = reserve(request, offer);
			requireApproval(purchase, offer);
			requireRecipient(request, offer);
			SignedPayment payment = sign(request, offer, spending, purchase);
			this.open.add(payment);
			return payment;
		}
		catch (RuntimeException | Error ex) {
			this.open.unreserve(spending);
			throw ex;
		}
	}

	private Spending reserve(PurchaseRequest request, PayableOffer offer) {
		Spending spending = Spending.of(this.signer.address(), request.authority(), offer.price(), this.clock.now());
		SpendingLimit broken = ask(offer, () -> this.spendings.reserve(spending, this.policy.limits()));
		if (broken != null) {
			throw new PaymentRefusedException(RefusalReason.BUDGET_EXCEEDED, offer.terms(), broken.toString());
		}
		return spending;
	}

	private void requireApproval(Purchase purchase, PayableOffer offer) {
		if (this.policy.needsApproval(offer.price()) && !this.approval.approve(purchase)) {
			throw new PaymentRefusedException(RefusalReason.NOT_APPROVED, offer.terms(),
					this.policy.approveAbove() + " without approval");
		}
	}

	private void requireRecipient(PurchaseRequest request, PayableOffer offer) {
		String payTo = offer.toSign().payTo();
		String pinned = recipient(request, offer);
		if (pinned != null && !pinned.equalsIgnoreCase(payTo)) {
			throw new PaymentRefusedException(RefusalReason.RECIPIENT_CHANGED, offer.terms(),
					"that " + request.authority() + " is paid on " + pinned);
		}
	}

	private @Nullable String recipient(PurchaseRequest request, PayableOffer offer) {
		SpendingPolicy.Sellers sellers = this.policy.sellers();
		String known = sellers.recipient(request.uri());
		if (known != null || !sellers.pinRecipients()) {
			return known;
		}
		return ask(offer, () -> this.spendings.pin(this.signer.address(), request.authority(), offer.network().id(),
				offer.toSign().payTo().toLowerCase(Locale.ROOT)));
	}

	/**
	 * Nothing is paid unless the store responds.
	 */
	private <T extends @Nullable Object> T ask(PayableOffer offer, Supplier<T> question) {
		try {
			return question.get();
		}
		catch (RuntimeException ex) {
			logger.error("Nothing is paid, because the budgets cannot be asked", ex);
			throw new PaymentRefusedException(RefusalReason.BUDGET_NOT_AVAILABLE, offer.terms(), null);
		}
	}

	private SignedPayment sign(PurchaseRequest request, PayableOffer offer, Spending spending, Purchase purchase) {
		Duration maxValidity = offer.isThroughGateway() ? this.deposits.maxValidity() : this.maxValidity;
		Instant validBefore = this.clock.now()
			.plus(min(Duration.ofSeconds(offer.toSign().maxTimeoutSeconds()), maxValidity));
		Instant end = validBefore.plus(CHAIN_LAG);
		try {
			Map<String, Object> payload = sign(offer, validBefore);
			return new SignedPayment(request.fingerprint(), offer.paymentHeader(), this.writer.write(offer, payload),
					this.clock.end(end), this.clock.end(end.plus(this.redeliveryWindow)), spending, purchase);
		}
		catch (RuntimeException ex) {
			logger.error("A payment could not be signed: " + ex.getClass().getName());
			throw new PaymentRefusedException(RefusalReason.SIGNING_FAILED, offer.terms(), null);
		}
	}

	private Map<String, Object> sign(PayableOffer offer, Instant validBefore) {
		if (!offer.challenge().machine()) {
			return this.signer.sign(offer.toSign(), validBefore);
		}
		Map<String, String> challenge = MachineChallenges.parameters(offer.announced());
		return this.signer.signBound(offer.toSign(), validBefore, challenge.get("id") + challenge.get("realm"));
	}

	private static Duration min(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	/**
	 * Builds a {@link Payer}.
	 */
	public static final class Builder {

		private final PaymentSigner signer;

		private final SpendingPolicy policy;

		private final PaymentClock clock;

		private Networks networks = Networks.load();

		private SpendingStore spendings = new InMemorySpendingStore();

		private PaymentApproval approval = (purchase) -> false;

		private List<PurchaseListener> listeners = List.of();

		private @Nullable Signer signIn;

		private boolean machinePayments;

		private GatewayDeposits deposits = GatewayDeposits.none();

		private Set<ProtocolVersion> versions = Set.of(ProtocolVersion.values());

		private Duration maxValidity = Duration.ofMinutes(10);

		private Duration redeliveryWindow = Duration.ofMinutes(15);

		private int maxAttempts = 3;

		private Duration retryWait = Duration.ofMillis(500);

		private Duration maxRetryWait = Duration.ofSeconds(10);

		private Builder(PaymentSigner signer, SpendingPolicy policy, PaymentClock clock) {
			this.signer = signer;
			this.policy = policy;
			this.clock = clock;
		}

		/**
		 * Set the networks and tokens that can be paid with.
		 * @param networks the networks; those that come with the library unless set
		 * @return this builder
		 */
		public Builder networks(Networks networks) {
			this.networks = networks;
			return this;
		}

		/**
		 * Set what keeps account of budgets and recipients.
		 * @param spendings the store; one in memory unless set
		 * @return this builder
		 */
		public Builder spendings(SpendingStore spendings) {
			this.spendings = spendings;
			return this;
		}

		/**
		 * Set what is asked about payments above {@link SpendingPolicy#approveAbove()}.
		 * @param approval approves payments; none is approved unless set
		 * @return this builder
		 */
		public Builder approval(PaymentApproval approval) {
			this.approval = approval;
			return this;
		}

		/**
		 * Set what is told what happens.
		 * @param listeners the listeners, in order; none unless set
		 * @return this builder
		 */
		public Builder listeners(List<PurchaseListener> listeners) {
			this.listeners = List.copyOf(listeners);
			return this;
		}

		/**
		 * Sign in where a seller asks for it, before anything is paid.
		 * @param signer signs with the key of the account that pays; the payer does not
		 * sign in unless set
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder signIn(Signer signer) {
			this.signIn = signer;
			return this;
		}

		/**
		 * Set whether sellers are paid that speak only the Machine Payments Protocol.
		 * @param machinePayments whether they are; not unless set
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder machinePayments(boolean machinePayments) {
			this.machinePayments = machinePayments;
			return this;
		}

		/**
		 * Pay offers of Circle Gateway from deposits there. Their payments are valid for
		 * days, during which the seller can take the money. Only offers in the USDC that
		 * ships with the library are taken, because deposits are USDC and what is signed
		 * names no token.
		 * @param contracts contracts that hold deposits, by CAIP-2 identifier of their
		 * network; no other contract is signed for, and none unless set
		 * @param maxValidity most time for which such a payment is valid, whatever the
		 * seller asks for
		 * @param preferred whether such an offer is taken before offers of the token
		 * @return this builder
		 * @throws IllegalArgumentException if no USDC is known on a network
		 * @since 0.2.0
		 */
		public Builder gatewayDeposits(Map<String, String> contracts, Duration maxValidity, boolean preferred) {
			this.deposits = new GatewayDeposits(contracts, maxValidity, preferred);
			return this;
		}

		/**
		 * Set the versions of the protocol.
		 * @param versions what the payer speaks; all unless set
		 * @return this builder
		 */
		public Builder versions(Set<ProtocolVersion> versions) {
			this.versions = Set.copyOf(versions);
			return this;
		}

		/**
		 * Set for how long payments are valid.
		 * @param maxValidity most time for which a payment is valid, whatever the seller
		 * asks for; ten minutes unless set
		 * @return this builder
		 */
		public Builder maxValidity(Duration maxValidity) {
			this.maxValidity = maxValidity;
			return this;
		}

		/**
		 * Set for how long payments that have expired are still sent.
		 * @param redeliveryWindow time after its end for which a payment is sent with the
		 * same request, to collect what it may have paid for; 15 minutes unless set
		 * @return this builder
		 */
		public Builder redeliveryWindow(Duration redeliveryWindow) {
			this.redeliveryWindow = redeliveryWindow;
			return this;
		}

		/**
		 * Set how often a payment is sent again.
		 * @param maxAttempts how often one payment is sent for one call, at most; three
		 * times unless set
		 * @param wait time before it is sent again, if the seller does not say; half a
		 * second unless set
		 * @param maxWait most time before it is sent again, whatever the seller says; ten
		 * seconds unless set
		 * @return this builder
		 */
		public Builder attempts(int maxAttempts, Duration wait, Duration maxWait) {
			this.maxAttempts = maxAttempts;
			this.retryWait = wait;
			this.maxRetryWait = maxWait;
			return this;
		}

		private PayerSettings settings() {
			return new PayerSettings(this.versions, this.maxValidity, this.redeliveryWindow, this.maxAttempts,
					this.retryWait, this.maxRetryWait);
		}

		/**
		 * Build the payer.
		 * @return the payer
		 */
		public Payer build() {
			return new Payer(this);
		}

	}

}
