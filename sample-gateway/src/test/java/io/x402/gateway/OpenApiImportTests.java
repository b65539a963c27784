/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An upstream whose operations are sold as its OpenAPI document names them.
 */
@TestPropertySource(properties = { "gateway.upstreams.api.openapi.location=classpath:pets.yaml",
		"gateway.upstreams.api.openapi.prices[0].operation=listPets",
		"gateway.upstreams.api.openapi.prices[0].price=free", "gateway.upstreams.api.openapi.prices[1].tag=pets",
		"gateway.upstreams.api.openapi.prices[1].price=$0.02",
		"gateway.upstreams.api.openapi.prices[2].operation=secretPet",
		"gateway.upstreams.api.openapi.prices[2].price=closed", "x402.routes[0].path=/**", "x402.routes[0].price=$1" })
class OpenApiImportTests extends AbstractGatewayTests {

	@ParameterizedTest
	@CsvSource({ "GET,/pets", "HEAD,/pets", "GET,/pets?limit=1" })
	void whenOperationIsFreeThenItIsOpen(String method, String path) {
		assertThat(unpaid(method, path).status()).isEqualTo(200);
		assertThat(upstream.received()).singleElement()
			.satisfies((received) -> assertThat(received.target()).isEqualTo(path));
	}

	@ParameterizedTest
	@CsvSource({ "POST,/pets", "GET,/pets/1", "HEAD,/pets/1", "DELETE,/pets/1", "GET,/pets/a%20b", "GET,/pets/100%2525",
			"GET,/pets/mine", "GET,/pets/1/photos/2.png" })
	void whenOperationIsPricedByTagThenItIsSold(String method, String path) {
		assertThat(unpaid(method, path).status()).isEqualTo(402);
		assertThat(upstream.received()).isEmpty();
		Answer answer = exchange(HttpMethod.valueOf(method), "/api" + path, new HttpHeaders(), null);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(charges()).isOne();
		assertThat(upstream.received()).singleElement()
			.satisfies((received) -> assertThat(received.headers().getFirst("X402-Amount")).isEqualTo("20000"))
			.satisfies((received) -> assertThat(received.target()).isEqualTo(path));
	}

	@ParameterizedTest
	@CsvSource({ "GET,/owners", "PUT,/pets", "OPTIONS,/pets", "PURGE,/pets", "GET,/pets/secret", "GET,/pets/", "GET,/",
			"GET,/pets/1/photos", "GET,/PETS", "GET,/admin", "GET,/pets/1;x=2", "GET,/pets;x=1", "GET,/pets/1/",
			"GET,/pets/%252e%252e%252fadmin", "GET,/pets/..%252fadmin", "GET,/pets/%25252e%25252e",
			"GET,/pets/..%255cadmin", "GET,/pets/%73ecret", "GET,/pets/%2573ecret", "GET,/pets/%252573ecret" })
	void whenOperationIsClosedOrUnknownThenNothingIsAskedForNorForwarded(String method, String path) {
		assertThat(unpaid(method, path).status()).isIn(404, 400, 501);
		assertThat(exchange(HttpMethod.valueOf(method), "/api" + path, new HttpHeaders(), null).status()).isIn(404, 400,
				501);
		assertThat(upstream.received()).isEmpty();
		assertThat(charges()).isZero();
	}

	@Test
	void whenOperationIsSoldThenBuyerReadsItsSummary() {
		assertThat(unpaid("GET", "/pets/1").text()).contains("Shows a pet");
	}

	private Answer unpaid(String method, String path) {
		return exchange(null, HttpMethod.valueOf(method), "/api" + path, new HttpHeaders(), null);
	}

}
