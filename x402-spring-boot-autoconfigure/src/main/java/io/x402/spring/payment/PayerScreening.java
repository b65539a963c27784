/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Decides whose payments are taken, such as by a list of sanctioned addresses. All beans
 * of this type must accept a payer.
 * <p>
 * It is called before anything is claimed or verified if the payer's own key has signed
 * the payment. Of other payments, such as those of contract wallets, only the facilitator
 * can tell whether the payer has signed them; they are verified first, and their payer is
 * screened before the handler runs and before money moves. So it never learns of a payer
 * whom a stranger has named.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface PayerScreening {

	/**
	 * Return whether payments of a payer are taken. The request waits for it.
	 * @param payer address of the payer, in any spelling, who has signed the payment
	 * @param offer what is paid: network, asset, atomic amount and recipient
	 * @return {@code false} to refuse every payment of this payer for the offer
	 * @throws RuntimeException if that cannot be found out; the payment is refused for
	 * now
	 */
	boolean accepts(String payer, PaymentRequirements offer);

}
