/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a payment buys besides one response: a pass that opens the handler for a time, for
 * a number of calls, or for whichever ends first.
 *
 * @since 0.2.0
 * @see PaymentRequired#pass()
 */
@Target({})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Pass {

	/**
	 * Time from the delivery of the pass to its end, such as {@code 1h}. Empty for no
	 * end.
	 * @return a duration between 1 second and 3660 days
	 */
	String duration() default "";

	/**
	 * Number of calls, the paid one included. Zero for any number.
	 * @return the number, zero or at least 2
	 */
	int uses() default 0;

	/**
	 * Name of the handlers that one pass opens, which must sell the same pass. A pass
	 * opens those of them that cost no more than what was paid for it. Empty for this
	 * handler alone.
	 * @return the name
	 */
	String scope() default "";

	/**
	 * Whether only the user who bought a pass can use it. A pass that was bought without
	 * a login is then for requests without a login.
	 * @return {@code true} to bind passes to users
	 */
	boolean sameUser() default false;

}
