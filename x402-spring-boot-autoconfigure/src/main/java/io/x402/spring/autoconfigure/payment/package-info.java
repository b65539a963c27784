/**
 * Auto-configuration for the payment engine and its background work.
 */
@NullMarked
package io.x402.spring.autoconfigure.payment;

import org.jspecify.annotations.NullMarked;
