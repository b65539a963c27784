/**
 * Micrometer observations of verify and settle and meters for the money. May use
 * {@code payment} and {@code facilitator}.
 */
@NullMarked
package io.x402.spring.observation;

import org.jspecify.annotations.NullMarked;
