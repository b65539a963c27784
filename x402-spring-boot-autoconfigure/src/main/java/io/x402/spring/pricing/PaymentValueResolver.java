/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import io.x402.spring.PaymentRequired;

/**
 * Resolves a price, recipient or asset for a request. A bean of this type is referenced
 * as {@code @beanName} in {@link PaymentRequired} or under {@code x402.routes}.
 * <p>
 * It is called at least twice for one purchase: for the offer and for the paid request. A
 * value that changes in between matches no offer any more, so keep it stable for at least
 * the time a buyer needs to sign.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PaymentValueResolver {

	/**
	 * Resolve the value.
	 * @param request the current request
	 * @return the value as the attribute takes it, for a price {@code 0.05},
	 * {@code 0.05 USDC} or {@code free}
	 */
	String resolve(PricingRequest request);

}
