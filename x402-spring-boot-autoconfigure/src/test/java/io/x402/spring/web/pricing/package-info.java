/**
 * Shows what is offered for which price, and that a price that cannot be told closes.
 */
@NullMarked
package io.x402.spring.web.pricing;

import org.jspecify.annotations.NullMarked;
