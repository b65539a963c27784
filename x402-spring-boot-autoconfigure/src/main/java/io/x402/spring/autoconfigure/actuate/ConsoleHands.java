/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.x402.spring.autoconfigure.web.CsrfHeaders;
import io.x402.spring.payment.ManualReconciliation;
import io.x402.spring.payment.ManualReconciliation.Result;
import io.x402.spring.payment.ManualReconciliation.Statement;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.PaymentStoreException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.StringUtils;

/**
 * What a person who is signed in can do with the console about sales of unknown outcome.
 * Each attempt is an {@link AuditApplicationEvent}.
 */
final class ConsoleHands {

	private static final Log logger = LogFactory.getLog(ConsoleHands.class);

	private static final int MAX_SALE = 64;

	private static final int MAX_TRANSACTION = 128;

	private final ManualReconciliation reconciliation;

	private final ApplicationEventPublisher events;

	private final CsrfHeaders csrf;

	/**
	 * Create hands.
	 * @param reconciliation finds out and decides
	 * @param events takes audit events
	 * @param csrf returns headers that name what proves a request to be no forged one
	 */
	ConsoleHands(ManualReconciliation reconciliation, ApplicationEventPublisher events, CsrfHeaders csrf) {
		this.reconciliation = reconciliation;
		this.events = events;
		this.csrf = csrf;
	}

	/**
	 * Return headers of a response that name what a request needs to be no forged one.
	 * @return the headers, empty on WebFlux, where {@link EndpointResponseHandler} adds
	 * them
	 */
	HttpHeaders csrf() {
		return this.csrf.read();
	}

	/**
	 * Do something about a sale.
	 * @param act what
	 * @param principal who, or {@code null} if no one is signed in
	 * @param order what it is about
	 * @return what came of it
	 */
	Answer act(Act act, @Nullable Principal principal, Order order) {
		if (principal == null) {
			return new Answer(HttpStatus.FORBIDDEN, "sign_in_required",
					"Only who is signed in can do this, for the ledger and the audit name who did.");
		}
		Answer answer;
		try {
			order.check(act);
			answer = answer(act, act(act, principal.getName(), order));
		}
		catch (IllegalArgumentException ex) {
			answer = new Answer(HttpStatus.BAD_REQUEST, "invalid", String.valueOf(ex.getMessage()));
		}
		catch (PaymentStoreException ex) {
			logger.error("What a person does about a sale cannot be recorded or read: " + ex.getMessage());
			answer = new Answer(HttpStatus.SERVICE_UNAVAILABLE, ReasonCode.STORE_UNAVAILABLE.code(),
					"The store failed, perhaps after it had recorded this. Look at the sale again.");
		}
		this.events.publishEvent(event(act, principal.getName(), order, answer));
		return answer;
	}

	private Result act(Act act, String author, Order order) {
		return switch (act) {
			case RECONCILE -> this.reconciliation.reconcile(order.sale());
			case SETTLED -> this.reconciliation.confirm(order.sale(), order.transaction().strip(),
					new Statement(author, order.note().strip()));
			case NOT_SETTLED -> this.reconciliation.dismiss(order.sale(), new Statement(author, order.note().strip()));
		};
	}

	private static Answer answer(Act act, Result result) {
		HttpStatus status = switch (result) {
			case SETTLED -> (act == Act.NOT_SETTLED) ? HttpStatus.CONFLICT : HttpStatus.OK;
			case NOT_SETTLED -> (act == Act.SETTLED) ? HttpStatus.CONFLICT : HttpStatus.OK;
			case UNKNOWN -> (act == Act.RECONCILE) ? HttpStatus.OK : HttpStatus.CONFLICT;
			case STILL_VALID, WATCHED -> HttpStatus.CONFLICT;
			case NOT_FOUND -> HttpStatus.NOT_FOUND;
		};
		return new Answer(status, result.code(), text(result));
	}

	private static String text(Result result) {
		return switch (result) {
			case SETTLED -> "The payment is settled. Its buyer can collect what was paid for.";
			case NOT_SETTLED -> "The payment was not settled and will not be. Its buyer was not charged.";
			case UNKNOWN -> "It is still not known whether the payment was settled. The search goes on.";
			case STILL_VALID -> "The authorization can still be used. Wait until it is over.";
			case WATCHED -> "A node can see whether the payment was settled, or a transaction may have settled it. "
					+ "Name the transaction, or wait.";
			case NOT_FOUND -> "The outcome of this sale is known, a request is settling it, or it was too long ago.";
		};
	}

	private static AuditApplicationEvent event(Act act, String author, Order order, Answer answer) {
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("sale", limited(order.sale(), MAX_SALE));
		data.put("result", answer.result());
		if (act == Act.SETTLED) {
			data.put("transaction", limited(order.transaction(), MAX_TRANSACTION));
		}
		if (act != Act.RECONCILE) {
			data.put("note", limited(order.note(), Statement.MAX_REASON));
		}
		return new AuditApplicationEvent(author, "X402_" + act.name(), data);
	}

	private static String limited(String text, int length) {
		return (text.length() > length) ? text.substring(0, length) : text;
	}

	/**
	 * Something to do.
	 */
	enum Act {

		/** Find out now how the settlement ended. */
		RECONCILE,

		/** Record that it is settled, if a probe or the facilitator sees it. */
		SETTLED,

		/** Record that it was not settled and will not be. */
		NOT_SETTLED;

		/**
		 * Return what a part of the console's address does.
		 * @return the act, or {@code null} if it does nothing
		 */
		static @Nullable Act of(String part) {
			for (Act act : values()) {
				if (act.name().toLowerCase(Locale.ROOT).equals(part)) {
					return act;
				}
			}
			return null;
		}

	}

	/**
	 * What to do it about.
	 *
	 * @param sale correlation id of the sale
	 * @param transaction hash of a transaction, empty if none is named
	 * @param note why, empty if nothing is said
	 */
	record Order(String sale, String transaction, String note) {

		static Order of(@Nullable String sale, @Nullable String transaction, @Nullable String note) {
			return new Order(Objects.requireNonNullElse(sale, ""), Objects.requireNonNullElse(transaction, ""),
					Objects.requireNonNullElse(note, ""));
		}

		void check(Act act) {
			check(this.sale, MAX_SALE, "sale");
			if (act == Act.SETTLED) {
				check(this.transaction, MAX_TRANSACTION, "transaction");
			}
		}

		private static void check(String text, int length, String what) {
			if (!StringUtils.hasText(text) || text.length() > length
					|| text.strip().chars().anyMatch((character) -> character <= ' ' || character >= 127)) {
				throw new IllegalArgumentException("The " + what + " is missing or none");
			}
		}

	}

	/**
	 * What came of it.
	 *
	 * @param status HTTP status
	 * @param result stable code
	 * @param detail the same for people
	 */
	record Answer(HttpStatus status, String result, String detail) {

	}

}
