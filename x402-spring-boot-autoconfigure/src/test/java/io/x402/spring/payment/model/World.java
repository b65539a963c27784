package io.x402.spring.payment.model;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.ClaimState;
import io.x402.spring.payment.LedgerEntry;
import io.x402.spring.payment.LedgerEvent;
import io.x402.spring.payment.PaymentDecision;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.payment.PaymentTerms;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.protocol.Eip3009Payload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ReasonCode.Charged;
import io.x402.spring.protocol.ResourceInfo;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances, a store, a facilitator and a chain, and what must be true whatever
 * happens to them.
 */
final class World {

	static final int PAYMENTS = 3;

	static final int INSTANCES = 2;

	/** No longer than all that a sequence waits. */
	static final Duration VALIDITY = Duration.ofHours(1);

	private static final byte[] NOTHING_KEPT = {};

	private static final PaymentCodec CODEC = new PaymentCodec();

	private final MovingClock clock;

	private final SharedStore shared;

	private final Chain chain = new Chain();

	private final ModelFacilitator facilitator = new ModelFacilitator(this);

	private final List<Truth> payments = new ArrayList<>();

	private final Map<String, Truth> byNonce = new HashMap<>();

	private final Instance[] instances = new Instance[INSTANCES];

	private final Deque<Running> running = new ArrayDeque<>();

	/** Who works just now. */
	private @Nullable Instance current;

	/** What is handed over to be kept just now. */
	private byte @Nullable [] handedOver;

	World(SharedStore shared, MovingClock clock) {
		this.shared = shared;
		this.clock = clock;
		long validBefore = clock.instant().plus(VALIDITY).getEpochSecond();
		for (int i = 0; i < PAYMENTS; i++) {
			Truth payment = payment(i, i == PAYMENTS - 1, validBefore);
			this.payments.add(payment);
			this.byNonce.put(payment.nonce(), payment);
		}
		for (int i = 0; i < INSTANCES; i++) {
			this.instances[i] = instance();
		}
	}

	private static Truth payment(int number, boolean upfront, long validBefore) {
		PaymentRequirements offer = offer(upfront);
		String payer = "0x%040x".formatted(number + 1);
		Map<String, Object> signed = new Eip3009Payload("0x" + "00".repeat(65), payer, offer.payTo(), offer.amount(),
				BigInteger.ZERO, BigInteger.valueOf(validBefore), "0x%064x".formatted(number + 17))
			.toMap();
		PaymentPayload payload = new PaymentPayload.V2(2, null, json(offer), signed, null);
		ClaimKey key = new ClaimKey(offer.network(), offer.asset().toLowerCase(Locale.ROOT), payer,
				"0x%064x".formatted(number + 17));
		return new Truth(payload, key, payer, upfront);
	}

