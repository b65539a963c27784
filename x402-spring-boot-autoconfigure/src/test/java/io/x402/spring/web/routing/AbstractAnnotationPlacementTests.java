/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;

import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * A price counts wherever it is written.
 */
abstract class AbstractAnnotationPlacementTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Runs runs;

	@Autowired
	private FacilitatorDouble facilitator;

	@ParameterizedTest
	@CsvSource({ "interface-method, 70000", "default-method, 70000", "interface, 70000", "superclass-method, 70000",
			"inherited-method, 70000", "inherited-in-priced-class, 90000", "superclass, 70000", "meta-method, 70000",
			"meta-meta-method, 70000", "meta-class, 70000", "class, 70000", "class-overridden, 90000",
			"jdk-proxied, 70000", "jdk-proxied-class, 70000", "cglib-proxied, 70000", "generic-superclass/1, 70000",
			"generic-interface/1, 70000", "repeated, 70000" })
	void whenPriceIsWrittenThereThenIsAskedForAndPaidOnce(String path, BigInteger amount)
			throws IOException, InterruptedException {
		Shopper shopper = new Shopper(this.port);
		int runsBefore = this.runs.count();
		int settledBefore = this.facilitator.settled();
		HttpResponse<String> unpaid = shopper.get("/placement/" + path);
		assertThat(unpaid.statusCode()).isEqualTo(402);
		assertThat(unpaid.body()).doesNotContain(Runs.GOODS);
		assertThat(Buyer.offers(unpaid.headers())).first().extracting(PaymentRequirements::amount).isEqualTo(amount);
		assertThat(this.runs.count()).isEqualTo(runsBefore);
		HttpResponse<String> paid = shopper.buy("/placement/" + path);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.body()).contains(Runs.GOODS);
		assertThat(this.runs.count() - runsBefore).isOne();
		assertThat(this.facilitator.settled() - settledBefore).isOne();
	}

	@Test
	void theProxiesOfControllersAreWhatTheirNamesSay(@Autowired ApplicationContext context) {
		assertThat(AopUtils.isJdkDynamicProxy(context.getBean("jdkProxiedController"))).isTrue();
		assertThat(AopUtils.isJdkDynamicProxy(context.getBean("jdkProxiedByClassController"))).isTrue();
		assertThat(AopUtils.isCglibProxy(context.getBean("cglibProxiedController"))).isTrue();
	}

	@Test
	void whenMethodOfPricedClassIsFreeThenNothingIsAskedFor() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Shopper(this.port).get("/placement/class-free");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo(Runs.GOODS);
		assertThat(answer.headers().map()).doesNotContainKeys("payment-required", "payment-response");
	}

	@Test
	void whenAnnotationIsRepeatedThenEveryNetworkOfEachIsAnOffer() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Shopper(this.port).get("/placement/repeated");
		assertThat(Buyer.offers(answer.headers()))
			.extracting(PaymentRequirements::network, (offer) -> offer.amount().intValue())
			.containsExactly(tuple("eip155:84532", 70000), tuple("eip155:43113", 50000), tuple("eip155:80002", 50000));
	}

}
