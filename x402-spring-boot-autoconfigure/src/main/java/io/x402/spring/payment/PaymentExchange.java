/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.function.Supplier;

import io.x402.spring.VerifiedPayment;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.ClaimId;
import io.x402.spring.store.ResponseRecord;
import org.jspecify.annotations.Nullable;

/**
 * The payment of one request, from verification to its end. The only way to settle it,
 * and at most once. A state machine: {@link #transitionOf} lists what each event does in
 * each state, and an event may come from any thread at any time. Safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class PaymentExchange {

	/**
	 * What has become of a payment so far.
	 */
	enum State {

		/** Not settled; its handler may run. */
		VERIFIED,

		/** Being settled together with a complete response. */
		SETTLING,

		/** Being settled for a response that is not complete yet. */
		SETTLING_AHEAD,

		/** Being settled although its request has ended meanwhile. */
		SETTLING_ABANDONED,

		/** Settled; nothing of the response has left. */
		PAID,

		/** Settled; a response that is not stored may have left in part. */
		DELIVERING,

		/** Settled, and the end of the response is recorded. */
		DELIVERED,

		/** Not settled by this request, which has ended. */
		ENDED

	}

	/**
	 * What happens to a payment.
	 */
	enum Event {

		/** A complete response is to be released. */
		SETTLE,

		/** A response that is not complete is to be released. */
		SETTLE_AHEAD,

		/** A response that is not complete begins to leave. */
		DELIVER,

		/** The request ends without a complete response. */
		ABANDON,

		/** The same by the buyer's own doing. */
		LEAVE,

		/** The settlement has ended well. */
		SETTLED,

		/** The settlement has not ended well. */
		REFUSED

	}

	/**
	 * What follows from an event.
	 */
	enum Action {

		/** Settle the payment. */
		SETTLE,

		/** Store the complete response of a settled payment. */
		STORE,

		/** Record that a response was delivered in part and is not stored. */
		FORGET,

		/** Record that nothing was delivered for a settled payment. */
		OFFER_AGAIN,

		/** Give the payment back without a charge. */
		GIVE_BACK,

		/** No action. */
		NONE,

		/** The event is an error of the caller. */
		FORBIDDEN

	}

	/**
	 * One cell of the table.
	 *
	 * @param action the action
	 * @param next state after the event
	 */
	record Transition(Action action, State next) {

	}

	private final Settlement settlement;

	private final PaymentOffers offers;

	private volatile ChargeablePayment payment;

	private State state;

	private volatile @Nullable SettlementResponse receipt;

	private volatile Runnable uncharged = () -> {
	};

	private volatile Supplier<@Nullable PaymentRefusal> verification = () -> null;

	private volatile byte[] conditions = new byte[0];

	/**
	 * Create an exchange.
	 * @param settlement how to settle or release it
	 * @param offers offers for the request
	 * @param payment the verified payment; settled already if it has a receipt
	 */
	PaymentExchange(Settlement settlement, PaymentOffers offers, ChargeablePayment payment) {
		this.settlement = settlement;
		this.offers = offers;
		this.payment = payment;
		this.receipt = payment.receipt();
		this.state = (payment.receipt() != null) ? State.PAID : State.VERIFIED;
	}

	/**
	 * Return what an event does in a state. Every state lists every event.
	 */
	static Transition transitionOf(State state, Event event) {
		return switch (state) {
			case VERIFIED -> switch (event) {
				case SETTLE -> new Transition(Action.SETTLE, State.SETTLING);
				case SETTLE_AHEAD -> new Transition(Action.SETTLE, State.SETTLING_AHEAD);
				case ABANDON, LEAVE -> new Transition(Action.GIVE_BACK, State.ENDED);
				case DELIVER, SETTLED, REFUSED -> new Transition(Action.FORBIDDEN, state);
			};
			case SETTLING -> switch (event) {
				case SETTLED -> new Transition(Action.NONE, State.DELIVERED);
				case REFUSED -> new Transition(Action.NONE, State.ENDED);
				// The response is stored with the settlement and can be collected
				case ABANDON, LEAVE -> new Transition(Action.NONE, State.SETTLING);
				case SETTLE, SETTLE_AHEAD, DELIVER -> new Transition(Action.FORBIDDEN, state);
			};
			case SETTLING_AHEAD -> switch (event) {
				case SETTLED -> new Transition(Action.NONE, State.PAID);
				case REFUSED -> new Transition(Action.NONE, State.ENDED);
				case ABANDON, LEAVE -> new Transition(Action.NONE, State.SETTLING_ABANDONED);
				case SETTLE, SETTLE_AHEAD, DELIVER -> new Transition(Action.FORBIDDEN, state);
			};
			case SETTLING_ABANDONED -> switch (event) {
				case SETTLED -> new Transition(Action.OFFER_AGAIN, State.DELIVERED);
				case REFUSED -> new Transition(Action.NONE, State.ENDED);
				case ABANDON, LEAVE -> new Transition(Action.NONE, State.SETTLING_ABANDONED);
				case SETTLE, SETTLE_AHEAD, DELIVER -> new Transition(Action.FORBIDDEN, state);
			};
			case PAID -> switch (event) {
				case SETTLE -> new Transition(Action.STORE, State.DELIVERED);
				case SETTLE_AHEAD -> new Transition(Action.NONE, State.PAID);
				case DELIVER -> new Transition(Action.NONE, State.DELIVERING);
				case ABANDON, LEAVE -> new Transition(Action.OFFER_AGAIN, State.DELIVERED);
				case SETTLED, REFUSED -> new Transition(Action.FORBIDDEN, state);
			};
			case DELIVERING -> switch (event) {
				case SETTLE -> new Transition(Action.STORE, State.DELIVERED);
				case SETTLE_AHEAD, DELIVER -> new Transition(Action.NONE, State.DELIVERING);
				// What the seller has not delivered is still owed
				case ABANDON -> new Transition(Action.OFFER_AGAIN, State.DELIVERED);
				case LEAVE -> new Transition(Action.FORGET, State.DELIVERED);
				case SETTLED, REFUSED -> new Transition(Action.FORBIDDEN, state);
			};
			case DELIVERED -> switch (event) {
				case SETTLE, SETTLE_AHEAD, DELIVER, ABANDON, LEAVE -> new Transition(Action.NONE, State.DELIVERED);
				case SETTLED, REFUSED -> new Transition(Action.FORBIDDEN, state);
			};
			case ENDED -> switch (event) {
				case ABANDON, LEAVE -> new Transition(Action.NONE, State.ENDED);
				case SETTLE, SETTLE_AHEAD, DELIVER, SETTLED, REFUSED -> new Transition(Action.FORBIDDEN, state);
			};
		};
	}

	/**
	 * Return how this payment is settled or given back.
	 * @return the settlement
	 */
	Settlement settlement() {
		return this.settlement;
	}

	/**
	 * Return what was asked for.
	 * @return the offers
	 */
	public PaymentOffers offers() {
		return this.offers;
	}

	/**
	 * Return the payment.
	 * @return the verified payment
	 */
	public VerifiedPayment payment() {
		return this.payment;
	}

	/**
	 * Return who has paid.
	 * @return address of the buyer as it was verified, or else as the settlement names
	 * it, or {@code null} if it is not known
	 * @since 0.2.0
	 */
	public @Nullable String payer() {
		SettlementResponse settled = this.receipt;
		String payer = this.payment.payer();
		return (payer == null && settled != null) ? settled.payer() : payer;
	}

	/**
	 * Return the payment as what prepares a sale sees it.
	 * @return the sale
	 * @since 0.2.0
	 */
	public SalePreparation.Prepared sale() {
		return new SalePreparation.Prepared(ClaimId.of(this.settlement.claim().key()), this.offers, this.payment);
	}

	/**
	 * Return the receipt.
	 * @return the receipt, or {@code null} as long as the payment is not settled
	 */
	public @Nullable SettlementResponse receipt() {
		return this.receipt;
	}

	/**
	 * Return whether this payment also pays for another handler that its own one forwards
	 * to: whether that costs no more.
	 * @param offers offers of the other handler
	 * @return {@code false} if none of the offers is covered
	 */
	public boolean covers(PaymentOffers offers) {
		PaymentRequirements paid = this.offers.priceOf(this.payment.requirements());
		return paid != null && offers.accepts()
			.stream()
			.anyMatch((offer) -> offer.scheme().equals(paid.scheme()) && offer.isPaidLike(paid)
					&& offer.amount().compareTo(paid.amount()) <= 0);
	}

	synchronized State state() {
		return this.state;
	}

	/**
	 * Return whether this request has ended without a charge, so that nothing of its
	 * response may be released.
	 * @return {@code true} if it can not be settled any more
	 */
	public boolean isEnded() {
		return state() == State.ENDED;
	}

	/**
	 * Return whether the end of the response is recorded, so that nothing that happens to
	 * it later changes the payment.
	 * @return {@code false} if {@link #abandon} would offer it again
	 */
	public boolean isDelivered() {
		return state() == State.DELIVERED;
	}

	/**
	 * Say which requests the response is made for, before it is released. Should it not
	 * be stored, the handler runs again for those only.
	 * @param conditions tell those requests from others, opaque to the engine; empty for
	 * all
	 * @since 0.2.0
	 */
	public void madeFor(byte[] conditions) {
		this.conditions = conditions;
	}

	/**
	 * Make sure that the complete response of the handler may be released: settle the
	 * payment, unless it is settled already, and store the response. Blocks until the
	 * facilitator has responded or its time is up.
	 * @param response the response, opaque to the engine, stored or not
	 * @return {@code null} if the payment is settled, else what to respond with instead
	 * of the content
	 * @throws IllegalArgumentException if there is no response
	 * @throws IllegalStateException if the request has ended, or is being settled
	 */
	public @Nullable PaymentRefusal complete(ResponseRecord response) {
		if (!response.isReleased()) {
			throw new IllegalArgumentException("A payment is settled for a response, or ahead of it");
		}
		Action action = apply(Event.SETTLE);
		if (action == Action.SETTLE) {
			return settleWith(response.madeFor(this.conditions));
		}
		if (action == Action.STORE) {
			this.settlement.answered(response.madeFor(this.conditions));
		}
		return null;
	}

	/**
	 * Settle the payment for a response that is not complete yet. {@link #complete} hands
	 * over the response later, or {@link #abandon} says that there is none, after which
	 * the handler may run for this payment again.
	 * @return {@code null} if the payment is settled, else what to respond with instead
	 * of the content
	 * @throws IllegalStateException if the request has ended, or is being settled
	 */
	public @Nullable PaymentRefusal settleAhead() {
		if (state() == State.VERIFIED && !this.settlement.isRedeliverable()) {
			return complete(ResponseRecord.notStored());
		}
		return (apply(Event.SETTLE_AHEAD) == Action.SETTLE) ? settleWith(ResponseRecord.none()) : null;
	}

	/**
	 * Settle the payment before the handler runs.
	 * @return {@code null} if the payment is settled, else what to respond with
	 */
	@Nullable PaymentRefusal settleUpfront() {
		apply(Event.SETTLE_AHEAD);
		PaymentRefusal refusal = settleWith(ResponseRecord.none());
		if (refusal == null) {
			this.payment = this.payment.settled(this.receipt);
		}
		return refusal;
	}

	private @Nullable PaymentRefusal settleWith(ResponseRecord response) {
		boolean returned = false;
		try {
			PaymentRefusal objection = this.verification.get();
			Settlement.Result result = (objection != null) ? new Settlement.Result.Refused(objection)
					: this.settlement.charge(this.offers, this.payment, response);
			returned = true;
			return result.<@Nullable PaymentRefusal>fold(this::paid, this::refused);
		}
		finally {
			if (!returned) {
				apply(Event.REFUSED);
			}
		}
	}

	private @Nullable PaymentRefusal paid(SettlementResponse receipt) {
		this.receipt = receipt;
		if (apply(Event.SETTLED) == Action.OFFER_AGAIN) {
			this.settlement.answered(ResponseRecord.none());
			return PaymentRefusal.of(ReasonCode.DELIVERY_FAILED).withReceipt(receipt);
		}
		return null;
	}

	private PaymentRefusal refused(PaymentRefusal refusal) {
		apply(Event.REFUSED);
		if (refusal.reason() != ReasonCode.SETTLEMENT_PENDING) {
			this.uncharged.run();
		}
		return refusal;
	}

	/**
	 * Set what is waited for before the payment is settled.
	 * @param verification returns why the payment is not settled, after it has given the
	 * claim back, or {@code null}
	 */
	void whenSettling(Supplier<@Nullable PaymentRefusal> verification) {
		this.verification = verification;
	}

	/**
	 * Set what happens when the exchange ends without a charge. It does not happen as
	 * long as the outcome is unknown.
	 * @see SalePreparation
	 */
	void whenUncharged(Runnable uncharged) {
		this.uncharged = uncharged;
	}

	/**
	 * Record that a response that is not complete begins to leave. It has been delivered,
	 * as far as can be known here, when {@link #abandon} is called; if the process dies
	 * before, the handler may run for this payment again.
	 * @throws IllegalStateException if the payment is not settled
	 */
	public void delivering() {
		apply(Event.DELIVER);
	}

	/**
	 * End the exchange without a complete response. What is not settled is not charged. A
	 * payment that is settled stays settled, and the handler may run for it again, a
	 * limited number of times, unless the buyer has caused the end after some of the
	 * response has left, and the request must not be repeated. While the payment is being
	 * settled, this is remembered and done when the settlement returns. Does nothing once
	 * the exchange has ended.
	 * @param abandonment why there is no complete response
	 */
	public void abandon(Abandonment abandonment) {
		switch (apply((abandonment == Abandonment.BUYER_CAUSED) ? Event.LEAVE : Event.ABANDON)) {
			case GIVE_BACK -> {
				this.settlement.abandon(abandonment);
				this.uncharged.run();
			}
			case OFFER_AGAIN -> this.settlement.answered(ResponseRecord.none());
			case FORGET -> this.settlement.answered(ResponseRecord.notStored(this.conditions));
			default -> {
			}
		}
	}

	/**
	 * End the exchange for a handler that did not run.
	 * @see #abandon
	 */
	public void release() {
		abandon(Abandonment.NOT_RUN);
	}

	private synchronized Action apply(Event event) {
		Transition transition = transitionOf(this.state, event);
		if (transition.action() == Action.FORBIDDEN) {
			throw new IllegalStateException("A payment that is " + this.state + " cannot " + event);
		}
		this.state = transition.next();
		return transition.action();
	}

}
