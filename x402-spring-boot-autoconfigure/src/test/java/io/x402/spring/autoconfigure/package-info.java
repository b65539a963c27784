/**
 * Shows what starts, with what, and what an application that does not start tells its
 * developer.
 */
@NullMarked
package io.x402.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
