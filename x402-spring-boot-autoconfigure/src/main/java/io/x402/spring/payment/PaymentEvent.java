/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import io.x402.spring.VerifiedPayment;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a payment. Published as a Spring application event on the
 * thread that learns of it: that of the request, or a background thread when an outcome
 * becomes known or is recorded later. Listeners should be quick; what they throw is
 * logged and does not change the outcome. Events never carry signatures or nonces.
 *
 * @since 0.1.0
 */
public sealed interface PaymentEvent {

	/**
	 * Call the method of a visitor that is for this kind of event.
	 * @param visitor the visitor
	 */
	void accept(Visitor visitor);

	/**
	 * Return what was asked for.
	 * @return the offers
	 */
	PaymentOffers offers();

	/**
	 * A request was refused before its handler ran, most often because it carried no
	 * payment.
	 *
	 * @param offers offers for the request
	 * @param reason why
	 */
	record Refused(PaymentOffers offers, ReasonCode reason) implements PaymentEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.refused(this);
		}

	}

	/**
	 * A payment was verified and its handler is about to run.
	 *
	 * @param offers offers for the request
	 * @param payment the payment
	 */
	record Verified(PaymentOffers offers, VerifiedPayment payment) implements PaymentEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.verified(this);
		}

	}

	/**
	 * A payment was settled. Published once, by the instance that records it, unless that
	 * one dies at this moment.
	 *
	 * @param offers offers for the request
	 * @param payment the payment
	 * @param receipt the receipt
	 */
	record Settled(PaymentOffers offers, VerifiedPayment payment, SettlementResponse receipt) implements PaymentEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.settled(this);
		}

	}

	/**
	 * A verified payment was certainly not settled; the response of its handler was
	 * dropped.
	 *
	 * @param offers offers for the request
	 * @param payment the payment
	 * @param reason why
	 */
	record Declined(PaymentOffers offers, VerifiedPayment payment, ReasonCode reason) implements PaymentEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.declined(this);
		}

	}

	/**
	 * The outcome of a settlement is not known. The claim and the response of the handler
	 * are kept until it is, and what is found out is published as {@link Settled} or
	 * {@link Declined}.
	 *
	 * @param offers offers for the request
	 * @param payment the payment
	 * @param transaction hash of a transaction that may settle, or {@code null}
	 */
	record Unknown(PaymentOffers offers, VerifiedPayment payment,
			@Nullable String transaction) implements PaymentEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.unknown(this);
		}

	}

	/**
	 * One method for each kind of event, so that a listener that leaves out a kind does
	 * not compile.
	 */
	interface Visitor {

		/**
		 * A request was refused before its handler ran.
		 * @param event the event
		 */
		void refused(Refused event);

		/**
		 * A payment was verified.
		 * @param event the event
		 */
		void verified(Verified event);

		/**
		 * A payment was settled.
		 * @param event the event
		 */
		void settled(Settled event);

		/**
		 * A payment was certainly not settled.
		 * @param event the event
		 */
		void declined(Declined event);

		/**
		 * The outcome of a settlement is not known.
		 * @param event the event
		 */
		void unknown(Unknown event);

	}

}
