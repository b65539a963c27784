/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import javax.sql.DataSource;

import io.x402.spring.fixture.MovingClock;
import io.x402.spring.payment.Abandonment;
import io.x402.spring.payment.ManualReconciliation;
import io.x402.spring.payment.PaymentDecision;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentProcessorSettings.Verification;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.payment.model.Work.Reply;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentIdentifier;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ReasonCode.Charged;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.Sale;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances, a store, a facilitator and a chain, and what must be true whatever
 * happens to them.
 */
final class World {

	/** Payments that a greedy buyer has signed and sends everywhere. */
	static final int PAYMENTS = 5;

	/** Stands for the payment that the honest buyer is about to send. */
	static final int HONEST = PAYMENTS;

	static final int INSTANCES = 2;

	/** A request that must not be carried out twice without need. */
	static final String UNSAFE = "unsafe";

	/** Longer than all that a sequence waits. */
	static final Duration VALIDITY = Duration.ofHours(2);

	static final Duration LEASE = Duration.ofSeconds(60);

	/** What is charged where less than the price may be. */
	private static final BigInteger CHARGED = BigInteger.valueOf(4);

	private static final ManualReconciliation.Statement STATEMENT = new ManualReconciliation.Statement("a person",
			"looked at the chain");

	private static final String IDENTIFIER = "an-identifier-of-both";

	private static final PaymentRequirements OFFER = offer("exact", Map.of());

	private static final PaymentRequirements UPFRONT_OFFER = offer("exact", Map.of("paymentFlow", "upfront"));

	private static final PaymentRequirements UPTO_OFFER = offer("upto", Map.of());

	/** As buyers repeat them. */
	private static final Map<PaymentRequirements, Map<String, Object>> ACCEPTED = Map.of(OFFER, json(OFFER),
			UPFRONT_OFFER, json(UPFRONT_OFFER), UPTO_OFFER, json(UPTO_OFFER));

	private static final int PATIENCE = 5000;

	private final SharedStore shared;

	private final Chain chain = new Chain();

	private final ModelFacilitator facilitator = new ModelFacilitator(this);

	private final MovingClock clock;

	private final long validBefore;

	private final List<Truth> payments = new ArrayList<>();

	private final Map<String, Truth> byNonce = new HashMap<>();

	private final HonestBuyer honest = new HonestBuyer(() -> sign(PAYMENTS + 10 + this.payments.size()));

	private final Instance[] instances = new Instance[INSTANCES];

	private final List<Work> works = new ArrayList<>();

	private @Nullable Throwable failure;

	private boolean closed;

	/** Steps that a store takes late. */
	private final Queue<Runnable> late = new ConcurrentLinkedQueue<>();

	static World inMemory() {
		MovingClock clock = MovingClock.standing();
		return new World(new SharedMemory(clock), clock);
	}

	static World in(DataSource database) {
		MovingClock clock = MovingClock.running();
		return new World(new SharedDatabase(clock, database), clock);
	}

	private World(SharedStore shared, MovingClock clock) {
		this.shared = shared;
		this.clock = clock;
		this.validBefore = clock.instant().plus(VALIDITY).getEpochSecond();
		for (int i = 0; i < PAYMENTS; i++) {
			sign(i);
		}
		for (int i = 0; i < INSTANCES; i++) {
			this.instances[i] = instance(i);
		}
	}

	// What buyers sign

	/**
	 * Payments 1 and 3 are of one payer and have one identifier, payment 2 is settled
	 * upfront, and of payment 4 less than the price may be charged.
	 */
	private Truth sign(int number) {
		PaymentRequirements offer = offer(number);
		int account = (number == 3) ? 1 : number;
		String payer = "0x" + "0".repeat(36) + Integer.toHexString(account + 0xabc0);
		if (number == 3) {
			payer = "0x" + payer.substring(2).toUpperCase(Locale.ROOT);
		}
		Map<String, Object> extensions = (number == 1 || number == 3)
				? Map.of(PaymentIdentifier.KEY, Map.of("info", Map.of("id", IDENTIFIER))) : Map.of();
		EvmPayload signed = signed(number, payer, offer);
		PaymentPayload payload = new PaymentPayload.V2(2, null, ACCEPTED.get(offer), signed.toMap(), extensions);
		AuthorizationKey key = new AuthorizationKey(offer.network(), offer.asset().toLowerCase(Locale.ROOT),
				payer.toLowerCase(Locale.ROOT), signed.nonce());
		Truth payment = new Truth(payload, offer, key, payer);
		this.payments.add(payment);
		this.byNonce.put(payment.nonce, payment);
		return payment;
	}

