/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.protocol.SettlementResponse;

import org.springframework.http.HttpStatus;

/**
 * What answers of {@code /settle} prove, for tests of other packages.
 */
public final class SettleResponses {

	private SettleResponses() {
	}

	/**
	 * Judge a failure.
	 * @param reason the reason that the facilitator gives
	 * @param request what it was asked
	 * @return the outcome
	 */
	public static SettlementOutcome failure(String reason, FacilitatorRequest request) {
		return SettlementVerdict.of(HttpStatus.OK,
				SettlementResponse.failure(reason, request.requirements().network(), null), request);
	}

}
