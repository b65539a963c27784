/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may not enter is not asked to pay; who may is asked before anything else is looked
 * at.
 */
abstract class AbstractSecurityOrderTests extends AbstractScreenedTests {

	private static final String[] USER = { "Authorization",
			"Basic " + Base64.getEncoder().encodeToString("user:secret".getBytes()) };

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private AtomicInteger runs;

	private Http http;

	private int verifiedBefore;

	private int settledBefore;

	private int runsBefore;

	/** What another user gets for a payment whose request was denied. */
	private final int statusForOther;

	AbstractSecurityOrderTests(int statusForOther) {
		this.statusForOther = statusForOther;
	}

	@BeforeEach
	void remember() {
		this.http = new Http(this.port);
		this.verifiedBefore = this.facilitator.verified();
		this.settledBefore = this.facilitator.settled();
		this.runsBefore = this.runs.get();
	}

	@Test
	void whenCallerIsNotAuthenticatedThenIsNotAskedToPay() throws IOException, InterruptedException {
		String payment = new Buyer().pay(offer("/open/sold"));
		for (String[] headers : new String[][] { {}, { "PAYMENT-SIGNATURE", payment },
				{ "Accept", "text/html", "User-Agent", "Mozilla/5.0" } }) {
			HttpResponse<String> answer = this.http.get("/closed/sold", headers);
			assertThat(answer.statusCode()).isEqualTo(401);
			assertThat(answer.headers().firstValue("PAYMENT-REQUIRED")).isEmpty();
			assertThat(answer.body()).doesNotContain("accepts");
		}
		assertThat(this.facilitator.verified()).isEqualTo(this.verifiedBefore);
	}

	@Test
	void whenCallerIsAuthenticatedThenIsAskedToPay() throws IOException, InterruptedException {
		assertThat(this.http.get("/closed/sold", USER).statusCode()).isEqualTo(402);
		HttpResponse<String> paid = this.http.get("/closed/sold", USER[0], USER[1], "PAYMENT-SIGNATURE",
				new Buyer().pay(Buyer.offers(this.http.get("/closed/sold", USER).headers()).get(0)));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		assertThat(this.facilitator.settled() - this.settledBefore).isOne();
	}

	@Test
	void whenMethodSecurityDeniesThenNothingIsCharged() throws IOException, InterruptedException {
		PaymentRequirements offer = offer("/open/admin");
		HttpResponse<String> anonymous = this.http.get("/open/admin", "PAYMENT-SIGNATURE", new Buyer().pay(offer));
		assertThat(anonymous.statusCode()).isEqualTo(401);
		HttpResponse<String> user = this.http.get("/open/admin", USER[0], USER[1], "PAYMENT-SIGNATURE",
				new Buyer().pay(offer));
		assertThat(user.statusCode()).isEqualTo(403);
		assertThat(user.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
		assertThat(this.facilitator.settled()).isEqualTo(this.settledBefore);
		assertThat(this.runs).hasValue(this.runsBefore);
	}

	@Test
	void whenMethodSecurityDeniedThenPaymentIsNotUsedUp() throws IOException, InterruptedException {
		String payment = new Buyer().pay(offer("/open/admin"));
		for (int i = 0; i < 2; i++) {
			HttpResponse<String> denied = this.http.get("/open/admin", "PAYMENT-SIGNATURE", payment);
			assertThat(denied.statusCode()).isEqualTo(401);
		}
		HttpResponse<String> admitted = asAdmin(payment);
		assertThat(admitted.statusCode()).isEqualTo(this.statusForOther);
		assertThat(this.facilitator.settled() - this.settledBefore).isEqualTo((this.statusForOther != 200) ? 0 : 1);
		assertThat(asAdmin(new Buyer().pay(offer("/open/admin"))).statusCode()).isEqualTo(200);
	}

	private HttpResponse<String> asAdmin(String payment) throws IOException, InterruptedException {
		return this.http.get("/open/admin", "PAYMENT-SIGNATURE", payment, "Authorization",
				"Basic " + Base64.getEncoder().encodeToString("admin:secret".getBytes()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/open/bound", "/open/bound?days=many", "/open/bound?days=1&when=never" })
	void whenArgumentsAreInvalidThenPaymentIsAskedForFirst(String path) throws IOException, InterruptedException {
		assertThat(this.http.get(path).statusCode()).isEqualTo(402);
		HttpResponse<String> paid = this.http.get(path, "PAYMENT-SIGNATURE", new Buyer().pay(offer(path)));
		assertThat(paid.statusCode()).isEqualTo(400);
		assertThat(this.facilitator.settled()).isEqualTo(this.settledBefore);
		assertThat(this.runs).hasValue(this.runsBefore);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/open/bound", "/open/bound?days=many", "/open/bound?days=1&when=never" })
	void whenArgumentsWereInvalidThenPaymentIsGoodForAnotherRequest(String path)
			throws IOException, InterruptedException {
		String payment = new Buyer().pay(offer(path));
		for (int i = 0; i < 5; i++) {
			assertThat(this.http.get(path, "PAYMENT-SIGNATURE", payment).statusCode()).isEqualTo(400);
		}
		HttpResponse<String> other = this.http.get("/open/bound?days=1&when=2026-12-01", "PAYMENT-SIGNATURE", payment);
		assertThat(other.statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settled() - this.settledBefore).isOne();
		assertThat(this.runs).hasValue(this.runsBefore + 1);
	}

	@Test
	void whenRequestIsRefusedThenHeadersOfSecurityAreStillThere() throws IOException, InterruptedException {
		HttpResponse<String> answer = this.http.get("/open/sold");
		assertThat(answer.statusCode()).isEqualTo(402);
		assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
		assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
	}

	private PaymentRequirements offer(String path) throws IOException, InterruptedException {
		return Buyer.offers(this.http.get(path).headers()).get(0);
	}

}
