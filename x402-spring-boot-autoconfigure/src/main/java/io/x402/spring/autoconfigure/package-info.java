/**
 * Spring Boot auto-configuration, properties, startup checks and failure analyzers. The
 * only package that may use Spring Boot; may use all others.
 */
@NullMarked
package io.x402.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
