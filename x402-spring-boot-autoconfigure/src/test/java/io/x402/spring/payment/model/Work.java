/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Instant;

import io.x402.spring.payment.PaymentExchange;
import org.jspecify.annotations.Nullable;

/**
 * What one thread of one process works on: a request, the end of a request that its
 * container tells, or a reconciler.
 */
final class Work {

	private static final ThreadLocal<@Nullable Work> CURRENT = new ThreadLocal<>();

	final Instance instance;

	final Conduct conduct;

	final @Nullable Fault fault;

	/** What is bought, or {@code null} for work that is not a request. */
	final @Nullable Truth payment;

	final String request;

	final Handling handling;

	int steps;

	/** Something has gone wrong with the store. */
	boolean hurt;

	/** The lease may be over. */
	boolean doubtful;

	/** When it began to call the facilitator. */
	@Nullable Instant calling;

	/** The container has ended the request, so that nothing is delivered any more. */
	boolean gone;

	/** The facilitator has moved money, or sent a transaction, for this request. */
	boolean moved;

	boolean delivered;

	@Nullable PaymentExchange exchange;

	@Nullable Strand strand;

	Reply reply = Reply.NONE;

	Work(Instance instance, Conduct conduct, @Nullable Fault fault, @Nullable Truth payment, String request,
			Handling handling) {
		this.instance = instance;
		this.conduct = conduct;
		this.fault = fault;
		this.payment = payment;
		this.request = request;
		this.handling = handling;
	}

	static Work of(Instance instance, Conduct conduct, @Nullable Fault fault) {
		return new Work(instance, conduct, fault, null, "", Handling.NOT_RUN);
	}

	/**
	 * Return the work of this thread.
	 */
	static Work current() {
		Work work = CURRENT.get();
		if (work == null) {
			throw new IllegalStateException("Nobody works");
		}
		return work;
	}

	/**
	 * Return the work of this thread, or {@code null} if it only makes others work.
	 */
	static @Nullable Work currentOrNull() {
		return CURRENT.get();
	}

	void run(Runnable task) {
		Work outer = CURRENT.get();
		CURRENT.set(this);
		try {
			task.run();
		}
		catch (Died ex) {
			this.instance.store().kill();
		}
		finally {
			Thread.interrupted();
			if (outer != null) {
				CURRENT.set(outer);
			}
			else {
				CURRENT.remove();
			}
		}
	}

	boolean isOver() {
		return this.strand == null || this.strand.isEnded();
	}

	/**
	 * What a buyer has learned from an answer.
	 */
	enum Reply {

		/** Nothing: there was no answer. */
		NONE,

		/** The content. */
		DELIVERED,

		/** The same payment may be sent again, or nothing is known. */
		REPEAT,

		/** Nothing was charged and the payment is good for nothing. */
		FINALLY_REFUSED,

		/** Charged, and nothing is to be had any more. */
		USED

	}

}
