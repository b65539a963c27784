/**
 * Service connections from Testcontainers.
 */
@NullMarked
package io.x402.spring.autoconfigure.testcontainers;

import org.jspecify.annotations.NullMarked;
