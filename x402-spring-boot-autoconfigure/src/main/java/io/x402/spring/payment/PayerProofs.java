/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.List;
import java.util.concurrent.Semaphore;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.payment.VerificationGuard.Source;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the key of a payer itself has signed a payment. Nothing else that
 * strangers can cause takes as much time of a processor. So only half of the processors
 * do it at the same time, whatever comes in: the other half is left to everybody else.
 * Further payments wait their turn, which takes a fraction of a millisecond for each of
 * those before them.
 */
final class PayerProofs {

	private final List<PayloadCheck> checks;

	private final Semaphore turns;

	/**
	 * Create what finds out.
	 * @param checks each may prove it
	 * @param processors number of processors of this machine
	 */
	PayerProofs(List<PayloadCheck> checks, int processors) {
		this.checks = checks;
		this.turns = new Semaphore(Math.max(1, processors / 2), true);
	}

	/**
	 * Return where a payment comes from. Anybody can name any payer. So payments that the
	 * payer's own key has not signed for sure do not use up what the payer may ask.
	 * @param question payment and offer
	 * @param client what tells the client that sends it from others, or {@code null}
	 */
	Source source(FacilitatorRequest question, @Nullable String client) {
		String payer = question.payer();
		boolean proved = payer != null && isSignedByPayer(question);
		return new Source(question.requirements().network(), payer, proved, client);
	}

	/**
	 * Return whether it is certain that the payer has signed.
	 * @param question payment and offer
	 */
	boolean isSignedByPayer(FacilitatorRequest question) {
		this.turns.acquireUninterruptibly();
		try {
			return this.checks.stream().anyMatch((check) -> check.provesPayer(question));
		}
		finally {
			this.turns.release();
		}
	}

}
