package io.x402.spring.evm.onchain;

import java.util.function.Predicate;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SupportedResponse;

/**
 * Believes another facilitator that money moved only if an own node says so too. What the
 * node does not confirm is unknown, with the transaction that was named.
 */
public final class ReceiptCheckingFacilitator implements Facilitator {

	private final Facilitator delegate;

	private final SettlementProbe probe;

	private final Predicate<PaymentRequirements> checked;

	/**
	 * Create a facilitator.
	 * @param delegate verifies and settles
	 * @param probe finds settlements on chain, waiting for them as long as is acceptable
	 * @param checked tells which payments are looked for
	 */
	public ReceiptCheckingFacilitator(Facilitator delegate, SettlementProbe probe,
			Predicate<PaymentRequirements> checked) {
		this.delegate = delegate;
		this.probe = probe;
		this.checked = checked;
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		return this.delegate.verify(request);
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		SettlementOutcome outcome = this.delegate.settle(request);
		if (!(outcome instanceof Settled settled) || request.requirements().amount().signum() == 0
				|| !this.checked.test(request.requirements())) {
			return outcome;
		}
		String transaction = settled.receipt().transaction();
		return (this.probe.probe(request, transaction) instanceof Settled confirmed
				&& confirmed.receipt().transaction() != null
				&& confirmed.receipt().transaction().equalsIgnoreCase(transaction)) ? outcome
						: new Unknown("the own node does not confirm the transaction that the facilitator names",
								transaction);
	}

	@Override
	public SupportedResponse supported() {
		return this.delegate.supported();
	}

}
