/**
 * Auto-configuration for a facilitator server.
 */
@NullMarked
package io.x402.spring.autoconfigure.server;

import org.jspecify.annotations.NullMarked;
