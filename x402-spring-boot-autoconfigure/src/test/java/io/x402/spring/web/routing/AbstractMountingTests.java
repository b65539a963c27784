/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.io.IOException;
import java.net.http.HttpResponse;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.edge.RawConnection;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Prices hold where the application is mounted below a path, and for endpoints of the
 * actuator.
 */
abstract class AbstractMountingTests {

	protected static final String ROUTES = """
			x402.routes[0].path=/routed
			x402.routes[0].price=0.01
			x402.routes[1].path=/static-files/**
			x402.routes[1].price=0.01
			x402.routes[2].path=/actuator/sold
			x402.routes[2].price=0.01
			management.endpoints.web.exposure.include=*
			management.health.redis.enabled=false
			spring.web.resources.static-locations=classpath:/io/x402/spring/web/routing/static/
			""";

	@LocalServerPort
	private int port;

	@Autowired
	private Runs runs;

	@Autowired
	private FacilitatorDouble facilitator;

	@ParameterizedTest
	@ValueSource(strings = { "/shop/api/annotated", "/shop/api/routed", "/shop/api/static-files/secret",
			"/shop/api/actuator/sold" })
	void whenApplicationIsMountedBelowAPathThenPricesHold(String path) throws IOException, InterruptedException {
		Shopper shopper = new Shopper(this.port);
		int runsBefore = this.runs.count();
		int settledBefore = this.facilitator.settled();
		HttpResponse<String> unpaid = shopper.get(path);
		assertThat(unpaid.statusCode()).isEqualTo(402);
		assertThat(Buyer.document(unpaid.headers()).resource().url()).isEqualTo("http://localhost:" + this.port + path);
		assertThat(this.runs.count()).isEqualTo(runsBefore);
		HttpResponse<String> paid = shopper.buy(path);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.body()).contains(Runs.GOODS);
		assertThat(this.facilitator.settled() - settledBefore).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/shop/api//routed", "/shop//api/routed", "//shop/api/routed", "/shop;x=1/api/routed",
			"/shop/api;x=1/routed", "/shop/api/routed;x=1", "/%73hop/api/routed", "/shop/%61pi/routed",
			"/shop/x/../api/routed", "/shop/api/x/%2e%2e/routed", "/x/../shop/api/routed",
			"/shop/api//static-files/secret", "/shop;x=1/api/static-files/secret", "/shop/api;x=1/static-files/secret",
			"/%73hop/%61pi/static-files/secret", "/shop/api/static-files/secret/", "/shop/x/../api/static-files/secret",
			"/shop/api;/static-files/secret/", "/shop/api//actuator/sold", "/shop/api/actuator/sold/",
			"/shop/api/actuator;x=1/sold", "/shop;x=1/api/actuator/sold", "/%73hop/%61pi/actuator/%73old" })
	void whenMountIsSpelledOtherwiseThenNothingIsFree(String path) throws IOException {
		int runsBefore = this.runs.count();
		assertThat(RawConnection.get(this.port, path, "")).doesNotContain(Runs.GOODS);
		assertThat(this.runs.count()).isEqualTo(runsBefore);
	}

	@Test
	void whenRouteIsNotTheEndpointsThenEndpointIsFree() throws IOException, InterruptedException {
		assertThat(new Shopper(this.port).get("/shop/api/actuator/health").statusCode()).isEqualTo(200);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import({ Controllers.class, Sold.class })
	static class Shop {

		@Bean
		Runs runs() {
			return new Runs();
		}

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

	}

	@RestController
	static class Controllers {

		private final Runs runs;

		Controllers(Runs runs) {
			this.runs = runs;
		}

		@PaymentRequired(price = "0.01")
		@GetMapping("/annotated")
		String annotated() {
			return this.runs.goods();
		}

		@GetMapping("/routed")
		String routed() {
			return this.runs.goods();
		}

	}

	@Endpoint(id = "sold")
	static class Sold {

		private final Runs runs;

		Sold(Runs runs) {
			this.runs = runs;
		}

		@ReadOperation
		String read() {
			return this.runs.goods();
		}

	}

}
