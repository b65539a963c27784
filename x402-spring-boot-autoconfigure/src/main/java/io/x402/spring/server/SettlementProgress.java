/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * How far one payment got, and what that means for the next who wants it settled.
 */
final class SettlementProgress {

	private int verifications;

	private boolean running;

	private boolean sent;

	private @Nullable Map<String, Object> signed;

	private @Nullable SettlementResult settled;

	synchronized boolean isSettled() {
		return this.settled != null;
	}

	synchronized boolean isSent() {
		return this.sent;
	}

	/**
	 * Return whether the payment was found good here, before anything was sent.
	 */
	synchronized boolean isVerified() {
		return this.verifications > 0;
	}

	/**
	 * Note that the payment was found good.
	 * @return how often it was by now
	 */
	synchronized int verified() {
		return ++this.verifications;
	}

	/**
	 * Begin to settle. What one signature settled is told only to who has it, because
	 * anybody can write another one beside the same authorization.
	 * @param payload the signed payment
	 * @return the result to return instead, or {@code null}
	 */
	synchronized @Nullable SettlementResult begin(Map<String, Object> payload) {
		if (this.signed != null && !this.signed.equals(payload)) {
			return SettlementResult.duplicate(null);
		}
		if (this.settled != null) {
			return (this.verifications == 1) ? this.settled : SettlementResult.duplicate(this.settled.transaction());
		}
		if (this.running) {
			return (this.verifications == 1) ? SettlementResult.pending(null) : SettlementResult.duplicate(null);
		}
		this.running = true;
		return null;
	}

	/**
	 * Note that the settlement is sent now.
	 * @param payload the signed payment
	 * @return whether it was before
	 */
	synchronized boolean send(Map<String, Object> payload) {
		this.signed = payload;
		boolean before = this.sent;
		this.sent = true;
		return before;
	}

	synchronized void end(SettlementResult result) {
		this.running = false;
		this.settled = (result.kind() == SettlementResult.Kind.SETTLED) ? result : this.settled;
		this.sent = this.sent && result.kind() == SettlementResult.Kind.PENDING;
		this.signed = (this.sent || this.settled != null) ? this.signed : null;
	}

}
