/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.URI;

/**
 * A call that is about to be made to a remote facilitator.
 *
 * @param method HTTP method in upper case
 * @param uri absolute address, without user information, query and fragment
 * @since 0.1.0
 */
public record FacilitatorCall(String method, URI uri) {

}
