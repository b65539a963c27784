/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.io.IOException;
import java.net.http.HttpResponse;

import io.x402.spring.fixture.FacilitatorDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request pays once, however many dispatches it takes, and no dispatch goes around the
 * price of the handler it ends at.
 */
abstract class AbstractDispatchTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Runs runs;

	@Autowired
	private FacilitatorDouble facilitator;

	private Shopper shopper;

	private int runsBefore;

	private int settledBefore;

	@BeforeEach
	void remember() {
		this.shopper = new Shopper(this.port);
		this.runsBefore = this.runs.count();
		this.settledBefore = this.facilitator.settled();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/dispatch/paid", "/static-files/secret", "/routes/any/function", "/dispatch/callable" })
	void whenFreeHandlerForwardsToPaidOneThenIsPaidOnce(String target) throws IOException, InterruptedException {
		HttpResponse<String> unpaid = this.shopper.get("/dispatch/forward?to=" + target);
		assertThat(unpaid.statusCode()).isEqualTo(402);
		assertThat(unpaid.body()).doesNotContain(Runs.GOODS);
		assertThat(runs()).isZero();
		HttpResponse<String> paid = this.shopper.buy("/dispatch/forward?to=" + target);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.body()).contains(Runs.GOODS);
		assertThat(paid.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		assertThat(settled()).isOne();
	}

	@Test
	void whenPaidHandlerForwardsToOneThatAsksForNoMoreThenIsPaidOnce() throws IOException, InterruptedException {
		HttpResponse<String> same = this.shopper.buy("/dispatch/paid-forward?to=/dispatch/paid");
		assertThat(same.body()).isEqualTo(Runs.GOODS);
		assertThat(settled()).isOne();
		HttpResponse<String> cheaper = this.shopper.buy("/dispatch/dear-forward?to=/dispatch/paid");
		assertThat(cheaper.body()).isEqualTo(Runs.GOODS);
		assertThat(settled()).isEqualTo(2);
		assertThat(runs()).isEqualTo(2);
	}

	@Test
	void whenPaidHandlerForwardsToOneThatAsksForMoreThenNothingIsSold() throws IOException, InterruptedException {
		HttpResponse<String> answer = this.shopper.buy("/dispatch/paid-forward?to=/dispatch/dear");
		assertThat(answer.statusCode()).isEqualTo(503);
		assertThat(answer.body()).contains("payments_unavailable").doesNotContain(Runs.GOODS);
		assertThat(runs()).isZero();
		assertThat(settled()).isZero();
	}

	@Test
	void whenHandlerForwardsToItselfThenPriceIsFoundAnew() throws IOException, InterruptedException {
		HttpResponse<String> unpaid = this.shopper.get("/dispatch/tier/free");
		assertThat(unpaid.statusCode()).isEqualTo(402);
		assertThat(unpaid.body()).doesNotContain(Runs.GOODS);
		assertThat(runs()).isZero();
		HttpResponse<String> paid = this.shopper.buy("/dispatch/tier/free");
		assertThat(paid.body()).isEqualTo(Runs.GOODS);
		assertThat(settled()).isOne();
	}

	@Test
	void whenFreeHandlerIncludesPaidOneThenContentIsNotIncludedUnpaid() throws IOException, InterruptedException {
		for (String target : new String[] { "/dispatch/paid", "/static-files/secret", "/routes/any/function" }) {
			HttpResponse<String> unpaid = this.shopper.get("/dispatch/include?of=" + target);
			assertThat(unpaid.body()).as(target).doesNotContain(Runs.GOODS);
		}
		assertThat(runs()).isZero();
	}

	@Test
	void whenFreeHandlerIncludesPaidOneThenPaymentOpensIt() throws IOException, InterruptedException {
		HttpResponse<String> paid = this.shopper.buyWithOfferOf("/dispatch/paid",
				"/dispatch/include?of=/dispatch/paid");
		assertThat(paid.body()).isEqualTo("before " + Runs.GOODS);
		assertThat(paid.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		assertThat(runs()).isOne();
		assertThat(settled()).isOne();
	}

	@Test
	void whenErrorPageIsPricedThenIsNotRun() throws IOException, InterruptedException {
		HttpResponse<String> unpaid = this.shopper.get("/dispatch/gone");
		assertThat(unpaid.statusCode()).isEqualTo(410);
		assertThat(unpaid.body()).doesNotContain(Runs.GOODS);
		HttpResponse<String> paid = this.shopper.buyWithOfferOf("/dispatch/paid", "/dispatch/gone");
		assertThat(paid.statusCode()).isEqualTo(410);
		assertThat(paid.body()).doesNotContain(Runs.GOODS);
		assertThat(runs()).isZero();
		assertThat(settled()).isZero();
	}

	@Test
	void whenPaidHandlerFailsThenErrorPageIsShownAndNothingCharged() throws IOException, InterruptedException {
		HttpResponse<String> answer = this.shopper.buy("/dispatch/fails");
		assertThat(answer.statusCode()).isEqualTo(500);
		assertThat(answer.body()).contains("Internal Server Error");
		assertThat(settled()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "callable", "deferred", "future", "async-task" })
	void whenHandlerIsAsynchronousThenIsPaidOnce(String path) throws IOException, InterruptedException {
		assertThat(this.shopper.get("/dispatch/" + path).statusCode()).isEqualTo(402);
		assertThat(runs()).isZero();
		HttpResponse<String> paid = this.shopper.buy("/dispatch/" + path);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.body()).isEqualTo(Runs.GOODS);
		assertThat(runs()).isOne();
		assertThat(settled()).isOne();
	}

	@Test
	void whenAsynchronousHandlerTimesOutThenNothingIsCharged() throws IOException, InterruptedException {
		HttpResponse<String> answer = this.shopper.buy("/dispatch/async-timeout");
		assertThat(answer.statusCode()).isEqualTo(503);
		assertThat(settled()).isZero();
	}

	private int runs() {
		return this.runs.count() - this.runsBefore;
	}

	private int settled() {
		return this.facilitator.settled() - this.settledBefore;
	}

}
