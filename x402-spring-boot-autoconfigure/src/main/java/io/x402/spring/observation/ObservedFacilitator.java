/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.util.Optional;

import io.micrometer.observation.ObservationRegistry;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.observation.FacilitatorObservationContext.Operation;
import io.x402.spring.observation.FacilitatorObservationContext.Outcome;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SupportedResponse;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Facilitator} whose verifications and settlements are observed. What it returns
 * and throws is what the other one does, whatever observation handlers do.
 */
final class ObservedFacilitator implements Facilitator {

	private final Facilitator facilitator;

	private final ObservationRegistry registry;

	private final @Nullable FacilitatorObservationConvention convention;

	/**
	 * Create a facilitator.
	 * @param facilitator the facilitator to observe
	 * @param registry where to record
	 * @param convention gives names and key values, or {@code null} for the default
	 */
	ObservedFacilitator(Facilitator facilitator, ObservationRegistry registry,
			@Nullable FacilitatorObservationConvention convention) {
		this.facilitator = facilitator;
		this.registry = registry;
		this.convention = convention;
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		if (this.registry.isNoop()) {
			return this.facilitator.verify(request);
		}
		FacilitatorObservation observation = start(Operation.VERIFY, request);
		try {
			VerificationOutcome outcome = this.facilitator.verify(request);
			end(observation, outcome);
			return outcome;
		}
		catch (RuntimeException ex) {
			observation.fail(Outcome.UNAVAILABLE, ReasonCode.FACILITATOR_UNAVAILABLE, ex);
			throw ex;
		}
		finally {
			observation.stop();
		}
	}

	@Override
	public Optional<Unavailable> unavailable(FacilitatorRequest request) {
		return this.facilitator.unavailable(request);
	}

	@Override
	public int maxConcurrentVerifications() {
		return this.facilitator.maxConcurrentVerifications();
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		if (this.registry.isNoop()) {
			return this.facilitator.settle(request);
		}
		FacilitatorObservation observation = start(Operation.SETTLE, request);
		try {
			SettlementOutcome outcome = this.facilitator.settle(request);
			end(observation, outcome);
			return outcome;
		}
		catch (RuntimeException ex) {
			observation.fail(Outcome.UNKNOWN, ReasonCode.SETTLEMENT_PENDING, ex);
			throw ex;
		}
		finally {
			observation.stop();
		}
	}

	@Override
	public SupportedResponse supported() {
		return this.facilitator.supported();
	}

	private FacilitatorObservation start(Operation operation, FacilitatorRequest request) {
		FacilitatorObservation observation = new FacilitatorObservation(this.registry, operation, request);
		observation.start(this.convention);
		return observation;
	}

	private static void end(FacilitatorObservation observation, @Nullable VerificationOutcome outcome) {
		if (outcome instanceof Valid valid) {
			observation.end(Outcome.VALID, null, valid.payer(), null);
		}
		else if (outcome instanceof Invalid invalid) {
			observation.end(Outcome.INVALID, invalid.code(), null, null);
		}
		else {
			ReasonCode code = (outcome instanceof Unavailable unavailable) ? unavailable.code()
					: ReasonCode.FACILITATOR_UNAVAILABLE;
			observation.end(Outcome.UNAVAILABLE, code, null, null);
		}
	}

	private static void end(FacilitatorObservation observation, @Nullable SettlementOutcome outcome) {
		if (outcome instanceof Settled settled) {
			observation.end(Outcome.SETTLED, null, settled.receipt().payer(), settled.receipt().transaction());
		}
		else if (outcome instanceof Declined declined) {
			observation.end(Outcome.DECLINED, declined.code(), declined.receipt().payer(),
					declined.receipt().transaction());
		}
		else if (outcome instanceof NotExecuted notExecuted) {
			observation.end(Outcome.UNAVAILABLE, notExecuted.code(), null, null);
		}
		else if (outcome instanceof Unknown unknown) {
			observation.end(Outcome.UNKNOWN, ReasonCode.SETTLEMENT_PENDING, null, unknown.transaction());
		}
		else {
			observation.end(Outcome.UNKNOWN, ReasonCode.SETTLEMENT_PENDING, null, null);
		}
	}

}
