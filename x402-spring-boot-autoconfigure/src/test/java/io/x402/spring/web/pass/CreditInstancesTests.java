/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.x402.spring.access.Passes;
import io.x402.spring.fixture.FacilitatorDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two instances that share balances.
 */
@Tag("long")
class CreditInstancesTests {

	private static final int THREADS = 64;

	private static final int CALLS = 4;

	private final List<ConfigurableApplicationContext> instances = new ArrayList<>();

	@AfterEach
	void stop() {
		this.instances.forEach(ConfigurableApplicationContext::close);
	}

	@ParameterizedTest
	@EnumSource
	void whenManyUseABalanceOnTwoInstancesAtOnceThenTheSumIsExactAndNeverOverdrawn(PassInstancesTests.Store store)
			throws Exception {
		Map<String, String> properties = store.properties();
		List<PassClient> clients = List.of(start(properties), start(properties));
		String token = PassClient.token(clients.get(0).pay("/credit", clients.get(0).topUp("/credit")));
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<Integer>> uses = IntStream.range(0, THREADS)
				.mapToObj((i) -> threads.submit(() -> use(clients.get(i % 2), token, i)))
				.toList();
			int taken = 0;
			for (Future<Integer> use : uses) {
				taken += use.get();
			}
			int left = 98_000 - taken;
			await().until(() -> balance(token) == left);
			assertThat(left).isNotNegative();
			assertThat(runs()).isGreaterThanOrEqualTo(taken / 30_000);
		}
		finally {
			threads.shutdownNow();
		}
		while (clients.get(1).use("/credit", token).statusCode() == 200) {
			assertThat(balance(token)).isNotNegative();
		}
		assertThat(balance(token)).isZero();
	}

	/**
	 * Return what a client was served for, in atomic units. Some of its calls fail.
	 */
	private static int use(PassClient client, String token, int thread) {
		int taken = 0;
		for (int call = 0; call < CALLS; call++) {
			boolean fails = (thread + call) % 4 == 0;
			HttpResponse<String> used = client.use(fails ? "/dear?status=500" : "/credit", token);
			assertThat(used.statusCode()).isIn(200, 402, 500);
			taken += (used.statusCode() == 200) ? 2_000 : 0;
		}
		return taken;
	}

	@ParameterizedTest
	@EnumSource
	void whenInstanceIsGoneThenAnotherOneDeliversTheBalanceWithWhatIsLeft(PassInstancesTests.Store store) {
		Map<String, String> properties = store.properties();
		PassClient first = start(properties);
		String payment = first.topUp("/credit");
		String token = PassClient.token(first.pay("/credit", payment));
		assertThat(first.use("/dear", token).statusCode()).isEqualTo(200);
		this.instances.get(0).close();
		PassClient second = start(properties);
		assertThat(second.use("/credit", token).statusCode()).isEqualTo(200);
		HttpResponse<String> repeated = second.pay("/credit", payment);
		assertThat(repeated.statusCode()).isEqualTo(200);
		assertThat(PassClient.header(repeated, PassClient.BALANCE)).isEqualTo("66000");
		String replaced = PassClient.token(repeated);
		assertThat(PassClient.code(second.use("/credit", token))).isEqualTo("pass_invalid");
		assertThat(second.use("/credit", replaced).statusCode()).isEqualTo(200);
		assertThat(this.instances.get(1).getBean(FacilitatorDouble.class).settled()).isZero();
	}

	private int runs() {
		return this.instances.stream().mapToInt((instance) -> instance.getBean(CreditShop.Calls.class).runs()).sum();
	}

	private long balance(String token) {
		Passes passes = this.instances.get(this.instances.size() - 1).getBean(Passes.class);
		return Objects.requireNonNull(Objects.requireNonNull(passes.find(token.substring(0, 32))).remaining());
	}

	private PassClient start(Map<String, String> properties) {
		List<String> arguments = new ArrayList<>();
		properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
		ConfigurableApplicationContext instance = new SpringApplicationBuilder(CreditShop.class)
			.run(arguments.toArray(String[]::new));
		this.instances.add(instance);
		return new PassClient(instance.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
	}

}
