/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.x402.spring.pricing.PaymentValueResolver;

/**
 * Puts a price on a handler. On a method it prices that handler; on a class or interface
 * every handler of it that has no price of its own. It may be used as a meta-annotation,
 * and repeated to make several offers of which the buyer takes one. Functional endpoints
 * and static resources are priced under {@code x402.routes}.
 * <p>
 * Every text attribute may hold {@code ${…}} placeholders, which are resolved once at
 * startup. {@link #price()}, {@link #payTo()} and {@link #asset()} may also be a SpEL
 * template <code>#{…}</code>, evaluated for each request with the variables
 * {@code request} and {@code path} (the path variables, those of a route included) and
 * with beans as {@code @name}; or {@code @name}, the name of a
 * {@link PaymentValueResolver} bean.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Repeatable(PaymentRequired.Offers.class)
public @interface PaymentRequired {

	/**
	 * Price as a decimal amount of tokens: {@code $0.05}, {@code 0.05} or
	 * {@code 0.05 USDC}; under scheme {@link PaymentScheme#UPTO} the most that is
	 * charged. {@code free} takes the handler out of the price of its class.
	 * @return the price
	 */
	String price();

	/**
	 * Networks to be paid on, as CAIP-2 identifiers or well-known names; one offer is
	 * made for each. Empty for {@code x402.network}.
	 * @return the networks
	 */
	String[] network() default {};

	/**
	 * Asset to be paid in, a ticker or an address. Empty for the ticker of the price or
	 * else the default asset of the network.
	 * @return the asset
	 */
	String asset() default "";

	/**
	 * Address that is paid. Empty for {@code x402.pay-to}.
	 * @return the address
	 */
	String payTo() default "";

	/**
	 * What the buyer gets, shown in the offer. At most 500 characters.
	 * @return the description
	 */
	String description() default "";

	/**
	 * Media type of a successful answer, shown in the offer.
	 * @return the media type
	 */
	String mimeType() default "";

	/**
	 * How long the buyer's authorization has to be valid, as a duration such as
	 * {@code 60s}; it has to cover the handler and the settlement. Empty for
	 * {@code x402.max-timeout}.
	 * @return the duration
	 */
	String maxTimeout() default "";

	/**
	 * How the amount that is charged follows from the price.
	 * @return the scheme
	 */
	PaymentScheme scheme() default PaymentScheme.EXACT;

	/**
	 * When money moves in relation to the handler. Empty for
	 * {@code x402.settlement.flow}.
	 * @return the flow, at most one
	 */
	PaymentFlow[] flow() default {};

	/**
	 * Whether what the handler writes in transactions is committed only if the payment is
	 * settled. One transaction then spans the handler and the settlement and holds its
	 * connection meanwhile; the answer has to fit {@code x402.settlement.hold-limit}. Not
	 * for handlers that answer on another thread and not for {@link PaymentFlow#UPFRONT}.
	 * @return {@code true} to bind the transaction to the payment
	 */
	boolean transactional() default false;

	/**
	 * Holds repeated offers.
	 */
	@Target({ ElementType.METHOD, ElementType.TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@Inherited
	@Documented
	@interface Offers {

		/**
		 * Return the offers in order of preference.
		 * @return the offers
		 */
		PaymentRequired[] value();

	}

}
