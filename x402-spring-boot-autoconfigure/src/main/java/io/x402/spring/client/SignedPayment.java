/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.Locale;

import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Spending;
import org.jspecify.annotations.Nullable;

/**
 * A payment that is as good as money until its end, and collects what it has paid for
 * until it is forgotten. Its text form shows nothing of it.
 *
 * @param fingerprint the request it is for
 * @param header name of the request header it is sent in
 * @param value value of that header
 * @param end when no one can settle it any more
 * @param forgotten when it is not sent any more
 * @param spending how it counts in budgets
 * @param purchase what it buys
 */
record SignedPayment(String fingerprint, String header, String value, PaymentClock.End end, PaymentClock.End forgotten,
		Spending spending, Purchase purchase) {

	/**
	 * Return a receipt without a transaction that is a piece of the payment, such as its
	 * nonce, so that it may be told to everybody. In the payment they are in lower case.
	 */
	@Nullable SettlementResponse harmless(@Nullable SettlementResponse receipt) {
		if (receipt == null || receipt.transaction() == null || receipt.transaction().isEmpty()) {
			return receipt;
		}
		String payment = MachineCredential.text(this.value);
		String transaction = receipt.transaction().toLowerCase(Locale.ROOT);
		return payment.contains(transaction) ? new SettlementResponse(receipt.success(), receipt.errorReason(),
				receipt.errorMessage(), receipt.payer(), null, receipt.network(), receipt.amount(), null, null)
				: receipt;
	}

	@Override
	public String toString() {
		return "SignedPayment[redacted]";
	}

}
