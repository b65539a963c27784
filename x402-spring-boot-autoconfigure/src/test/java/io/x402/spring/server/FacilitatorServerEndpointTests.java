/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.facilitator.http.FacilitatorAuthentication;
import io.x402.spring.facilitator.http.HttpFacilitator;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Our own client settles through our own server, over HTTP.
 */
@SpringBootTest(classes = FacilitatorServerEndpointTests.Server.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, "x402.facilitator.type=simulated",
				"x402.facilitator.server.enabled=true", "x402.facilitator.server.path=/pay",
				"x402.facilitator.server.tokens=s3cret,other", "x402.facilitator.server.body-limit=8KB",
				"x402.routes[0].path=/**", "x402.routes[0].price=0.05" })
class FacilitatorServerEndpointTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static final WebClient WEB_CLIENT = WebClient.builder()
		.clientConnector(new JdkClientHttpConnector())
		.build();

	@LocalServerPort
	private int port;

	@Autowired
	private SimulatedFacilitator money;

	@Autowired
	private Limit limit;

	@BeforeEach
	void forget() {
		this.limit.calls.clear();
		this.limit.open = true;
	}

	@Test
	void whenOurClientUsesOurServerThenMoneyMovesOnce() {
		HttpFacilitator facilitator = facilitator("s3cret");
		FacilitatorRequest request = request();
		BigInteger before = earned();
		assertThat(facilitator.supported().supports(ProtocolVersion.V2, "exact", Sale.NETWORK)).isTrue();
		assertThat(facilitator.verify(request)).isEqualTo(new Valid(Sale.payer()));
		assertThat(facilitator.settle(request)).isInstanceOf(Settled.class);
		assertThat(facilitator.settle(request)).as("the answer got lost").isInstanceOf(Settled.class);
		assertThat(earned().subtract(before)).isEqualTo(50_000);
	}

	@Test
	void whenBuyerSpeaksV1ThenMoneyMovesAllTheSame() {
		BigInteger before = earned();
		FacilitatorRequest v2 = request();
		FacilitatorRequest v1 = new FacilitatorRequest(
				new PaymentPayload.V1(1, "exact", "base-sepolia", v2.payload().payload()), v2.requirements(),
				v2.resource());
		assertThat(facilitator("s3cret").verify(v1)).isInstanceOf(Valid.class);
		assertThat(facilitator("s3cret").settle(v1)).isInstanceOfSatisfying(Settled.class,
				(settled) -> assertThat(settled.receipt().network()).isEqualTo("base-sepolia"));
		assertThat(earned().subtract(before)).isEqualTo(50_000);
	}

	@Test
	void whenTokenIsWrongThenNothingIsSaidAboutThePayment() throws Exception {
		assertThat(facilitator("wrong").verify(request())).isInstanceOf(Unavailable.class);
		assertThat(facilitator("wrong").settle(request())).isInstanceOf(NotExecuted.class);
		HttpResponse<String> answer = send("POST", "/pay/settle", "Bearer wrong", Sale.v2().body());
		assertThat(answer.statusCode()).isEqualTo(401);
		assertThat(answer.body()).isEqualTo("{\"error\":\"unauthorized\"}");
		assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
		assertThat(this.limit.calls).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "s3cret", "Basic s3cret", "Bearer", "Bearer s3cret2", "Bearer s3cre" })
	void whenCredentialsAreNoTokenOfOursThenCallerIsUnauthorized(String authorization) throws Exception {
		assertThat(send("GET", "/pay/supported", authorization, null).statusCode()).isEqualTo(401);
	}

	@Test
	void whenCallerIsTooFastThenNothingIsSaidAboutThePayment() throws Exception {
		this.limit.open = false;
		HttpResponse<String> answer = send("POST", "/pay/settle", "Bearer other", Sale.v2().body());
		assertThat(answer.statusCode()).isEqualTo(429);
		assertThat(answer.body()).isEqualTo("{\"error\":\"rate_limited\"}");
		assertThat(answer.headers().firstValue("Retry-After")).isPresent();
		assertThat(this.limit.calls).containsExactly("token 1 SETTLE");
	}

	@Test
	void whenMessageIsTooLargeThenItIsNotRead() throws Exception {
		byte[] large = Sale.v2().with("/paymentPayload/extensions", "{\"x\":\"" + "y".repeat(9000) + "\"}").body();
		assertThat(send("POST", "/pay/verify", "Bearer s3cret", large).statusCode()).isEqualTo(413);
		HttpRequest chunked = HttpRequest.newBuilder(uri("/pay/verify"))
			.header("Authorization", "Bearer s3cret")
			.POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
			.build();
		assertThat(CLIENT.send(chunked, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
	}

	@ParameterizedTest
	@CsvSource({ "GET, /pay/supported, 200", "POST, /pay/verify, 200", "GET, /pay/verify, 405",
			"POST, /pay/supported, 405", "GET, /elsewhere, 402" })
	void whenAllElseIsPricedThenTheEndpointsAreNot(String method, String path, int status) throws Exception {
		HttpResponse<String> answer = send(method, path, "Bearer s3cret",
				method.equals("POST") ? Sale.v2().body() : null);
		assertThat(answer.statusCode()).isEqualTo(status);
		if (status == 200) {
			assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
			assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
		}
	}

	private HttpFacilitator facilitator(String token) {
		return HttpFacilitator.builder(WEB_CLIENT, uri("/pay").toString())
			.authentication(FacilitatorAuthentication.bearer(() -> token))
			.build();
	}

	private static FacilitatorRequest request() {
		return new FacilitatorRequest(
				new PaymentPayload.V2(2, null, Map.of(),
						new Eip3009Signer("07".repeat(32)).sign(Sale.offer(), Instant.now()).toMap(), null),
				Sale.offer(), new ResourceInfo("https://api.example.test/weather", null, null));
	}

	private HttpResponse<String> send(String method, String path, String authorization, byte[] body)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
			.method(method, (body != null) ? BodyPublishers.ofByteArray(body) : BodyPublishers.noBody());
		if (!authorization.isEmpty()) {
			request.header("Authorization", authorization);
		}
		return CLIENT.send(request.build(), BodyHandlers.ofString());
	}

	private BigInteger earned() {
		return this.money.balance(Sale.NETWORK, Sale.offer().asset(), Sale.PAY_TO);
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.port + path);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Server {

		@Bean
		RouterFunction<ServerResponse> elsewhere() {
			return RouterFunctions.route().GET("/elsewhere", (request) -> ServerResponse.ok().build()).build();
		}

		@Bean
		Limit limit() {
			return new Limit();
		}

	}

	static final class Limit implements FacilitatorRateLimit {

		private final List<String> calls = new CopyOnWriteArrayList<>();

		private volatile boolean open = true;

		@Override
		public boolean admit(String caller, Operation operation) {
			this.calls.add(caller + " " + operation);
			return this.open;
		}

	}

}
