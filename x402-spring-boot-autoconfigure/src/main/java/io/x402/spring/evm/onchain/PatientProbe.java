/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.time.Duration;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.time.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Looks again for what is not known yet, because an own node may learn of a block later
 * than the facilitator that made it known.
 */
final class PatientProbe implements SettlementProbe {

	private final SettlementProbe probe;

	private final Duration timeout;

	private final Duration pollInterval;

	/**
	 * Create a probe.
	 * @param probe the probe that is asked
	 * @param timeout how long it is asked again
	 * @param pollInterval how often
	 */
	PatientProbe(SettlementProbe probe, Duration timeout, Duration pollInterval) {
		this.probe = probe;
		this.timeout = timeout;
		this.pollInterval = pollInterval;
	}

	@Override
	public SettlementOutcome probe(FacilitatorRequest request, @Nullable String transaction) {
		Deadline deadline = Deadline.in(this.timeout);
		SettlementOutcome outcome = this.probe.probe(request, transaction);
		while (!isFinal(outcome) && !deadline.hasPassed() && pause()) {
			outcome = this.probe.probe(request, transaction);
		}
		return outcome;
	}

	private static boolean isFinal(SettlementOutcome outcome) {
		return outcome instanceof Settled || outcome instanceof Declined;
	}

	private boolean pause() {
		try {
			Thread.sleep(this.pollInterval.toMillis());
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
