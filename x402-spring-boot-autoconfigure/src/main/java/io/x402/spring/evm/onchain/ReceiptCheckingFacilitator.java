/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SupportedResponse;
import org.jspecify.annotations.Nullable;

/**
 * Believes another facilitator only what an own node does not contradict, and does not
 * ask it about signatures that the node knows to be invalid. That money moved, the node
 * must confirm; what it does not confirm is unknown, with the transaction that was named.
 * That nothing was charged or executed is believed if the authorization is not used; if
 * it is, the chain tells what for.
 *
 * @since 0.1.0
 */
public final class ReceiptCheckingFacilitator implements Facilitator {

	private final Facilitator delegate;

	private final SettlementProbe probe;

	private final SettlementProbe patient;

	private final Predicate<PaymentRequirements> checked;

	private final @Nullable NodeSignatures signatures;

	/**
	 * Create a facilitator.
	 * @param delegate verifies and settles
	 * @param probe finds settlements on chain
	 * @param checked matches the payments that are looked for
	 * @param timeout maximum time to wait for a settlement that the delegate reports
	 * @param pollInterval time between two looks
	 */
	public ReceiptCheckingFacilitator(Facilitator delegate, SettlementProbe probe,
			Predicate<PaymentRequirements> checked, Duration timeout, Duration pollInterval) {
		this(delegate, probe, new PatientProbe(probe, timeout, pollInterval), checked);
	}

	ReceiptCheckingFacilitator(Facilitator delegate, SettlementProbe probe, SettlementProbe patient,
			Predicate<PaymentRequirements> checked) {
		this(delegate, probe, patient, checked, null);
	}

	private ReceiptCheckingFacilitator(Facilitator delegate, SettlementProbe probe, SettlementProbe patient,
			Predicate<PaymentRequirements> checked, @Nullable NodeSignatures signatures) {
		this.delegate = delegate;
		this.probe = probe;
		this.patient = patient;
		this.checked = checked;
		this.signatures = signatures;
	}

	/**
	 * Return this facilitator with a check of signatures before it verifies.
	 * @param chains networks of the own nodes
	 * @param networks the known networks
	 * @return a facilitator
	 * @since 0.2.0
	 */
	public ReceiptCheckingFacilitator checkingSignatures(Chains chains, Networks networks) {
		return new ReceiptCheckingFacilitator(this.delegate, this.probe, this.patient, this.checked,
				new NodeSignatures(chains, networks));
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		return (this.signatures != null && this.signatures.isInvalid(request))
				? new Invalid(ReasonCode.INVALID_SIGNATURE) : this.delegate.verify(request);
	}

	@Override
	public Optional<Unavailable> unavailable(FacilitatorRequest request) {
		return this.delegate.unavailable(request);
	}

	@Override
	public int maxConcurrentVerifications() {
		return this.delegate.maxConcurrentVerifications();
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		SettlementOutcome outcome = this.delegate.settle(request);
		if (request.requirements().amount().signum() == 0 || !this.checked.test(request.requirements())) {
			return outcome;
		}
		if (outcome instanceof Settled settled) {
			return confirm(request, settled);
		}
		return (outcome instanceof Unknown) ? outcome : unlessUsed(request, outcome);
	}

	private SettlementOutcome confirm(FacilitatorRequest request, Settled settled) {
		String transaction = settled.receipt().transaction();
		return (this.patient.probe(request, transaction) instanceof Settled confirmed
				&& confirmed.receipt().transaction() != null
				&& confirmed.receipt().transaction().equalsIgnoreCase(transaction))
						? new Settled(settled.receipt(), confirmed.transfer())
						: new Unknown("the own node does not confirm the transaction that the facilitator names",
								transaction);
	}

	/**
	 * Whatever a facilitator says, an authorization that is used was used for something.
	 */
	private SettlementOutcome unlessUsed(FacilitatorRequest request, SettlementOutcome outcome) {
		SettlementOutcome found = this.probe.probe(request, null);
		return (found instanceof NotExecuted) ? outcome : found;
	}

	@Override
	public SupportedResponse supported() {
		return this.delegate.supported();
	}

}
