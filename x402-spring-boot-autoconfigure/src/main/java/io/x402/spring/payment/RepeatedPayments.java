/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.StaleClaimException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Decides about payments whose settlement has begun before: delivers what was paid for,
 * and settles what was executed.
 */
final class RepeatedPayments {

	private static final Log logger = LogFactory.getLog(RepeatedPayments.class);

	private final SettlementServices services;

	private final ClaimHandles handles;

	private final TakeOvers takeOvers;

	private final Networks networks;

	RepeatedPayments(SettlementServices services, ClaimHandles handles, TakeOvers takeOvers, Networks networks) {
		this.services = services;
		this.handles = handles;
		this.takeOvers = takeOvers;
		this.networks = networks;
	}

	/**
	 * Deliver again what was paid for: what was kept, or else another run of the handler.
	 * @return {@code null} if another request does
	 */
	@Nullable PaymentDecision deliver(Attempt attempt, Claim claim) {
		if (!claim.deliverable() || !attempt.isSamePayment(claim)) {
			return alreadyEnded(ReasonCode.PAYMENT_ALREADY_USED, attempt, claim);
		}
		ResponseRecord response = this.services.store().response(claim);
		if (response instanceof ResponseRecord.Stored stored) {
			byte[] opened = this.services.cipher().open(stored, claim);
			return new Redelivered(exchange(attempt, this.handles.ended(claim)), opened, () -> recordRedelivery(claim));
		}
		if (!attempt.request().meets(this.services.cipher().conditions(response, claim))) {
			return new Refused(PaymentRefusal.of(ReasonCode.PAYMENT_ALREADY_BOUND, attempt.payer()));
		}
		if ((response.isReleased() && !attempt.request().safe())
				|| claim.attempts() >= this.services.settings().reruns()) {
			PaymentRefusal refusal = alreadyEnded(ReasonCode.PAYMENT_ALREADY_USED, attempt, claim).refusal();
			return new Refused(refusal, exchange(attempt, this.handles.ended(claim)));
		}
		return this.takeOvers.isAllowed(claim) ? rerun(attempt, claim) : null;
	}

	/**
	 * A run whose goods cannot be kept does not count as one.
	 */
	private @Nullable PaymentDecision rerun(Attempt attempt, Claim claim) {
		try {
			attempt.preparation().prepare(exchange(attempt, this.handles.ended(claim)).sale());
		}
		catch (PaymentStoreException ex) {
			logger.error("What was paid for cannot be delivered yet: " + ex.getMessage());
			return new Refused(
					PaymentRefusal.of(ReasonCode.DELIVERY_FAILED, attempt.payer()).withReceipt(claim.receipt()));
		}
		try {
			return new Accepted(exchange(attempt, this.handles.take(claim, ClaimChange.rerunning())));
		}
		catch (StaleClaimException ex) {
			return null;
		}
	}

	/**
	 * Settle for a handler that has run before. Without its response nothing is settled,
	 * and the handler may run again.
	 * @return {@code null} if the claim has changed
	 */
	@Nullable PaymentDecision resume(Attempt attempt, Claim claim) {
		if (!(this.services.store().response(claim) instanceof ResponseRecord.Stored stored)) {
			abandon(claim);
			return null;
		}
		byte[] opened = this.services.cipher().open(stored, claim);
		ChargeablePayment payment = payment(attempt, attempt.payer());
		Runnable uncharged = attempt.preparation().prepare(exchange(attempt, this.handles.ended(claim)).sale());
		Settlement settlement;
		try {
			settlement = settlement(attempt, this.handles.take(claim, ClaimChange.settlingAgain()), null);
		}
		catch (StaleClaimException ex) {
			return null;
		}
		catch (PaymentStoreException ex) {
			// It may be settling now, and then a reconciler settles it
			return new Refused(Settlement.pending(payment, null));
		}
		return settlement.resume(attempt.offers(), payment)
			.fold((receipt) -> new Redelivered(exchange(attempt, settlement), opened, () -> {
			}), (refusal) -> refuse(refusal, uncharged));
	}

	private static Refused refuse(PaymentRefusal refusal, Runnable uncharged) {
		if (refusal.reason() != ReasonCode.SETTLEMENT_PENDING) {
			uncharged.run();
		}
		return new Refused(refusal);
	}

	/**
	 * Make sure that a request that has lost its lease does not settle any more.
	 * @return whether that is certain
	 */
	boolean giveUp(Attempt attempt, Claim claim) {
		if (!this.takeOvers.isAllowed(claim)) {
			return false;
		}
		try {
			if (claim.state() == ClaimState.ABANDONED) {
				settlement(attempt, this.handles.take(claim, ClaimChange.retrying()), null).release("lease_over");
			}
			else {
				this.services.store().release(claim, "lease_over");
				if (this.services.store().find(claim.key()) != null) {
					return false;
				}
			}
			this.services.identifiers().free(attempt.payload(), claim, "lease_over");
			return true;
		}
		catch (StaleClaimException ex) {
			return false;
		}
	}

	/**
	 * The money has moved, the buyer gets what was paid for whatever the store says.
	 */
	private void recordRedelivery(Claim claim) {
		try {
			this.services.store().redelivered(claim);
		}
		catch (PaymentStoreException ex) {
			logger.warn("A redelivery could not be recorded: " + ex.getMessage());
		}
	}

	private void abandon(Claim claim) {
		try {
			this.services.store().advance(claim, this.services.uncharged(claim, "response_lost"));
		}
		catch (StaleClaimException ex) {
			// Another request did
		}
	}

	static Refused alreadyEnded(ReasonCode reason, Attempt attempt, Claim claim) {
		return new Refused(PaymentRefusal.of(reason, attempt.payer()).withReceipt(claim.receipt()));
	}

	Settlement settlement(Attempt attempt, ClaimHandle handle, @Nullable Claim identifier) {
		return new Settlement(this.services, attempt.question(), attempt.request().safe(), handle, identifier);
	}

	private PaymentExchange exchange(Attempt attempt, ClaimHandle handle) {
		return exchange(attempt, settlement(attempt, handle, null));
	}

	private PaymentExchange exchange(Attempt attempt, Settlement settlement) {
		return new PaymentExchange(settlement, attempt.offers(),
				payment(attempt, attempt.payer()).settled(settlement.claim().receipt()));
	}

	ChargeablePayment payment(Attempt attempt, @Nullable String payer) {
		PaymentRequirements offer = attempt.offer();
		Network network = this.networks.byId(offer.network());
		return new ChargeablePayment(attempt.payload().version(), offer, payer, null,
				(network != null) ? network.assetAt(offer.asset()) : null);
	}

}
