/**
 * What the author of a paid handler imports: {@link io.x402.spring.PaymentRequired},
 * {@link io.x402.spring.PaymentScheme}, {@link io.x402.spring.PaymentFlow} and
 * {@link io.x402.spring.VerifiedPayment}. May use {@code protocol} and {@code money}.
 */
@NullMarked
package io.x402.spring;

import org.jspecify.annotations.NullMarked;
