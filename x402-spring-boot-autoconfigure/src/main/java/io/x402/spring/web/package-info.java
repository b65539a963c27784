/**
 * Spring MVC integration: {@link io.x402.spring.web.PaymentRequired}, the interceptor
 * that asks for payment, the filter and the held response that release nothing unpaid,
 * and the answers to buyers. May use {@code payment} and what that may use.
 */
@NullMarked
package io.x402.spring.web;

import org.jspecify.annotations.NullMarked;