	private EvmPayload signed(int number, String payer, PaymentRequirements offer) {
		String signature = "0x" + "00".repeat(65);
		BigInteger end = BigInteger.valueOf(this.validBefore);
		return isUpto(offer)
				? new EvmPayload.Permit2(signature, payer, offer.asset(), offer.amount(), EvmPayload.Permit2.UPTO_PROXY,
						"100000000000000" + number, end, offer.payTo(), BigInteger.ZERO, null)
				: new EvmPayload.Eip3009(signature, payer, offer.payTo(), offer.amount(), BigInteger.ZERO, end,
						"0x" + "0".repeat(60) + Integer.toHexString(number + 0x1011));
	}

	private static PaymentRequirements offer(int number) {
		return switch (number) {
			case 2 -> UPFRONT_OFFER;
			case 4 -> UPTO_OFFER;
			default -> OFFER;
		};
	}

	private static PaymentRequirements offer(String scheme, Map<String, Object> extra) {
		return new PaymentRequirements(scheme, "eip155:84532", BigInteger.TEN,
				"0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60, extra);
	}

	private static boolean isUpto(PaymentRequirements offer) {
		return offer.scheme().equals("upto");
	}

	private static boolean isUpfront(Truth payment) {
		return payment.offer.extra().containsKey("paymentFlow");
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> json(PaymentRequirements offer) {
		PaymentCodec codec = new PaymentCodec();
		return codec.read(codec.write(offer), Map.class);
	}

	/**
	 * Instances that verify in different ways share one truth.
	 */
	private Instance instance(int number) {
		return new Instance(this.shared.store(), this.facilitator, this.clock, this,
				(number % 2 == 0) ? Verification.FACILITATOR : Verification.LOCAL);
	}

	Chain chain() {
		return this.chain;
	}

	List<LedgerEvent> events() {
		return this.shared.booked().stream().map(LedgerEntry::event).toList();
	}

	int deliveries(int payment) {
		return this.payments.get(payment).deliveries;
	}

	// What happens

	void pay(Action.Pay action, boolean atOnce) {
		Truth payment;
		String request;
		if (action.payment() < PAYMENTS) {
			payment = this.payments.get(action.payment());
			request = action.request();
		}
		else if (this.works.stream().anyMatch((work) -> isHonest(work) && !work.gone)) {
			return;
		}
		else {
			payment = this.honest.next();
			request = HonestBuyer.REQUEST;
		}
		Work work = new Work(this.instances[action.instance()], action.conduct(), action.fault(), payment, request,
				action.handling());
		begin(work, () -> serve(work), atOnce);
	}

	private boolean isHonest(Work work) {
		return work.payment != null && work.payment == this.honest.current();
	}

	void goOn(int which, int steps) {
		if (!this.works.isEmpty()) {
			Strand strand = this.works.get(which % this.works.size()).strand;
			for (int i = 0; i < steps && strand != null; i++) {
				strand.resume();
			}
		}
		tidyUp();
	}

	void timeOut(Action.TimeOut action) {
		List<Work> open = this.works.stream().filter((work) -> work.exchange != null && !work.gone).toList();
		if (open.isEmpty()) {
			return;
		}
		Work ended = open.get(action.which() % open.size());
		PaymentExchange exchange = ended.exchange;
		ended.gone = true;
		Work work = Work.of(ended.instance, ended.conduct, action.fault());
		begin(work, () -> {
			if (exchange != null) {
				exchange.abandon(Abandonment.SELLER_FAILURE);
			}
			ended.hurt |= work.hurt;
		}, !action.slowly());
	}

	void kill(int number) {
		this.instances[number].store().kill();
		tidyUp();
	}

	void stall(int number) {
		this.works.stream()
			.filter((work) -> work.instance == this.instances[number])
			.forEach((work) -> work.doubtful = true);
		passWithout(LEASE.plusSeconds(1), this.instances[number]);
	}

	void outage(Action.Outage action) {
		this.instances[action.instance()].store().setOut(action.out());
	}

	void reconcile(Action.Reconcile action) {
		Work work = Work.of(this.instances[action.instance()], action.conduct(), action.fault());
		begin(work, work.instance::reconcile, !action.slowly());
	}

	void decide(Action.Decide action) {
		Truth payment = (action.payment() < PAYMENTS) ? this.payments.get(action.payment()) : this.honest.current();
		String sale = (payment != null) ? sale(payment) : null;
		if (payment == null || sale == null) {
			return;
		}
		Work work = Work.of(this.instances[action.instance()], action.conduct(), action.fault());
		begin(work, () -> {
			try {
				ManualReconciliation.Result result = decide(work.instance, payment, sale, action.byHand());
				if (action.byHand() == Action.ByHand.DISMISS && result == ManualReconciliation.Result.NOT_SETTLED) {
					check(() -> assertThat(this.chain.isRefused(payment.nonce))
						.as("dismissed while the authorization was valid")
						.isTrue());
				}
			}
			catch (PaymentStoreException ex) {
				// The person is told
			}
		}, !action.slowly());
	}

	private ManualReconciliation.Result decide(Instance instance, Truth payment, String sale, Action.ByHand byHand) {
		return switch (byHand) {
			case RECONCILE -> instance.byHand().reconcile(sale);
			case CONFIRM -> instance.byHand().confirm(sale, transaction(payment), STATEMENT);
			case CONFIRM_WITH_ANOTHER ->
				instance.byHand().confirm(sale, String.valueOf(transactionOfAnother(payment.nonce)), STATEMENT);
			case DISMISS -> instance.byHand().dismiss(sale, STATEMENT);
		};
	}

	private String transaction(Truth payment) {
		return this.chain.isSettled(payment.nonce) ? this.chain.settle(payment.nonce) : "0xnone";
	}

	/**
	 * Return the last sale that is booked about a payment.
	 */
	private @Nullable String sale(Truth payment) {
		return this.shared.booked()
			.stream()
			.filter((entry) -> payment.payer.equals(entry.payer()))
			.reduce((first, second) -> second)
			.map(LedgerEntry::sale)
			.orElse(null);
	}

	void pass(Duration time) {
		passWithout(time, null);
	}

	private void passWithout(Duration time, @Nullable Instance stalled) {
		Duration step = LEASE.dividedBy(3);
		for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(step)) {
			this.shared.pass((left.compareTo(step) < 0) ? left : step);
			for (Instance instance : this.instances) {
				if (instance != stalled) {
					Work work = Work.of(instance, Conduct.SILENT, null);
					begin(work, instance::maintain, true);
				}
			}
		}
		this.works.stream().filter((work) -> work.instance.store().isOut()).forEach((work) -> work.doubtful = true);
	}

	/**
	 * Run something in this thread if nobody else could hold a lock that it needs.
	 */
	private void begin(Work work, Runnable task, boolean atOnce) {
		if (atOnce && this.works.isEmpty()) {
			work.run(task);
		}
		else {
			work.strand = Strand.of(() -> work.run(task));
			this.works.add(work);
			work.strand.resume();
			if (atOnce) {
				finish(work.strand);
			}
		}
		if (work.isOver()) {
			learn(work);
		}
		tidyUp();
	}

	private void finish(Strand strand) {
		for (int i = 0; !strand.isEnded(); i++) {
			assertThat(i).as("steps of one thread").isLessThan(PATIENCE);
			strand.resume();
			if (strand.isBlocked()) {
				this.works.stream()
					.map((work) -> work.strand)
					.filter((other) -> other != null && other != strand)
					.forEach(Strand::resume);
			}
		}
	}

	private void learn(Work work) {
		if (isHonest(work) && !work.gone && !work.instance.store().isDead()) {
			this.honest.learn(work.reply);
		}
	}

	/**
	 * Take a step after the action that gave it up.
	 */
	void later(Runnable step) {
		this.late.add(step);
	}

	private void takeLateSteps() {
		for (Runnable step = this.late.poll(); step != null; step = this.late.poll()) {
			try {
				step.run();
			}
			catch (PaymentStoreException ex) {
				// As its caller was told
			}
		}
	}

	private void tidyUp() {
		takeLateSteps();
		for (int i = 0; i < this.instances.length; i++) {
			Instance dead = this.instances[i];
			if (dead.store().isDead()) {
				this.instances[i] = instance(i);
				List.copyOf(this.works)
					.stream()
					.filter((work) -> work.instance == dead && work.strand != null)
					.forEach((work) -> finish(work.strand));
			}
		}
		for (Work work : List.copyOf(this.works)) {
			if (work.isOver()) {
				this.works.remove(work);
				learn(work);
			}
		}
		if (this.failure != null) {
			throw new AssertionError(this.failure.getMessage(), this.failure);
		}
	}

	/**
	 * Remember a failure, which the engine might swallow.
	 */
	void failed(Throwable failure) {
		this.failure = (this.failure != null) ? this.failure : failure;
	}

	private void check(Runnable assertions) {
		try {
			assertions.run();
		}
		catch (AssertionError ex) {
			failed(ex);
			throw ex;
		}
	}

	/**
	 * Let every thread come to its end.
	 */
	void finishAll() {
		for (Instance instance : this.instances) {
			instance.store().setOut(false);
		}
		while (!this.works.isEmpty()) {
			for (Work work : List.copyOf(this.works)) {
				if (work.strand != null) {
					finish(work.strand);
				}
			}
			tidyUp();
		}
	}

	/**
	 * Leave no thread behind.
	 */
	void abandon() {
		try {
			for (Instance instance : this.instances) {
				instance.store().kill();
			}
			for (Work work : this.works) {
				work.instance.store().kill();
				if (work.strand != null) {
					finish(work.strand);
				}
			}
		}
		catch (AssertionError ex) {
			// Another one has failed before
		}
	}

	// What a web layer does

	private void serve(Work work) {
		PaymentExchange exchange = process(work);
		if (exchange == null) {
			return;
		}
		work.exchange = exchange;
		Strand.pause();
		try {
			respond(work, exchange);
		}
		catch (IllegalStateException ex) {
			if (!work.gone) {
				failed(ex);
			}
		}
	}

	private static PaymentDecision decide(Work work, Truth payment, PaymentPayload payload, RequestIdentity request) {
		PaymentOffers offers = new PaymentOffers(new ResourceInfo("https://shop.test/goods", null, null),
				List.of(payment.offer));
		return work.instance.processor().process(offers, payload, request);
	}

	private @Nullable PaymentExchange process(Work work) {
		Truth payment = paymentOf(work);
		payment.finallyRefused = false;
		PaymentDecision decision = decide(work, payment, payment.payload,
				new RequestIdentity("GET /goods", work.request, !work.request.equals(UNSAFE)));
		if (decision instanceof Refused refused) {
			check(() -> refused(work, refused.refusal()));
			return null;
		}
		if (decision instanceof Redelivered redelivered) {
			redelivered.record().run();
			check(() -> redelivered(work, redelivered.response()));
			return null;
		}
		PaymentExchange exchange = ((Accepted) decision).exchange();
		check(() -> started(work, exchange));
		return exchange;
	}

	private void respond(Work work, PaymentExchange exchange) {
		Handling handling = work.handling;
		if (isUpto(exchange.payment().requirements())) {
			exchange.payment().chargeAtomic(CHARGED);
		}
		if (handling.isAhead() && isRefused(work, exchange.settleAhead())) {
			return;
		}
		Strand.pause();
		if (!handling.isAnswered()) {
			fail(work, exchange);
			return;
		}
		byte[] response = paymentOf(work).make(work.request);
		if (handling == Handling.AHEAD_NOT_KEPT && !work.gone) {
			paymentOf(work).released = true;
			exchange.delivering();
		}
		PaymentRefusal refusal = exchange
			.complete(handling.isKept() ? ResponseRecord.stored(response) : ResponseRecord.notStored());
		if (!isRefused(work, refusal) && !work.gone) {
			check(() -> delivered(work));
		}
	}

	private void fail(Work work, PaymentExchange exchange) {
		boolean certain = !work.gone;
		work.gone = true;
		if (work.handling == Handling.AHEAD_CUT_OFF && exchange.receipt() != null) {
			paymentOf(work).released = true;
			exchange.delivering();
		}
		boolean free = exchange.receipt() == null;
		Abandonment abandonment = switch (work.handling) {
			case NOT_RUN -> Abandonment.NOT_RUN;
			case UNSATISFIABLE -> Abandonment.BUYER_CAUSED;
			default -> Abandonment.SELLER_FAILURE;
		};
		exchange.abandon(abandonment);
		if (free && certain && !work.hurt && !work.doubtful && abandonment != Abandonment.NOT_RUN) {
			paymentOf(work).freeRuns++;
			paymentOf(work).exhausted |= abandonment == Abandonment.BUYER_CAUSED && work.request.equals(UNSAFE);
		}
	}

	private boolean isRefused(Work work, @Nullable PaymentRefusal refusal) {
		if (refusal != null) {
			check(() -> refused(work, refusal));
		}
		return refusal != null;
	}

	private static Truth paymentOf(Work work) {
		if (work.payment == null) {
			throw new IllegalStateException("Not a request");
		}
		return work.payment;
	}

	// What must be true

	/**
	 * A step was recorded.
	 */
	void advanced(Claim claim, ClaimChange change) {
		Truth payment = this.byNonce.get(claim.key().nonce());
		if (payment == null) {
			check(() -> assertThat(claim.active()).as("claim of an identifier that has to be renewed").isFalse());
			return;
		}
		if (change.response().isReleased()) {
			payment.stored = change.response().toBytes();
		}
		else if (change.forgetsResponse()) {
			payment.stored = null;
		}
		Work work = Work.currentOrNull();
		check(() -> assertThat(claim.active() && work != null && work.payment == null)
			.as("a claim that becomes active without a request")
			.isFalse());
		if (change.next() == ClaimState.DECLINED) {
			check(() -> assertThat(this.chain.isOpen(payment.nonce)).as("declined, so it is not charged").isTrue());
		}
	}

	void verified(String nonce) {
		check(() -> assertThat(truth(nonce).asked && !Work.current().doubtful)
			.as("verified again although settlement was asked for")
			.isFalse());
	}

	/**
	 * A thread has made up its mind to ask the facilitator, and may stand still before it
	 * does.
	 */
	void calling(Work work) {
		work.calling = this.clock.instant();
	}

	/**
	 * A reconciler that stood still for longer than its claim was held for asks about
	 * what others may have settled.
	 */
	private boolean isTooLate(Work work) {
		return work.payment == null && work.calling != null
				&& this.clock.instant().isAfter(work.calling.plus(Instance.SETTLE_TIMEOUT));
	}

	/**
	 * A request that has lost its lease while it settled may learn that it has settled,
	 * and record it, after a reconciler has taken its claim and before that one asks.
	 */
	private boolean isOvertaken(Work work, Truth payment) {
		return work.payment == null
				&& this.works.stream().anyMatch((other) -> other.payment == payment && other.doubtful);
	}

	void asked(String nonce, BigInteger amount, boolean arrives) {
		check(() -> {
			Truth payment = truth(nonce);
			assertThat(amount).as("amount that is charged for " + payment)
				.isEqualTo(isUpto(payment.offer) ? CHARGED : payment.offer.amount());
			asked(payment, arrives);
		});
	}

	private void asked(Truth payment, boolean arrives) {
		Work work = Work.current();
		Claim claim = claim(payment);
		if (!work.doubtful && !isTooLate(work) && !isOvertaken(work, payment)) {
			assertThat(claim).as("claim of a payment that is settled").isNotNull();
			assertThat(claim.state()).as("state while it is settled").isIn(ClaimState.SETTLING, ClaimState.PENDING);
			if (arrives && payment.request == null) {
				payment.request = claim.fingerprint();
			}
			assertThat(claim.fingerprint()).as("request that is settled for")
				.isEqualTo(arrives ? payment.request : claim.fingerprint());
		}
		else if (arrives && payment.request == null) {
			payment.request = (work.payment == null && claim != null) ? claim.fingerprint() : work.request;
		}
		payment.asked |= arrives;
	}

	private void started(Work work, PaymentExchange exchange) {
		Truth payment = paymentOf(work);
		assertThat(this.closed).as("a handler runs although its payment is over").isFalse();
		assertThat(payment.isStored() && exchange.receipt() != null)
			.as("a response is stored when the handler runs again")
			.isFalse();
		if (payment.asked) {
			assertThat(this.chain.isSettled(payment.nonce)).as("handler runs while settlement is unknown").isTrue();
			assertThat(payment.request).isEqualTo(work.request);
			assertThat(exchange.receipt()).as("receipt of a settled payment").isNotNull();
		}
		if (exchange.receipt() != null) {
			payment.reruns++;
			assertThat(payment.reruns).as("runs for a settled payment")
				.isLessThanOrEqualTo(Instance.RERUNS + (isUpfront(payment) ? 1 : 0));
		}
		else {
			assertThat(payment.freeRuns).as("runs without a charge").isLessThan(Instance.UNCHARGED_RUNS);
			assertThat(payment.exhausted).as("ran without a charge by the buyer's own doing").isFalse();
		}
		assertThat(this.works).as("others that run a handler for the same payment")
			.noneMatch((other) -> other != work && other.payment == payment && other.exchange != null && !other.isOver()
					&& !other.doubtful && !other.hurt && !other.gone && !other.instance.store().isDead());
	}

	private void redelivered(Work work, byte[] response) {
		Truth payment = paymentOf(work);
		assertThat(payment.isMade(response)).as("a response of a handler for this payment").isTrue();
		assertThat(Arrays.equals(response, payment.stored)).as("the response that is stored").isTrue();
		delivered(work);
	}

	private void delivered(Work work) {
		Truth payment = paymentOf(work);
		assertThat(this.closed).as("delivered although its time is over").isFalse();
		assertThat(this.chain.isSettled(payment.nonce)).as("delivered and settled").isTrue();
		assertThat(payment.request).as("request that was paid for").isEqualTo(work.request);
		if (!work.gone) {
			payment.deliveries++;
			payment.released = true;
			work.reply = Reply.DELIVERED;
		}
	}

	private void refused(Work work, PaymentRefusal refusal) {
		Truth payment = paymentOf(work);
		ReasonCode reason = refusal.reason();
		if (reason.charged() == Charged.YES) {
			assertThat(this.chain.isSettled(payment.nonce)).as("told that it is charged: " + reason).isTrue();
		}
		if (reason.charged() == Charged.NO) {
			assertThat(work.moved).as("told that this request charged nothing: " + reason).isFalse();
			assertThat(refusal.receipt() == null || !refusal.receipt().success()).isTrue();
		}
		if (reason.charged() == Charged.NO && !reason.retryable() && !this.closed) {
			assertThat(this.chain.isOpen(payment.nonce)).as("told that nothing is charged: " + reason).isTrue();
			assertThat(isLeftToReconciler(claim(payment)))
				.as("told that nothing is charged although it can still be settled: " + reason)
				.isFalse();
		}
		work.reply = reply(reason);
	}

	private static boolean isLeftToReconciler(@Nullable Claim claim) {
		return claim != null && (claim.state() == ClaimState.PENDING || claim.state() == ClaimState.SETTLING);
	}

	private static Reply reply(ReasonCode reason) {
		if (reason.retryable() || reason.charged() == Charged.UNKNOWN) {
			return Reply.REPEAT;
		}
		return (reason.charged() == Charged.YES) ? Reply.USED : Reply.FINALLY_REFUSED;
	}

	/**
	 * The ledger is consistent with itself and with the chain.
	 */
	void audit() {
		Map<String, List<LedgerEvent>> sales = new HashMap<>();
		Map<String, String> payers = new HashMap<>();
		for (LedgerEntry entry : this.shared.booked()) {
			sales.computeIfAbsent(entry.sale(), (sale) -> new ArrayList<>()).add(entry.event());
			payers.put(entry.sale(), String.valueOf(entry.payer()));
		}
		sales.forEach((sale, events) -> audit(payer(payers.get(sale)), events));
		for (Truth payment : this.payments) {
			assertThat(settlements(payment, sales, payers)).as("sales that one authorization settled")
				.isLessThanOrEqualTo(1);
		}
	}

	/**
	 * The ledger says what the chain says.
	 */
	private void balance() {
		Map<String, List<LedgerEvent>> sales = new HashMap<>();
		Map<String, String> payers = new HashMap<>();
		for (LedgerEntry entry : this.shared.booked()) {
			sales.computeIfAbsent(entry.sale(), (sale) -> new ArrayList<>()).add(entry.event());
			payers.put(entry.sale(), String.valueOf(entry.payer()));
		}
		for (Truth payment : this.payments) {
			assertThat(settlements(payment, sales, payers)).as("settlements in the ledger of %s", payment)
				.isEqualTo(this.chain.isSettled(payment.nonce) ? 1 : 0);
		}
	}

	private static long settlements(Truth payment, Map<String, List<LedgerEvent>> sales, Map<String, String> payers) {
		return sales.entrySet()
			.stream()
			.filter((sale) -> payment.payer.equals(payers.get(sale.getKey())))
			.filter((sale) -> sale.getValue().contains(LedgerEvent.SETTLED))
			.count();
	}

	private void audit(Truth payment, List<LedgerEvent> events) {
		assertThat(events).startsWith(LedgerEvent.VERIFIED);
		assertThat(events)
			.filteredOn((event) -> event == LedgerEvent.SETTLED || event == LedgerEvent.DECLINED
					|| event == LedgerEvent.RELEASED)
			.as("ends of one purchase in " + events)
			.hasSizeLessThanOrEqualTo(1);
		if (events.contains(LedgerEvent.SETTLED)) {
			assertThat(this.chain.isSettled(payment.nonce)).as("booked as settled").isTrue();
		}
		if (events.contains(LedgerEvent.DECLINED)) {
			assertThat(this.chain.isRefused(payment.nonce)).as("booked as declined").isTrue();
		}
		if (events.contains(LedgerEvent.REDELIVERED)) {
			assertThat(events).contains(LedgerEvent.SETTLED);
			assertThat(events.indexOf(LedgerEvent.REDELIVERED)).isGreaterThan(events.indexOf(LedgerEvent.SETTLED));
		}
	}

	/**
	 * Everything is well again, and some time has passed: nobody holds a claim any more,
	 * and what can be known is known.
	 */
	void settleDown() {
		this.chain.mine();
		for (int i = 0; i < 3; i++) {
			for (int instance = 0; instance < INSTANCES; instance++) {
				reconcile(new Action.Reconcile(instance, Conduct.TRUTHFUL, false, null));
			}
			pass(LEASE.plusSeconds(1));
		}
		for (Truth payment : this.payments) {
			Claim claim = claim(payment);
			assertThat(claim == null || !claim.active())
				.as("claim that is active although no request works on it: %s", claim)
				.isTrue();
		}
		for (int i = 0; i < 4; i++) {
			pass(Duration.ofMinutes(5));
			reconcile(new Action.Reconcile(i % INSTANCES, Conduct.TRUTHFUL, false, null));
		}
		for (Truth payment : this.payments) {
			Claim claim = claim(payment);
			ClaimState state = (claim != null) ? claim.state() : null;
			assertThat(state).as("state of a claim that nobody works on").isNotEqualTo(ClaimState.SETTLING);
			assertThat(state == ClaimState.PENDING && !this.chain.isRefused(payment.nonce))
				.as("pending although it can be known: %s", payment)
				.isFalse();
			if (this.chain.isSettled(payment.nonce)) {
				assertThat(state).as("state of " + payment + ", which is settled on chain")
					.isEqualTo(ClaimState.SETTLED);
			}
		}
		balance();
		assertThat(this.payments).as("payments that one identifier was charged for")
			.filteredOn((payment) -> payment.payer.equalsIgnoreCase(this.payments.get(1).payer))
			.filteredOn((payment) -> this.chain.isSettled(payment.nonce))
			.hasSizeLessThanOrEqualTo(1);
	}

	/**
	 * Whoever has paid gets what was paid for, from any instance that has been in contact
	 * with the store for a while.
	 */
	void collect() {
		for (int i = 0; i < INSTANCES; i++) {
			kill(i);
		}
		pass(LEASE);
		for (Truth payment : List.copyOf(this.payments)) {
			if (this.chain.isSettled(payment.nonce)) {
				collect(payment);
			}
		}
		for (int i = 0; isBuying(); i++) {
			assertThat(i).as("repetitions of an honest buyer").isLessThan(20);
			pay(new Action.Pay(0, HONEST, HonestBuyer.REQUEST, Conduct.TRUTHFUL, Handling.KEPT, null), true);
			pass(Duration.ofSeconds(30));
			reconcile(new Action.Reconcile(0, Conduct.TRUTHFUL, false, null));
		}
		this.honest.check(this.chain, this::recordedRuns);
		balance();
	}

	/**
	 * A payment that is refused after a request that was lost stays pending until its
	 * authorization is over.
	 */
	private boolean isBuying() {
		Truth current = this.honest.current();
		return current != null && !this.chain.isRefused(current.nonce);
	}

	private int recordedRuns(Truth payment) {
		Claim claim = claim(payment);
		return (claim != null) ? claim.attempts() : 0;
	}

	private void collect(Truth payment) {
		Claim claim = claim(payment);
		if (claim != null && !payment.isStored() && claim.attempts() >= Instance.RERUNS) {
			return;
		}
		boolean lost = !payment.isStored() && payment.stored != null && UNSAFE.equals(payment.request);
		if (lost && payment.released) {
			return;
		}
		Work work = new Work(this.instances[1], Conduct.SILENT, null, payment, String.valueOf(payment.request),
				Handling.KEPT);
		begin(work, () -> serve(work), true);
		assertThat(work.reply).as("reply to " + payment + " at " + claim).isEqualTo(Reply.DELIVERED);
		Work other = new Work(this.instances[0], Conduct.SILENT, null, payment, "other", Handling.KEPT);
		begin(other, () -> serve(other), true);
		assertThat(other.reply).as("reply to another request with " + payment).isEqualTo(Reply.REPEAT);
		Work stranger = Work.of(this.instances[0], Conduct.SILENT, null);
		begin(stranger,
				() -> check(() -> assertThat(decide(stranger, payment, payment.resigned(),
						new RequestIdentity("GET /goods", String.valueOf(payment.request), true)))
					.as("decision about the same authorization from somebody who has not paid " + payment)
					.isInstanceOf(Refused.class)),
				true);
	}

	/**
	 * When authorizations are over, a person who looks at the chain can end what no one
	 * else could, and nothing else.
	 */
	void dismiss() {
		this.shared.pass(VALIDITY.plusMinutes(3));
		for (Truth payment : List.copyOf(this.payments)) {
			Claim claim = claim(payment);
			Sale sale = (claim != null) ? claim.sale() : null;
			if (sale != null && (claim.state() == ClaimState.PENDING || claim.state() == ClaimState.SETTLED)) {
				boolean unknown = claim.state() == ClaimState.PENDING;
				Work work = Work.of(this.instances[0], Conduct.TRUTHFUL, null);
				begin(work, () -> check(() -> assertThat(work.instance.byHand().dismiss(sale.id(), STATEMENT))
					.isEqualTo(
							unknown ? ManualReconciliation.Result.NOT_SETTLED : ManualReconciliation.Result.NOT_FOUND)),
						true);
				assertThat(Objects.requireNonNull(claim(payment)).state())
					.isEqualTo(unknown ? ClaimState.DECLINED : ClaimState.SETTLED);
			}
		}
		balance();
	}

	/**
	 * Return a transaction that is recorded for another payment.
	 */
	@Nullable String transactionOfAnother(String nonce) {
		for (Truth payment : this.payments) {
			Claim claim = payment.nonce.equals(nonce) ? null : claim(payment);
			if (claim != null && claim.state() == ClaimState.SETTLED && claim.receipt() != null) {
				return claim.receipt().transaction();
			}
		}
		return null;
	}

	/**
	 * When all is over nothing is delivered any more, and nothing is left behind.
	 */
	void close() {
		this.shared.pass(Instance.WINDOW);
		this.closed = true;
		for (Truth payment : List.copyOf(this.payments)) {
			Work work = new Work(this.instances[0], Conduct.SILENT, null, payment, String.valueOf(payment.request),
					Handling.KEPT);
			begin(work, () -> serve(work), true);
		}
		this.shared.pass(VALIDITY.plus(Instance.RETENTION).plus(Claim.KEPT_IN_DOUBT));
		pass(LEASE);
		assertThat(this.shared.size()).as("claims that are left behind").isZero();
	}

	private Truth truth(String nonce) {
		Truth payment = this.byNonce.get(nonce);
		assertThat(payment).as("a payment that somebody made").isNotNull();
		return payment;
	}

	private Truth payer(@Nullable String payer) {
		return this.payments.stream().filter((payment) -> payment.payer.equals(payer)).findFirst().orElseThrow();
	}

	private @Nullable Claim claim(Truth payment) {
		return this.shared.store().find(payment.key);
	}

}
