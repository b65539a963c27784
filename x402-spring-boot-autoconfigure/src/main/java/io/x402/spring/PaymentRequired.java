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

/**
 * Requires payment before a handler runs. On a method it prices that handler, on a class
 * or interface all handlers that have no price of their own. May be used as a
 * meta-annotation, and may be repeated to make several offers of which the buyer chooses
 * one. Functional endpoints and static resources are priced under {@code x402.routes}.
 * <p>
 * Text attributes may contain <code>${…}</code> placeholders, which are resolved once at
 * startup. {@link #price()}, {@link #payTo()} and {@link #asset()} may also depend on the
 * request, as one of
 * <ul>
 * <li>a SpEL template <code>#{…}</code>, with the variables {@code #request} (the native
 * request, such as an {@code HttpServletRequest}) and {@code #path} (the path variables
 * of the handler, or of the route that prices it) and with beans as {@code @name};</li>
 * <li>{@code @name}, the name of a {@link io.x402.spring.pricing.PaymentValueResolver}
 * bean.</li>
 * </ul>
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
	 * {@code 0.05 USDC}. Under scheme {@link PaymentScheme#UPTO} it is the maximum.
	 * {@code free} exempts a handler from the price of its class.
	 * @return the price
	 */
	String price();

	/**
	 * Networks to be paid on, as CAIP-2 identifiers such as {@code eip155:8453} or
	 * well-known names such as {@code base}; one offer is made for each. Empty for
	 * {@code x402.network}.
	 * @return the networks
	 */
	String[] network() default {};

	/**
	 * Asset to be paid in, as a ticker or an address. Empty for the ticker in the price,
	 * or else for the default asset of the network.
	 * @return the asset
	 */
	String asset() default "";

	/**
	 * Recipient of the payment. Empty for {@code x402.pay-to}.
	 * @return an address of the network
	 */
	String payTo() default "";

	/**
	 * Description of the resource for the buyer, of at most 500 characters.
	 * @return the description
	 */
	String description() default "";

	/**
	 * Media type of a successful response, for the buyer.
	 * @return the media type
	 */
	String mimeType() default "";

	/**
	 * Time for which the buyer's authorization must be valid, such as {@code 60s}. It
	 * must cover the handler and the settlement. Empty for {@code x402.max-timeout}.
	 * @return a duration between 10 seconds and 1 day, or 7 days for a token of Circle
	 * Gateway
	 */
	String maxTimeout() default "";

	/**
	 * How the charged amount follows from the price.
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
	 * Whether the handler's transaction is committed only if the payment is settled. The
	 * transaction then spans the handler and the settlement, with its connection, and the
	 * response must fit in {@code x402.settlement.hold-limit}. Not available to handlers
	 * that respond on another thread, nor in flow {@link PaymentFlow#UPFRONT}.
	 * @return {@code true} to bind the transaction to the payment
	 */
	boolean transactional() default false;

	/**
	 * Whether catalogues may list the resource: whether it is described in its 402
	 * responses, the OpenAPI description and {@code /.well-known/x402}. Of several offers
	 * none may opt out.
	 * @return {@code false} to leave the resource out of catalogues
	 */
	boolean discoverable() default true;

	/**
	 * Calls that each client has free, as a number and a period such as {@code 3 per 1d}.
	 * A client is the authenticated user, or else a network address, unless
	 * {@code x402.free-quota.key} says otherwise. The period begins with its first call,
	 * and each handler counts for itself. Available to handlers of Spring MVC and
	 * WebFlux. By default, those of {@code x402.free-quota.limit}; {@code none} for none.
	 * @return the quota, the same for all offers of a handler
	 */
	String freeQuota() default "";

	/**
	 * Callers who do not pay, as an expression of Spring Security such as
	 * {@code hasAuthority('CUSTOMER')}. A payment that one of them sends is not taken.
	 * Available to handlers of Spring MVC and WebFlux. Empty for {@code x402.free-for};
	 * {@code denyAll} if everybody pays.
	 * @return the expression, the same for all offers of a handler
	 * @since 0.2.0
	 */
	String freeFor() default "";

	/**
	 * What a payment buys besides one response: a pass that opens the handler for a time
	 * or a number of calls. Available to handlers of Spring MVC and WebFlux, with scheme
	 * {@link PaymentScheme#EXACT}. None by default.
	 * @return the pass, the same for all offers of a handler
	 * @since 0.2.0
	 */
	Pass pass() default @Pass;

	/**
	 * Amount of a top-up, such as {@code $5}, that buyers can pay in place of the price.
	 * Who pays it owns a balance, of which each call takes its price, at any handler that
	 * offers a top-up in the same token to the same recipient. Available to handlers of
	 * Spring MVC and WebFlux, with scheme {@link PaymentScheme#EXACT} and without
	 * {@link #pass()}. Empty for {@code x402.credits.top-up}; {@code none} for none.
	 * @return the amount, higher than the price
	 * @since 0.2.0
	 */
	String topUp() default "";

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
