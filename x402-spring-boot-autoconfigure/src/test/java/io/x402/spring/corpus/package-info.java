/**
 * The corpus of messages that were run through the official packages, and what this
 * library makes of them. {@code sample-app/interop/corpus} makes the fixtures.
 */
package io.x402.spring.corpus;
