package io.x402.spring.web;

import java.util.List;

/**
 * What is kept of answers to paid requests, so that they can be delivered again.
 *
 * @param enabled whether anything is kept
 * @param bodyLimit how many bytes a body has at most that is kept
 * @param headers names of the headers that are kept
 */
public record RedeliverySettings(boolean enabled, int bodyLimit, List<String> headers) {

}
