/**
 * Stores that several instances share: JDBC and Redis. May use {@code payment} and what
 * that may use.
 */
@NullMarked
package io.x402.spring.store;

import org.jspecify.annotations.NullMarked;
