/**
 * Auto-configuration for a buyer: HTTP clients that pay.
 */
@NullMarked
package io.x402.spring.autoconfigure.client;

import org.jspecify.annotations.NullMarked;
