/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.window;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.spring.autoconfigure.facilitator.FacilitatorDecorator;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;

import org.springframework.core.Ordered;

/**
 * Lets the simulated facilitator fail for single payments and wallets, so that the page
 * can show what follows. Any other facilitator is left alone.
 */
public final class FacilitatorSwitches implements FacilitatorDecorator, Ordered {

	private final Set<String> emptyWallets = ConcurrentHashMap.newKeySet();

	private final Map<String, Fault> faults = new ConcurrentHashMap<>();

	private volatile boolean available;

	@Override
	public Facilitator decorate(Facilitator facilitator) {
		if (!(facilitator instanceof SimulatedFacilitator)) {
			return facilitator;
		}
		this.available = true;
		return new SwitchedFacilitator(facilitator);
	}

	/**
	 * Return whether the facilitator can be made to fail.
	 * @return {@code true} if it is the simulated one
	 */
	boolean isAvailable() {
		return this.available;
	}

	/**
	 * Let a wallet own nothing.
	 * @param address its address
	 */
	void empty(String address) {
		this.emptyWallets.add(address);
	}

	/**
	 * Let a wallet own again what it owned.
	 * @param address its address
	 */
	void refill(String address) {
		this.emptyWallets.remove(address);
	}

	/**
	 * Let the facilitator fail when it is asked to settle a payment.
	 * @param nonce nonce of the payment
	 * @param fault what it does then
	 */
	void fail(String nonce, Fault fault) {
		this.faults.put(nonce, fault);
	}

	/**
	 * Let the facilitator work again for a payment.
	 * @param nonce nonce of the payment
	 */
	void mend(String nonce) {
		this.faults.remove(nonce);
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	/** What happens instead of a settlement. */
	enum Fault {

		/** The money moves, and nobody hears of it. */
		DIES,

		/** The buyer has spent what it had since the payment was verified. */
		DECLINES

	}

	private final class SwitchedFacilitator implements Facilitator {

		private final Facilitator facilitator;

		private SwitchedFacilitator(Facilitator facilitator) {
			this.facilitator = facilitator;
		}

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			String payer = request.payer();
			return (payer != null && FacilitatorSwitches.this.emptyWallets.contains(payer))
					? new VerificationOutcome.Invalid(ReasonCode.INSUFFICIENT_FUNDS) : this.facilitator.verify(request);
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			Fault fault = (request.signed() instanceof EvmPayload payment)
					? FacilitatorSwitches.this.faults.get(payment.nonce()) : null;
			if (fault == Fault.DECLINES) {
				return new SettlementOutcome.Declined(ReasonCode.INSUFFICIENT_FUNDS, SettlementResponse
					.failure(ReasonCode.INSUFFICIENT_FUNDS.code(), request.networkName(), request.payer()));
			}
			SettlementOutcome outcome = this.facilitator.settle(request);
			return (fault == Fault.DIES) ? new SettlementOutcome.Unknown("the simulated facilitator hung up", null)
					: outcome;
		}

		@Override
		public SupportedResponse supported() {
			return this.facilitator.supported();
		}

	}

}
