/**
 * Service connections from Docker Compose.
 */
@NullMarked
package io.x402.spring.autoconfigure.docker.compose;

import org.jspecify.annotations.NullMarked;
