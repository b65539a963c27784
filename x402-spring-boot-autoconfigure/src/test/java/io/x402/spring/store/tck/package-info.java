/**
 * What every {@link io.x402.spring.store.PaymentStore} has to do, as tests to extend.
 */
@NullMarked
package io.x402.spring.store.tck;

import org.jspecify.annotations.NullMarked;
