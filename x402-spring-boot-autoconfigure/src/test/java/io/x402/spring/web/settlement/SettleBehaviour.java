/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import io.x402.spring.store.ClaimState;

/**
 * How a facilitator behaves when it is asked to settle, and what is known after that.
 */
public enum SettleBehaviour {

	SETTLED(ClaimState.SETTLED), DECLINED(ClaimState.DECLINED), SERVER_ERROR(ClaimState.PENDING),
	TIMEOUT(ClaimState.PENDING), RESET(ClaimState.PENDING), GARBAGE(ClaimState.PENDING),
	WITHOUT_TRANSACTION(ClaimState.PENDING), WRONG_NETWORK(ClaimState.PENDING), WRONG_AMOUNT(ClaimState.PENDING),
	WRONG_PAYER(ClaimState.PENDING);

	private final ClaimState claim;

	SettleBehaviour(ClaimState claim) {
		this.claim = claim;
	}

	public ClaimState claim() {
		return this.claim;
	}

}
