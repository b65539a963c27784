/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.io.IOException;

import jakarta.servlet.http.HttpServletResponse;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What a handler does that answers 402 by hand.
 */
@State(Scope.Thread)
public class Plain {

	private final String header = "e".repeat(640);

	private final byte[] body = new byte[640];

	void write(HttpServletResponse response) throws IOException {
		response.setStatus(402);
		response.setHeader("PAYMENT-REQUIRED", this.header);
		response.setHeader("Cache-Control", "no-store");
		response.addHeader("Vary", "PAYMENT-SIGNATURE");
		response.addHeader("Vary", "X-PAYMENT");
		response.addHeader("Vary", "Accept");
		response.setContentType("application/json");
		response.setContentLength(this.body.length);
		response.getOutputStream().write(this.body);
	}

}
