/**
 * Stores that several instances share: JDBC and Redis. May use {@code payment},
 * {@code client} and what these may use.
 */
@NullMarked
package io.x402.spring.store;

import org.jspecify.annotations.NullMarked;
