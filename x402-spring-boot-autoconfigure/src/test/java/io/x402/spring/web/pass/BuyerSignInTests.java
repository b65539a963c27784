/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.x402.spring.client.Payer;
import io.x402.spring.client.PaymentExchangeFilter;
import io.x402.spring.client.PaymentRequestInterceptor;
import io.x402.spring.client.SpendingPolicy;
import io.x402.spring.evm.PaymentSigner;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Our buyer signs in to our seller.
 */
class BuyerSignInTests {

	private static ConfigurableApplicationContext shop;

	private static String url;

	@BeforeAll
	static void start() throws IOException {
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = free.getLocalPort();
		}
		url = "http://localhost:" + port;
		List<String> arguments = new ArrayList<>(
				List.of("--x402.sign-in.enabled=true", "--x402.base-url=" + url, "--server.port=" + port));
		(Container.TOMCAT + "\n" + Container.NO_SECURITY + Container.PAY_TO).lines()
			.map((property) -> "--" + property)
			.forEach(arguments::add);
		shop = new SpringApplicationBuilder(SignInShop.class).run(arguments.toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		shop.close();
	}

	@Test
	void whenRestClientHasPaidForAnHourThenItSignsInForTheRestOfIt() {
		RestClient client = RestClient.builder()
			.requestFactory(new JdkClientHttpRequestFactory())
			.requestInterceptor(new PaymentRequestInterceptor(payer("31")))
			.build();
		paysOnce((path) -> client.get().uri(url + path).retrieve().body(String.class));
	}

	@Test
	void whenWebClientHasPaidForAnHourThenItSignsInForTheRestOfIt() {
		WebClient client = WebClient.builder()
			.clientConnector(new JdkClientHttpConnector())
			.filter(new PaymentExchangeFilter(payer("32"), 1024))
			.build();
		paysOnce((path) -> client.get().uri(url + path).retrieve().bodyToMono(String.class).block());
	}

	private static void paysOnce(Function<String, String> client) {
		FacilitatorDouble facilitator = shop.getBean(FacilitatorDouble.class);
		int settled = facilitator.settled();
		assertThat(client.apply("/hour")).isEqualTo("paid");
		assertThat(client.apply("/hour")).startsWith("pass of 0x");
		assertThat(client.apply("/hour?page=2")).startsWith("pass of 0x");
		assertThat(facilitator.settled()).isEqualTo(settled + 1);
		assertThat(client.apply("/single")).isEqualTo("goods");
		assertThat(facilitator.settled()).isEqualTo(settled + 2);
	}

	private static Payer payer(String key) {
		PrivateKeySigner signer = new PrivateKeySigner(key.repeat(32));
		SpendingPolicy policy = new SpendingPolicy(
				new SpendingPolicy.Sellers(List.of("localhost"), false, true, Map.of()),
				new SpendingPolicy.Offers(Set.of("eip155:84532"), Set.of(), Set.of("exact"), Set.of("authorization")),
				BigDecimal.TEN, null, List.of());
		return Payer.builder(new PaymentSigner(signer), policy, Clock.systemUTC()).signIn(signer).build();
	}

}
