/**
 * Claims, ledger and spending in a relational database. May use {@code store} and what
 * that may use.
 */
@NullMarked
package io.x402.spring.store.jdbc;

import org.jspecify.annotations.NullMarked;
