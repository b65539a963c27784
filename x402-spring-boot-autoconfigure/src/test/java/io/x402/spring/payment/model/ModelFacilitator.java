/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.http.SettleResponses;
import io.x402.spring.payment.model.Conduct.Verifying;
import io.x402.spring.payment.model.Word.Proof;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;

/**
 * A facilitator that settles on the chain and tells about it what it likes. Says as its
 * contract demands what a first call certainly did not do; calls after that it may
 * decline for what the first one has done.
 */
final class ModelFacilitator implements Facilitator {

	private final World world;

	private final Chain chain;

	ModelFacilitator(World world) {
		this.world = world;
		this.chain = world.chain();
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		Strand.pause();
		this.world.verified(nonce(request));
		VerificationOutcome outcome = switch (Work.current().conduct.verifying()) {
			case VALID -> new VerificationOutcome.Valid(null);
			case INVALID -> new VerificationOutcome.Invalid(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds");
			case OUT_OF_USE, UNAVAILABLE -> new VerificationOutcome.Unavailable("down");
			case WITH_AN_EXCEPTION -> throw new IllegalStateException("boom");
		};
		Strand.pause();
		return outcome;
	}

	@Override
	public Optional<VerificationOutcome.Unavailable> unavailable(FacilitatorRequest request) {
		Strand.pause();
		return (Work.current().conduct.verifying() == Verifying.OUT_OF_USE)
				? Optional.of(new VerificationOutcome.Unavailable("out of use")) : Optional.empty();
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		Work work = Work.current();
		this.world.calling(work);
		Strand.pause();
		String nonce = nonce(request);
		this.world.asked(nonce, request.requirements().amount(), work.conduct.answering() != Answering.NOT_EXECUTED);
		boolean settledBefore = !this.chain.isOpen(nonce);
		SettlementOutcome outcome = settle(request, nonce, work.conduct);
		work.moved = !settledBefore && !this.chain.isOpen(nonce);
		Strand.pause();
		if (work.conduct.answering() == Answering.WITH_AN_EXCEPTION) {
			throw new IllegalStateException("boom");
		}
		if (work.conduct.answering() == Answering.A_DEAD_PROCESS
				|| work.conduct.answering() == Answering.NOTHING_TO_A_DEAD_PROCESS) {
			work.instance.store().kill();
			throw new Died();
		}
		return outcome;
	}

	private SettlementOutcome settle(FacilitatorRequest request, String nonce, Conduct conduct) {
		if (conduct.answering() == Answering.NOT_EXECUTED) {
			return new NotExecuted("not sent");
		}
		if (this.chain.isRefused(nonce)) {
			return declined(request, ReasonCode.INSUFFICIENT_FUNDS);
		}
		return switch (conduct.answering()) {
			case TRUTHFULLY -> settled(request, this.chain.settle(nonce));
			case AFTER_THE_FACT, WITH_AN_EXCEPTION, A_DEAD_PROCESS -> lost(this.chain.settle(nonce));
			case NEVER, NOT_EXECUTED, NOTHING_TO_A_DEAD_PROCESS -> new Unknown("lost", null);
			case TOO_EARLY -> new Unknown("pending", this.chain.send(nonce));
			case FUNDS_ARE_INSUFFICIENT -> refuse(request, nonce);
			case NONCE_IS_USED -> this.chain.isSettled(nonce) ? declined(request, ReasonCode.NONCE_ALREADY_USED)
					: settled(request, this.chain.settle(nonce));
			case WITH_THE_TRANSACTION_OF_ANOTHER -> pretend(request, nonce);
			case WITH_A_WORD, WITH_A_WORD_AFTER_THE_FACT, WITH_A_WORD_TOO_EARLY -> fail(request, nonce, conduct);
		};
	}

	/**
	 * A word that excludes a charge is said if there is none, and keeps its promise.
	 */
	private SettlementOutcome fail(FacilitatorRequest request, String nonce, Conduct conduct) {
		Proof proof = conduct.word().proof();
		if (proof == Proof.NEVER && !this.chain.isOpen(nonce)) {
			return new Unknown("lost", null);
		}
		if (proof != Proof.NOTHING && this.chain.isOpen(nonce)) {
			this.chain.refuse(nonce);
		}
		else if (conduct.answering() == Answering.WITH_A_WORD_AFTER_THE_FACT) {
			this.chain.settle(nonce);
		}
		else if (conduct.answering() == Answering.WITH_A_WORD_TOO_EARLY) {
			this.chain.send(nonce);
		}
		return SettleResponses.failure(conduct.word().text(), request);
	}

	private SettlementOutcome refuse(FacilitatorRequest request, String nonce) {
		if (this.chain.isOpen(nonce)) {
			this.chain.refuse(nonce);
		}
		return declined(request, ReasonCode.INSUFFICIENT_FUNDS);
	}

	private SettlementOutcome pretend(FacilitatorRequest request, String nonce) {
		String transaction = this.world.transactionOfAnother(nonce);
		return (transaction != null) ? settled(request, transaction) : new Unknown("lost", null);
	}

	private static SettlementOutcome lost(String transaction) {
		return new Unknown("lost after " + transaction, null);
	}

	private static SettlementOutcome settled(FacilitatorRequest request, String transaction) {
		return new Settled(SettlementResponse.success(transaction, request.requirements().network(), null));
	}

	private static SettlementOutcome declined(FacilitatorRequest request, ReasonCode code) {
		return new Declined(code, SettlementResponse.failure(code.code(), request.requirements().network(), null));
	}

	private static String nonce(FacilitatorRequest request) {
		EvmPayload payload = EvmPayload.from(request.payload().payload());
		if (payload == null) {
			throw new AssertionError("A payment that nobody made");
		}
		return payload.nonce();
	}

	@Override
	public SupportedResponse supported() {
		return new SupportedResponse(List.of(), List.of(), Map.of());
	}

}
