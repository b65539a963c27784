/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.x402.spring.web.pass.PassInstancesTests.Store;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Buyers who sign in to one of two instances.
 */
@Tag("long")
class SignInInstancesTests {

	private static final SignInWallet WALLET = SignInWallet.OF_BUYER;

	private final List<ConfigurableApplicationContext> instances = new ArrayList<>();

	@AfterEach
	void stop() {
		this.instances.forEach(ConfigurableApplicationContext::close);
	}

	@ParameterizedTest
	@EnumSource
	void whenSignInIsSentToTwoInstancesAtOnceThenItCountsOnce(Store store) throws Exception {
		Map<String, String> properties = store.properties();
		List<PassClient> clients = List.of(start(properties), start(properties));
		clients.get(0).buy("/hour");
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			for (int round = 0; round < 5; round++) {
				String signIn = WALLET.sign(clients.get(round % 2).get("/hour").headers());
				List<Future<Integer>> sent = IntStream.range(0, 16)
					.mapToObj((i) -> threads
						.submit(() -> clients.get(i % 2).get("/hour", SignInWallet.HEADER, signIn).statusCode()))
					.toList();
				List<Integer> statuses = new ArrayList<>();
				for (Future<Integer> response : sent) {
					statuses.add(response.get());
				}
				assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 402);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenInstanceThatAskedIsGoneThenAnotherOneTakesTheSignInOnce(Store store) {
		Map<String, String> properties = store.properties();
		PassClient first = start(properties);
		first.buy("/report");
		String signIn = WALLET.sign(first.get("/report").headers());
		this.instances.get(0).close();
		PassClient second = start(properties);
		assertThat(second.get("/report", SignInWallet.HEADER, signIn).statusCode()).isEqualTo(200);
		assertThat(PassClient.code(second.get("/report", SignInWallet.HEADER, signIn))).isIn("sign_in_used",
				"sign_in_without_pass");
		this.instances.get(1).close();
		PassClient third = start(properties);
		assertThat(third.get("/report", SignInWallet.HEADER, signIn).statusCode()).isEqualTo(402);
	}

	private PassClient start(Map<String, String> properties) {
		List<String> arguments = new ArrayList<>(List.of("--x402.sign-in.enabled=true",
				"--x402.base-url=" + SignInShop.BASE_URL, "--x402.passes.secret=" + "s".repeat(32)));
		properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
		ConfigurableApplicationContext instance = new SpringApplicationBuilder(SignInShop.class)
			.run(arguments.toArray(String[]::new));
		this.instances.add(instance);
		return new PassClient(instance.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
	}

}
