/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Objects;

import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a refused payer gets over HTTP, whether it is the seller or the facilitator who
 * refuses.
 */
abstract class AbstractPayerRefusalTests extends AbstractScreenedTests {

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	private Http http;

	@BeforeEach
	void connect() {
		this.http = new Http(this.port);
	}

	@AfterEach
	void agree() {
		this.facilitator.verifying((request) -> new VerificationOutcome.Valid(request.payer()))
			.settling((request) -> new SettlementOutcome.Settled(FacilitatorDouble.receipt(request)));
	}

	@Test
	void whenPayerIsListedWhileTheApplicationRunsThenItsNextPaymentIsRefused()
			throws IOException, InterruptedException {
		String first = payment();
		assertThat(buy(first).statusCode()).isEqualTo(200);
		int verified = this.facilitator.verified();
		String payer = Objects.requireNonNull(this.facilitator.verifications().get(verified - 1).payer());
		Files.writeString(REFUSED, payer.toLowerCase(Locale.ROOT) + " # listed");
		try {
			assertRefused(buy(payment()));
			assertThat(this.facilitator.verified()).isEqualTo(verified);
			assertThat(buy(first).statusCode()).isEqualTo(200);
		}
		finally {
			Files.writeString(REFUSED, "# nobody any more");
		}
		assertThat(buy(payment()).statusCode()).isEqualTo(200);
	}

	@Test
	void whenFacilitatorRefusesThePayerThenResponseIsTheSame() throws IOException, InterruptedException {
		this.facilitator
			.verifying(() -> new VerificationOutcome.Invalid(ReasonCode.PAYER_REFUSED, "request_blocked_by_location"));
		HttpResponse<String> refused = buy(payment());
		assertRefused(refused);
		assertThat(refused.body()).contains("request_blocked_by_location");
	}

	@Test
	void whenFacilitatorRefusesThePayerAtSettlementThenNothingIsDelivered() throws IOException, InterruptedException {
		this.facilitator.settling((request) -> new SettlementOutcome.Declined(ReasonCode.PAYER_REFUSED,
				SettlementResponse.failure("kyt_risk_detected", request.requirements().network(), request.payer())));
		HttpResponse<String> refused = buy(payment());
		assertRefused(refused);
		assertThat(refused.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
	}

	private static void assertRefused(HttpResponse<String> response) {
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(response.body()).contains("payer_refused").doesNotContain("goods", "accepts");
		assertThat(response.headers().firstValue("PAYMENT-REQUIRED")).isEmpty();
		assertThat(response.headers().firstValue("Retry-After")).isEmpty();
	}

	private String payment() throws IOException, InterruptedException {
		return new Buyer().pay(Buyer.offers(this.http.get("/open/sold").headers()).get(0));
	}

	private HttpResponse<String> buy(String payment) throws IOException, InterruptedException {
		return this.http.get("/open/sold", "PAYMENT-SIGNATURE", payment);
	}

}
