/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes of settlements on chain.
 */
final class Outcomes {

	private Outcomes() {
	}

	static SettlementOutcome settled(Authorization authorization, String transaction, @Nullable Integer transfer) {
		return new Settled(new SettlementResponse(true, null, null, authorization.payment().from(), transaction,
				authorization.networkName(), amount(authorization), null, null), transfer);
	}

	static SettlementOutcome declined(Authorization authorization, Reason reason, @Nullable String transaction) {
		return declined(authorization, reason.code(ReasonCode.SETTLEMENT_DECLINED), reason.word(), transaction);
	}

	static SettlementOutcome declined(Authorization authorization, ReasonCode code, @Nullable String transaction) {
		return declined(authorization, code, code.code(), transaction);
	}

	private static SettlementOutcome declined(Authorization authorization, ReasonCode code, String word,
			@Nullable String transaction) {
		return new Declined(code, new SettlementResponse(false, word, null, authorization.payment().from(),
				(transaction != null) ? transaction : "", authorization.networkName(), null, null, null));
	}

	/**
	 * The amount is named where it can differ from the price.
	 */
	private static @Nullable String amount(Authorization authorization) {
		return Schemes.of(authorization.offer()).receiptAmount(authorization.offer().amount());
	}

}
