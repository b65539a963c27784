package io.x402.spring.payment.model;

import java.util.List;
import java.util.Map;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
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

	private Answering answering = Answering.TRUTHFULLY;

	ModelFacilitator(World world) {
		this.world = world;
	}

	void answer(Answering answering) {
		this.answering = answering;
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		this.world.verified(nonce(request));
		return new VerificationOutcome.Valid(null);
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		String nonce = nonce(request);
		this.world.asked(nonce, this.answering != Answering.OUT_OF_REACH);
		Chain chain = this.world.chain();
		if (chain.isRefused(nonce)) {
			return declined(request, ReasonCode.INSUFFICIENT_FUNDS);
		}
		return switch (this.answering) {
			case TRUTHFULLY -> settled(request, chain.settle(nonce));
			case AFTER_THE_FACT -> lost(chain.settle(nonce));
			case NEVER -> new Unknown("lost", null);
			case TOO_EARLY -> new Unknown("pending", chain.send(nonce));
			case OUT_OF_REACH -> new NotExecuted("out of reach");
			case FUNDS_ARE_INSUFFICIENT -> refuse(request, nonce);
			case NONCE_IS_USED -> chain.isSettled(nonce) ? declined(request, ReasonCode.NONCE_ALREADY_USED)
					: settled(request, chain.settle(nonce));
			case WITH_AN_EXCEPTION -> {
				chain.settle(nonce);
				throw new IllegalStateException("boom");
			}
			case A_DEAD_PROCESS -> {
				chain.settle(nonce);
				throw this.world.die();
			}
			case NOTHING_TO_A_DEAD_PROCESS -> throw this.world.die();
		};
	}

	private SettlementOutcome refuse(FacilitatorRequest request, String nonce) {
		if (this.world.chain().isOpen(nonce)) {
			this.world.chain().refuse(nonce);
		}
		return declined(request, ReasonCode.INSUFFICIENT_FUNDS);
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
