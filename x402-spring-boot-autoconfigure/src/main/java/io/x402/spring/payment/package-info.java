/**
 * The engine of one payment, free of servlets and HTTP: terms, matching, claims, verify,
 * settle, outcome and events. May use {@code protocol}, {@code money} and
 * {@code facilitator}.
 */
@NullMarked
package io.x402.spring.payment;

import org.jspecify.annotations.NullMarked;
