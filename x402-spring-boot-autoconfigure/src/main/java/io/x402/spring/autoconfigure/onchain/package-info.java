/**
 * Auto-configuration for settlement on chain with own keys and nodes, and for the check
 * of receipts against a node.
 */
@NullMarked
package io.x402.spring.autoconfigure.onchain;

import org.jspecify.annotations.NullMarked;
