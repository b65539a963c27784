/**
 * Environment post-processors for the embedded web servers.
 */
@NullMarked
package io.x402.spring.autoconfigure.web;

import org.jspecify.annotations.NullMarked;
