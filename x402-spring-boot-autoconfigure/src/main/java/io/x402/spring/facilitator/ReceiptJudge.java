/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.regex.Pattern;

import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.lang.Contract;

/**
 * Decides whether a claimed settlement is one. A receipt without transaction, for another
 * network, amount or payer proves nothing, so its outcome is unknown.
 *
 * @since 0.1.0
 */
public final class ReceiptJudge {

	private static final Pattern TRANSACTION = Pattern.compile("[A-Za-z0-9:_-]{16,128}");

	private final Networks networks;

	/**
	 * Create a judge.
	 * @param networks the known networks
	 */
	public ReceiptJudge(Networks networks) {
		this.networks = networks;
	}

	/**
	 * Judge an outcome.
	 * @param outcome what the facilitator says
	 * @param request what it was asked
	 * @param payer the payer who signed, or {@code null} if the payload does not show it
	 * @return the outcome, or an unknown one in place of a settlement that is not
	 * credible
	 */
	public SettlementOutcome judge(SettlementOutcome outcome, FacilitatorRequest request, @Nullable String payer) {
		if (!(outcome instanceof Settled settled)) {
			return outcome;
		}
		SettlementResponse receipt = settled.receipt();
		PaymentRequirements requirements = request.requirements();
		if (!receipt.success()) {
			return new Unknown("settled without success", null);
		}
		String transaction = isPresent(receipt.transaction()) ? receipt.transaction() : "";
		boolean nothing = requirements.amount().signum() == 0 && transaction.isEmpty();
		if (!nothing && !TRANSACTION.matcher(transaction).matches()) {
			return new Unknown("settled without a transaction", null);
		}
		if (!isNetwork(requirements.network(), receipt.network())) {
			return new Unknown("settled on another network", null);
		}
		if (isPresent(receipt.amount()) && !requirements.amount().toString().equals(receipt.amount())) {
			return new Unknown("settled another amount", transaction);
		}
		if (payer != null && isPresent(receipt.payer()) && !payer.equalsIgnoreCase(receipt.payer())) {
			return new Unknown("settled for another payer", transaction);
		}
		return new Settled(new SettlementResponse(true, null, null, (payer != null) ? payer : receipt.payer(),
				requirements.networkId().canonicalTransaction(transaction), request.networkName(),
				amount(receipt, requirements), receipt.extensions(), receipt.extra()), settled.transfer());
	}

	/**
	 * The buyer is told what was charged where that can be less than the price.
	 */
	private static @Nullable String amount(SettlementResponse receipt, PaymentRequirements requirements) {
		String charged = Schemes.of(requirements).receiptAmount(requirements.amount());
		return (charged != null) ? charged : receipt.amount();
	}

	@Contract("null -> false")
	private static boolean isPresent(@Nullable String text) {
		return text != null && !text.isBlank();
	}

	private boolean isNetwork(String expected, @Nullable String actual) {
		Network network = this.networks.byId(expected);
		return expected.equals(actual) || (network != null && actual != null && actual.equals(network.v1Name()));
	}

}
