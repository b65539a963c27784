/**
 * What is sold: one controller per feature, each priced where it is written.
 */
@NullMarked
package io.x402.sample.shop;

import org.jspecify.annotations.NullMarked;
