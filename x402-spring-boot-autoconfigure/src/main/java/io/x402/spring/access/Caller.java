/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Who sends a request, as far as it tells.
 *
 * @param user name of the authenticated user, or {@code null} if there is none
 * @param address network address of the client, or {@code null} if it is unknown
 * @param headers returns the first value of a header, {@code null} if it is absent
 * @since 0.2.0
 */
public record Caller(@Nullable String user, @Nullable String address, Function<String, @Nullable String> headers) {

}
