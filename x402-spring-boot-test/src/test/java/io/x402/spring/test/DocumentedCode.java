/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import io.x402.spring.protocol.ReasonCode;

import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The other code of docs/testing.md, of which {@link DocumentationTests} makes sure that
 * it is this one.
 */
class DocumentedCode {

	private final ScriptedFacilitator facilitator;

	DocumentedCode(ScriptedFacilitator facilitator) {
		this.facilitator = facilitator;
	}

	void script() {
		this.facilitator.declines(ReasonCode.INSUFFICIENT_FUNDS); // at the settlement,
																	// after the handler
																	// has run
		this.facilitator.refuses(ReasonCode.INSUFFICIENT_FUNDS); // at the verification,
																	// before the handler
																	// runs
		this.facilitator.timesOut(); // no response to settle, no money moves
		this.facilitator.losesAnswers(); // the money moves, the first response is lost
		this.facilitator.fails(500); // an HTTP error; failsToSettle(500) verifies first
		this.facilitator.reset(); // settles again, between tests that share a context
	}

	void buy(RestClient client) {
		try (TestSeller seller = TestSeller.start("$0.01", "base-sepolia")) {
			String content = client.get().uri(seller.url("/report")).retrieve().body(String.class);
			assertThat(seller.facilitator().settleRequests()).hasSize(1);
		}
	}

}
