/**
 * Routes for interoperability tests, in profile {@code lab} only: statuses, sizes and
 * every style a handler can answer in.
 */
@NullMarked
package io.x402.sample.lab;

import org.jspecify.annotations.NullMarked;
