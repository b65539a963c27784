/**
 * The engine of one payment, free of servlets and HTTP: matching, claims, verification,
 * settlement, reconciliation and events. May use {@code protocol}, {@code money},
 * {@code facilitator} and {@code store}.
 */
@NullMarked
package io.x402.spring.payment;

import org.jspecify.annotations.NullMarked;
