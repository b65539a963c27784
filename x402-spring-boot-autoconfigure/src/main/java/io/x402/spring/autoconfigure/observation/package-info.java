/**
 * Auto-configuration for observations and meters of sellers and buyers.
 */
@NullMarked
package io.x402.spring.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
