/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;

/**
 * Something that happened to a payment of this buyer. Every payment of a call begins with
 * {@link Signed} or {@link Resumed} and ends with one of the others. Published as a
 * Spring application event on the thread that pays, so listeners should be quick; what
 * they throw is logged and does not change the outcome. Events never carry signatures or
 * nonces.
 *
 * @since 0.1.0
 */
public sealed interface PurchaseEvent {

	/**
	 * Call the method of a visitor that is for this kind of event.
	 * @param visitor the visitor
	 */
	void accept(Visitor visitor);

	/**
	 * A payment was signed and is about to be sent for the first time.
	 *
	 * @param purchase the purchase
	 */
	record Signed(Purchase purchase) implements PurchaseEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.signed(this);
		}

	}

	/**
	 * A payment that an earlier call left open is about to be sent again, because the
	 * same request is made.
	 *
	 * @param purchase the purchase
	 */
	record Resumed(Purchase purchase) implements PurchaseEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.resumed(this);
		}

	}

	/**
	 * The seller delivered.
	 *
	 * @param purchase the purchase
	 */
	record Delivered(Purchase purchase) implements PurchaseEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.delivered(this);
		}

	}

	/**
	 * The seller did not deliver. The payment is kept, and sent again if the same request
	 * is made in time, unless it has expired and the seller asks for another one.
	 *
	 * @param purchase the purchase
	 */
	record Declined(Purchase purchase) implements PurchaseEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.declined(this);
		}

	}

	/**
	 * No one knows whether the seller took the payment. It is kept, and sent again if the
	 * same request is made in time.
	 *
	 * @param purchase the purchase
	 */
	record Undecided(Purchase purchase) implements PurchaseEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.undecided(this);
		}

	}

	/**
	 * The payment certainly did not reach the seller, and does not count any more.
	 *
	 * @param purchase the purchase
	 */
	record NotSent(Purchase purchase) implements PurchaseEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.notSent(this);
		}

	}

	/**
	 * The policy does not allow the payment. Nothing was signed.
	 *
	 * @param method HTTP method, {@code tools/call} for a tool of an MCP server
	 * @param resource what was asked for, without query
	 * @param refusal why, with the offer and the limit
	 */
	record Refused(String method, URI resource, PaymentRefusedException refusal) implements PurchaseEvent {

		@Override
		public void accept(Visitor visitor) {
			visitor.refused(this);
		}

	}

	/**
	 * One method for each kind of event, so that a listener that leaves out a kind does
	 * not compile.
	 */
	interface Visitor {

		/**
		 * A payment was signed.
		 * @param event the event
		 */
		void signed(Signed event);

		/**
		 * A payment is sent again.
		 * @param event the event
		 */
		void resumed(Resumed event);

		/**
		 * The seller delivered.
		 * @param event the event
		 */
		void delivered(Delivered event);

		/**
		 * The seller did not deliver.
		 * @param event the event
		 */
		void declined(Declined event);

		/**
		 * It is not known whether the seller took the payment.
		 * @param event the event
		 */
		void undecided(Undecided event);

		/**
		 * The payment did not reach the seller.
		 * @param event the event
		 */
		void notSent(NotSent event);

		/**
		 * The policy does not allow the payment.
		 * @param event the event
		 */
		void refused(Refused event);

	}

}