	private static PaymentRequirements offer(boolean upfront) {
		Map<String, Object> extra = upfront ? Map.of("paymentFlow", "upfront") : Map.of();
		return new PaymentRequirements("exact", "eip155:84532", BigInteger.TEN,
				"0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60, extra);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> json(PaymentRequirements offer) {
		return CODEC.read(CODEC.write(offer), Map.class);
	}

	private Instance instance() {
		return new Instance(this.shared.store(), this.facilitator, this.clock);
	}

	Chain chain() {
		return this.chain;
	}

	// What happens

	void pay(Action.Pay action) {
		this.facilitator.answer(action.answering());
		work(this.instances[action.instance()], action.fault(), () -> {
			PaymentExchange exchange = process(this.payments.get(action.payment()), action.request());
			if (exchange != null) {
				Truth payment = this.payments.get(action.payment());
				handle(new Running(working(), payment, action.request(), exchange), action.handling());
			}
		});
	}

	void begin(Action.Begin action) {
		this.facilitator.answer(Answering.TRUTHFULLY);
		work(this.instances[action.instance()], null, () -> {
			PaymentExchange exchange = process(this.payments.get(action.payment()), action.request());
			if (exchange != null) {
				this.running
					.add(new Running(working(), this.payments.get(action.payment()), action.request(), exchange));
			}
		});
	}

	void finish(Action.Finish action) {
		Running next = this.running.poll();
		if (next != null) {
			this.facilitator.answer(action.answering());
			work(next.instance, action.fault(), () -> handle(next, action.handling()));
		}
	}

	void kill(int number) {
		Instance killed = this.instances[number];
		killed.store().kill();
		replaceDead();
	}

	void endLeases() {
		this.shared.endLeases(this.payments.stream().map(Truth::key).toList());
		this.running.forEach((running) -> running.lapsed = true);
	}

	void reconcile(Action.Reconcile action) {
		this.facilitator.answer(action.answering());
		work(this.instances[action.instance()], null,
				() -> this.instances[action.instance()].reconcile(action.fault()));
	}

	void pass(Duration time) {
		this.shared.pass(time);
	}

	private void work(Instance instance, @Nullable Fault fault, Runnable work) {
		this.current = instance;
		instance.store().arm(fault);
		try {
			work.run();
		}
		catch (Died ex) {
			instance.store().kill();
		}
		finally {
			instance.store().arm(null);
			this.handedOver = null;
			this.current = null;
			replaceDead();
		}
	}

	private void replaceDead() {
		for (int i = 0; i < this.instances.length; i++) {
			if (this.instances[i].store().isDead()) {
				this.instances[i] = instance();
			}
		}
		this.running.removeIf((running) -> running.instance.store().isDead());
	}

	private Instance working() {
		if (this.current == null) {
			throw new IllegalStateException("Nobody works");
		}
		return this.current;
	}

	// What a web layer does

	private @Nullable PaymentExchange process(Truth payment, String request) {
		PaymentTerms terms = new PaymentTerms(new ResourceInfo("https://shop.test/goods", null, null),
				List.of(offer(payment.isUpfront())));
		PaymentDecision decision = working().processor()
			.process(terms, payment.payload(), new RequestIdentity("GET /goods", request, true));
		if (decision instanceof Refused refused) {
			refused(payment, refused.refusal());
			return null;
		}
		if (decision instanceof Redelivered redelivered) {
			redelivered(payment, request, redelivered.answer());
			return null;
		}
		PaymentExchange exchange = ((Accepted) decision).exchange();
		started(payment, request, exchange);
		return exchange;
	}

	private void handle(Running run, Handling handling) {
		PaymentExchange exchange = run.exchange;
		if (handling.isAhead() && refusedOrNull(run, exchange.settleAhead())) {
			return;
		}
		if (!handling.isAnswered()) {
			exchange.release();
			return;
		}
		byte[] answer = run.payment.make(run.request);
		boolean settled = exchange.receipt() != null;
		this.handedOver = settled ? null : (handling.isKept() ? answer : NOTHING_KEPT);
		PaymentRefusal refusal = exchange.settle(handling.isKept() ? answer : null);
		this.handedOver = null;
		if (refusedOrNull(run, refusal)) {
			return;
		}
		if (settled && handling.isKept() && !run.lapsed && !run.instance.store().isHurt()) {
			run.payment.keep(answer);
		}
		delivered(run.payment, run.request);
	}

	private boolean refusedOrNull(Running run, @Nullable PaymentRefusal refusal) {
		if (refusal != null) {
			refused(run.payment, refusal);
		}
		return refusal != null;
	}

	// What must be true

	void verified(String nonce) {
		assertThat(truth(nonce).isAsked()).as("verified again although settlement was asked for").isFalse();
	}

	void asked(String nonce, boolean arrives) {
		Truth payment = truth(nonce);
		Claim claim = claim(payment);
		assertThat(claim).as("claim of a payment that is settled").isNotNull();
		assertThat(claim.state()).as("state while it is settled").isIn(ClaimState.SETTLING, ClaimState.PENDING);
		payment.ask(this.handedOver, arrives);
		if (arrives && payment.request() == null) {
			payment.bind(claim.fingerprint());
		}
		assertThat(claim.fingerprint()).as("request that is settled for")
			.isEqualTo(arrives ? payment.request() : claim.fingerprint());
	}

	Died die() {
		working().store().kill();
		return new Died();
	}

	private void started(Truth payment, String request, PaymentExchange exchange) {
		assertThat(payment.kept()).as("an answer that is kept when the handler runs again").isNull();
		if (payment.isAsked()) {
			assertThat(this.chain.isSettled(payment.nonce())).as("handler runs while settlement is unknown").isTrue();
			assertThat(payment.request()).isEqualTo(request);
			assertThat(exchange.receipt()).as("receipt of a settled payment").isNotNull();
		}
		assertThat(this.running)
			.noneMatch((run) -> run.payment == payment && !run.lapsed && !run.instance.store().isDead());
	}

	private void redelivered(Truth payment, String request, byte[] answer) {
		assertThat(payment.isMade(answer)).as("an answer of a handler for this payment").isTrue();
		if (payment.kept() != null) {
			assertThat(answer).isEqualTo(payment.kept());
		}
		delivered(payment, request);
	}

	private void delivered(Truth payment, String request) {
		assertThat(this.chain.isSettled(payment.nonce())).as("delivered and settled").isTrue();
		assertThat(payment.request()).as("request that was paid for").isEqualTo(request);
		payment.deliver();
	}

	private void refused(Truth payment, PaymentRefusal refusal) {
		ReasonCode reason = refusal.reason();
		if (reason.charged() == Charged.YES) {
			assertThat(this.chain.isSettled(payment.nonce())).as("told that it is charged: " + reason).isTrue();
		}
		if (reason.charged() == Charged.NO && !reason.retryable()) {
			assertThat(this.chain.isOpen(payment.nonce())).as("told that nothing is charged: " + reason).isTrue();
			assertThat(refusal.receipt() == null || !refusal.receipt().success()).isTrue();
		}
	}

	/**
	 * The books are consistent with each other and with the chain.
	 */
	void audit() {
		Map<String, List<LedgerEvent>> purchases = new HashMap<>();
		Map<String, String> payers = new HashMap<>();
		for (LedgerEntry entry : this.shared.booked()) {
			purchases.computeIfAbsent(entry.purchase(), (purchase) -> new ArrayList<>()).add(entry.event());
			payers.put(entry.purchase(), String.valueOf(entry.payer()));
		}
		purchases.forEach((purchase, events) -> audit(payer(payers.get(purchase)), events));
		for (Truth payment : this.payments) {
			assertThat(purchases.entrySet())
				.filteredOn((purchase) -> payment.payer().equals(payers.get(purchase.getKey())))
				.filteredOn((purchase) -> purchase.getValue().contains(LedgerEvent.SETTLED))
				.as("purchases that one authorization settled")
				.hasSizeLessThanOrEqualTo(1);
		}
	}

	private void audit(Truth payment, List<LedgerEvent> events) {
		assertThat(events).startsWith(LedgerEvent.VERIFIED);
		assertThat(events)
			.filteredOn((event) -> event == LedgerEvent.SETTLED || event == LedgerEvent.DECLINED
					|| event == LedgerEvent.RELEASED)
			.as("ends of one purchase in " + events)
			.hasSizeLessThanOrEqualTo(1);
		if (events.contains(LedgerEvent.SETTLED)) {
			assertThat(this.chain.isSettled(payment.nonce())).as("booked as settled").isTrue();
		}
		if (events.contains(LedgerEvent.DECLINED)) {
			assertThat(this.chain.isRefused(payment.nonce())).as("booked as declined").isTrue();
		}
		if (events.contains(LedgerEvent.REDELIVERED)) {
			assertThat(events.indexOf(LedgerEvent.REDELIVERED)).isGreaterThan(events.indexOf(LedgerEvent.SETTLED))
				.isPositive();
			assertThat(events).contains(LedgerEvent.SETTLED);
		}
	}

	/**
	 * Everything is well again: whoever has paid gets what was paid for.
	 */
	void collect() {
		for (int i = 0; i < INSTANCES; i++) {
			kill(i);
		}
		this.chain.mine();
		endLeases();
		pass(Duration.ofMinutes(7));
		reconcile(new Action.Reconcile(0, Answering.TRUTHFULLY, null));
		for (Truth payment : this.payments) {
			if (this.chain.isSettled(payment.nonce())) {
				collect(payment);
			}
		}
	}

	private void collect(Truth payment) {
		Claim claim = claim(payment);
		assertThat(claim).as("claim of a settled payment").isNotNull();
		assertThat(claim.state()).as("state of a payment that is settled on chain").isEqualTo(ClaimState.SETTLED);
		if (payment.kept() == null && claim.attempts() >= Instance.RERUNS) {
			return;
		}
		String request = String.valueOf(payment.request());
		int instance = INSTANCES - 1;
		int before = payment.deliveries();
		pay(new Action.Pay(instance, this.payments.indexOf(payment), request, Answering.NEVER, Handling.KEPT, null));
		assertThat(payment.deliveries()).as("deliveries").isEqualTo(before + 1);
		pay(new Action.Pay(0, this.payments.indexOf(payment), "other " + request, Answering.NEVER, Handling.KEPT,
				null));
	}

	private Truth truth(String nonce) {
		Truth payment = this.byNonce.get(nonce);
		assertThat(payment).as("a payment that somebody made").isNotNull();
		return payment;
	}

	private Truth payer(@Nullable String payer) {
		return this.payments.stream().filter((payment) -> payment.payer().equals(payer)).findFirst().orElseThrow();
	}

	private @Nullable Claim claim(Truth payment) {
		return this.shared.store().find(payment.key());
	}

	/**
	 * A request whose handler runs.
	 */
	private static final class Running {

		private final Instance instance;

		private final Truth payment;

		private final String request;

		private final PaymentExchange exchange;

		private boolean lapsed;

		private Running(Instance instance, Truth payment, String request, PaymentExchange exchange) {
			this.instance = instance;
			this.payment = payment;
			this.request = request;
			this.exchange = exchange;
		}

	}

}
