/**
 * HTTP without servlets: the held body and the stored response. May use {@code pricing}
 * and what that may use.
 */
@NullMarked
package io.x402.spring.web;

import org.jspecify.annotations.NullMarked;
