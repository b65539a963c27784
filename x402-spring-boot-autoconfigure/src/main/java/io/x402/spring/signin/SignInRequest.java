/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.util.List;

/**
 * What a buyer signs in for, by what this server knows of the request and never by what
 * the buyer repeats.
 *
 * @param method HTTP method
 * @param url public URL with its query
 * @param networks CAIP-2 identifiers of the networks that can be paid on
 * @since 0.2.0
 */
public record SignInRequest(String method, String url, List<String> networks) {

}
