/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Free calls behind a proxy that the container trusts. Each test is another client.
 */
abstract class AbstractFreeQuotaTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static final AtomicInteger CLIENTS = new AtomicInteger();

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	final String client = "198.51.100." + CLIENTS.incrementAndGet();

	@Test
	void whenFreeCallsAreUsedUpThenPaymentIsRequired() throws IOException, InterruptedException {
		for (int left = 2; left >= 0; left--) {
			HttpResponse<String> free = get("/plain", this.client);
			assertThat(free.statusCode()).isEqualTo(200);
			assertThat(free.headers().firstValue("RateLimit-Policy")).hasValue("\"free\";q=3;w=86400");
			assertThat(free.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"free\";r=" + left + ";t=");
			assertThat(free.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
		}
		HttpResponse<String> refused = get("/plain", this.client);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(refused.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"free\";r=0;t=");
		HttpResponse<String> paid = get("/plain", this.client, "PAYMENT-SIGNATURE", payment(refused));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		assertThat(get("/other", this.client).statusCode()).isEqualTo(200);
	}

	@Test
	void whenRouteHasAQuotaThenItsCallsAreFree() throws IOException, InterruptedException {
		assertThat(get("/routed", this.client).headers().firstValue("RateLimit-Policy"))
			.hasValue("\"free\";q=2;w=3600");
		assertThat(freeCalls("/routed", this.client)).isEqualTo(1);
	}

	@Test
	void whenPriceSetsNoQuotaThenItHasTheOneForAll() throws IOException, InterruptedException {
		assertThat(get("/usual", this.client).headers().firstValue("RateLimit-Policy")).hasValue("\"free\";q=4;w=60");
		assertThat(freeCalls("/usual", this.client)).isEqualTo(3);
	}

	@Test
	void whenHandlerHasNoQuotaThenEveryCallIsPaid() throws IOException, InterruptedException {
		HttpResponse<String> refused = get("/never", this.client);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(refused.headers().firstValue("RateLimit")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "e30=", "garbage" })
	void whenPaymentIsSentThenNoFreeCallIsUsed(String malformed) throws IOException, InterruptedException {
		String payment = payment(get("/never", this.client));
		int settled = this.facilitator.settled();
		assertThat(get("/plain", this.client, "PAYMENT-SIGNATURE", payment).statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settled()).isEqualTo(settled + 1);
		assertThat(get("/plain", this.client, "PAYMENT-SIGNATURE", malformed).statusCode()).isEqualTo(402);
		assertThat(get("/plain", this.client, "X-PAYMENT", malformed).statusCode()).isEqualTo(402);
		assertThat(freeCalls("/plain", this.client)).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/status?status=500", "/status?status=404", "/status?status=304", "/thrown?status=0",
			"/thrown?status=403", "/async?fails=true", "/status?status=none", "/broken" })
	void whenHandlerFailsThenFreeCallIsGivenBack(String path) throws IOException, InterruptedException {
		for (int i = 0; i < 5; i++) {
			assertThat(get(path, this.client).statusCode()).isNotIn(200, 402);
		}
		String success = path.startsWith("/async") ? "/async?fails=false" : "/status?status=200";
		assertThat(freeCalls(success, this.client)).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/text", "/counted" })
	void whenNoResponseWouldBeAcceptableThenNoFreeCallIsUsed(String path) throws IOException, InterruptedException {
		for (int i = 0; i < 5; i++) {
			assertThat(get(path, this.client, "Accept", "image/png").statusCode()).isEqualTo(406);
		}
		assertThat(freeCalls(path, this.client)).isEqualTo(3);
	}

	@Test
	void whenHandlerAllowsSharedCachingThenFreeResponseIsPrivate() throws IOException, InterruptedException {
		HttpResponse<String> free = get("/cached", this.client);
		assertThat(free.statusCode()).isEqualTo(200);
		assertThat(free.headers().firstValue("Cache-Control").orElseThrow().split(", "))
			.containsExactlyInAnyOrder("private", "max-age=60");
		assertThat(free.headers().allValues("CDN-Cache-Control")).containsExactly("no-store");
		assertThat(free.headers().allValues("X-Accel-Expires")).containsExactly("0");
		assertThat(free.headers().allValues("Vary")).contains("PAYMENT-SIGNATURE");
		assertThat(get("/plain", this.client).headers().allValues("Cache-Control")).containsExactly("private");
	}

	@Test
	void whenRequestHasAConditionThenItUsesAFreeCall() throws IOException, InterruptedException {
		for (int i = 0; i < 3; i++) {
			assertThat(get("/versioned", this.client, "If-None-Match", "\"v1\"").body()).isEqualTo("goods");
		}
		assertThat(get("/versioned", this.client, "If-None-Match", "\"v1\"").statusCode()).isEqualTo(402);
	}

	@Test
	void whenRequestFitsNoHandlerThenOnlyAClientWithoutFreeCallsIsShownThePrice()
			throws IOException, InterruptedException {
		for (int i = 0; i < 5; i++) {
			assertThat(delete("/plain").statusCode()).isEqualTo(405);
		}
		assertThat(freeCalls("/plain", this.client)).isEqualTo(3);
		assertThat(delete("/plain").statusCode()).isEqualTo(402);
	}

	@Test
	void whenManyCallAtOnceThenNoMoreThanTheLimitAreFree() {
		List<CompletableFuture<HttpResponse<String>>> calls = IntStream.range(0, 40)
			.mapToObj((i) -> CLIENT.sendAsync(request("/plain", this.client), BodyHandlers.ofString()))
			.toList();
		assertThat(calls.stream().filter((call) -> call.join().statusCode() == 200)).hasSize(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.2.3.%d, ", "203.0.113.%d,unknown, ", "\"[2001:db8::%d]\", ", "%d,", ",,%d, ",
			"127.0.0.%d, " })
	void whenClientForgesItsAddressBeforeTheProxyThenItIsTheSameClient(String forged)
			throws IOException, InterruptedException {
		int free = 0;
		for (int i = 1; i <= 8; i++) {
			free += (get("/plain", forged.formatted(i) + this.client).statusCode() == 200) ? 1 : 0;
		}
		assertThat(free).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP" })
	void whenClientSendsAnotherHeaderThenItIsTheSameClient(String header) throws IOException, InterruptedException {
		int free = 0;
		for (int i = 1; i <= 8; i++) {
			String value = "Forwarded".equals(header) ? "for=192.0.2." + i : "192.0.2." + i;
			free += (get("/plain", this.client, header, value).statusCode() == 200) ? 1 : 0;
		}
		assertThat(free).isEqualTo(3);
	}

	@Test
	void whenAddressesRotateWithinOnePrefixThenTheyAreOneClient() throws IOException, InterruptedException {
		int free = 0;
		for (int i = 1; i <= 8; i++) {
			free += (get("/plain", "2001:db8:7:7:" + i + "::" + i).statusCode() == 200) ? 1 : 0;
		}
		assertThat(free).isEqualTo(3);
		assertThat(freeCalls("/plain", "2001:db8:7:8::1")).isEqualTo(3);
	}

	private int freeCalls(String path, String address) throws IOException, InterruptedException {
		int free = 0;
		while (free < 10 && get(path, address).statusCode() == 200) {
			free++;
		}
		return free;
	}

	private static String payment(HttpResponse<String> refused) {
		return new Buyer().pay(Buyer.offers(refused.headers()).get(0));
	}

	HttpResponse<String> get(String path, String address, String... headers) throws IOException, InterruptedException {
		return CLIENT.send(request(path, address, headers), BodyHandlers.ofString());
	}

	private HttpResponse<String> delete(String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(request(path, this.client), (name, value) -> true)
			.DELETE()
			.build();
		return CLIENT.send(request, BodyHandlers.ofString());
	}

	private HttpRequest request(String path, String address, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("X-Forwarded-For", address);
		if (headers.length > 0) {
			request.headers(headers);
		}
		return request.build();
	}

}
