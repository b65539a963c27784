/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.evm.TransferCheck;
import io.x402.spring.evm.onchain.SignatureCheck.Result;
import io.x402.spring.evm.onchain.TransferLooks.Confirmed;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.TransferPayload;

/**
 * Finds transfers of scheme {@code transfer} on EVM networks by own nodes, and leaves all
 * other payments to another facilitator. It moves no money: a payment is valid once its
 * transfer is deep enough in the chain, and to settle it is to say which one it was. What
 * is not on the chain, or cannot be seen, is pending and never refused.
 *
 * @since 0.2.0
 */
public final class TransferFacilitator implements Facilitator {

	private final Facilitator delegate;

	private final Chains chains;

	private final TransferLooks looks;

	private final Duration clockSkew;

	private final Semaphore looking;

	private final SignatureCheck signatures = new SignatureCheck(Set.of());

	/**
	 * Create a facilitator.
	 * @param delegate verifies and settles all other payments
	 * @param chains the networks it can look at
	 * @param settings when a transfer counts, and limits
	 */
	public TransferFacilitator(Facilitator delegate, Chains chains, Settings settings) {
		this.delegate = delegate;
		this.chains = chains;
		this.looks = new TransferLooks(settings.confirmations(), settings.finalized(), settings.maxLooks());
		this.clockSkew = settings.clockSkew();
		this.looking = new Semaphore(settings.maxConcurrent());
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		if (!isTransfer(request)) {
			return this.delegate.verify(request);
		}
		if (!(request.signed() instanceof TransferPayload payment)) {
			return new Invalid(ReasonCode.UNSUPPORTED_PAYLOAD);
		}
		if (!this.looking.tryAcquire()) {
			return pending("too many transfers are looked for");
		}
		try {
			Chain chain = this.chains.get(request.requirements().network());
			return (chain != null) ? verify(chain, request, payment)
					: pending("no node of network " + request.requirements().network() + " responds");
		}
		catch (NodeUnavailableException | NodeErrorException ex) {
			return pending(String.valueOf(ex.getMessage()));
		}
		catch (RuntimeException ex) {
			// a node can respond with anything
			return pending("the look failed with " + ex.getClass().getName());
		}
		finally {
			this.looking.release();
		}
	}

	private VerificationOutcome verify(Chain chain, FacilitatorRequest request, TransferPayload payment) {
		boolean account = TransferCheck.isSignedByAccount(request, payment);
		Confirmed confirmed = this.looks.look(chain, payment.transaction());
		if (confirmed == null) {
			return pending("the transfer is not deep enough in the chain, or unknown");
		}
		boolean direct = confirmed.receipt().sender().equalsIgnoreCase(payment.from());
		ChainState state = new ChainState(chain, Chain.LATEST);
		boolean contract = !(account && direct) && state.code(payment.from()).length() > 2;
		if (!account && !(contract && isSignedByWallet(state, request, payment))) {
			return new Invalid(ReasonCode.TRANSFER_SIGNATURE_INVALID);
		}
		ReasonCode objection = new TransferEvidence(request.accepted(), payment, this.clockSkew)
			.objection(confirmed.receipt(), Instant.ofEpochSecond(confirmed.block().timestamp()), contract);
		return (objection == null) ? new Valid(payment.from()) : new Invalid(objection);
	}

	private boolean isSignedByWallet(ChainState state, FacilitatorRequest request, TransferPayload payment) {
		return this.signatures.check(state, payment.from(),
				PersonalMessage.digest(TransferCheck.text(request, payment)), payment.signature()) == Result.VALID;
	}

	@Override
	public Optional<Unavailable> unavailable(FacilitatorRequest request) {
		return isTransfer(request) ? Optional.empty() : this.delegate.unavailable(request);
	}

	@Override
	public int maxConcurrentVerifications() {
		return this.delegate.maxConcurrentVerifications();
	}

	/**
	 * What was valid a moment ago is so still unless the chain was replaced to a greater
	 * depth than was asked for, or the nodes are gone.
	 */
	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		if (!isTransfer(request)) {
			return this.delegate.settle(request);
		}
		if (verify(request) instanceof Valid && request.signed() instanceof TransferPayload payment) {
			return new Settled(new SettlementResponse(true, null, null, payment.from(), payment.transaction(),
					request.networkName(), null, null, null), payment.event());
		}
		return new NotExecuted("a transfer that was found is not found any more");
	}

	@Override
	public SupportedResponse supported() {
		return this.delegate.supported();
	}

	private static boolean isTransfer(FacilitatorRequest request) {
		return Schemes.of(request.requirements()).isPaidBefore();
	}

	private static Unavailable pending(String detail) {
		return new Unavailable(ReasonCode.SETTLEMENT_PENDING, detail);
	}

	/**
	 * When a transfer counts, and what clients can cause at most.
	 *
	 * @param confirmations number of blocks that must confirm a transfer, that of the
	 * transaction included; at least 1
	 * @param finalized whether its block must be finalized besides
	 * @param clockSkew difference between the clocks of sellers and networks that is
	 * allowed for
	 * @param maxConcurrent maximum number of concurrent looks at the chain
	 * @param maxLooks maximum number of looks per minute that ask a node for a
	 * transaction, 0 for no limit
	 */
	public record Settings(int confirmations, boolean finalized, Duration clockSkew, int maxConcurrent, int maxLooks) {

	}

}
