/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring;

import java.math.BigInteger;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The pass or balance that a handler runs for, in place of a payment. A handler that
 * sells passes takes it, like {@link VerifiedPayment}, as {@code Optional} or
 * {@code @Nullable}: a request has one of both. On Spring MVC it is also the attribute of
 * the request that has the name of this class.
 *
 * @since 0.2.0
 */
public interface AccessPass {

	/**
	 * Return the identity of the pass, which is no secret.
	 * @return 32 hexadecimal digits
	 */
	String id();

	/**
	 * Return the name of the handlers that the pass opens.
	 * @return the scope, empty for a balance
	 */
	String scope();

	/**
	 * Return the address of the buyer.
	 * @return the address, or {@code null} if it is not known
	 */
	@Nullable String payer();

	/**
	 * Return when the pass ends.
	 * @return the time, by the clock of the store, or {@code null} if it does not
	 */
	@Nullable Instant expiresAt();

	/**
	 * Return the number of calls that are left after this one.
	 * @return the number, for a balance what is left in atomic units of its token, or
	 * {@code null} if it is not limited
	 */
	@Nullable Long remaining();

	/**
	 * Return what this call takes of a balance at most: its price.
	 * @return amount in atomic units of the token, zero for a pass
	 */
	BigInteger price();

	/**
	 * Set what this call takes of a balance, in place of its price; the rest of the price
	 * is given back when the request has ended. May be called once, before that. A
	 * handler that does not call it takes the price. For a pass, zero is the only amount.
	 * @param amount amount in atomic units of the token; zero to take nothing
	 * @throws IllegalArgumentException if the amount is negative or more than the price
	 * @throws IllegalStateException if an amount was set before, or the request has ended
	 */
	void chargeAtomic(BigInteger amount);

}
