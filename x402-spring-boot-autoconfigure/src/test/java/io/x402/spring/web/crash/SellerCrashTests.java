/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.web.crash.Wallet.Payment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * A seller is killed at each step. Whoever has paid gets what was paid for from another
 * instance, by nothing more than sending the same payment again, and it costs nothing
 * more.
 */
@Tag("long")
class SellerCrashTests {

	private static final String[] SHORT_TIMES = { "--x402.store.lease=4s", "--x402.reconciliation.interval=100ms",
			"--x402.settlement.max-repeat-wait=50ms" };

	private static final Map<Engine, ConfigurableApplicationContext> SURVIVORS = new EnumMap<>(Engine.class);

	private static Till till;

	private final Wallet wallet = new Wallet();

	private final List<SellerProcess> processes = new ArrayList<>();

	@BeforeAll
	static void open() {
		till = new Till();
	}

	@AfterEach
	void stop() {
		this.processes.forEach(SellerProcess::close);
	}

	@AfterAll
	static void close() {
		SURVIVORS.values().forEach(ConfigurableApplicationContext::close);
		SURVIVORS.clear();
		till.close();
	}

	@ParameterizedTest
	@EnumSource
	void whenASellerDiesThenAnotherInstanceDelivers(Moment moment) throws Exception {
		whenASellerDiesThenAnotherInstanceDelivers(Engine.H2, moment);
	}

	@ParameterizedTest
	@EnumSource(names = { "IN_HANDLER", "BEFORE_SETTLED" })
	void whenASellerOnPostgreSqlDiesThenAnotherInstanceDelivers(Moment moment) throws Exception {
		whenASellerDiesThenAnotherInstanceDelivers(Engine.POSTGRESQL, moment);
	}

	@ParameterizedTest
	@EnumSource(names = { "IN_HANDLER", "BEFORE_SETTLED" })
	void whenASellerOnRedisDiesThenAnotherInstanceDelivers(Moment moment) throws Exception {
		whenASellerDiesThenAnotherInstanceDelivers(Engine.REDIS, moment);
	}

	@Test
	void whenASellerDiesAfterItHasAnsweredThenARestartedOneAnswersTheSame() throws Exception {
		SellerProcess first = start(Engine.H2);
		Payment payment = this.wallet.sign(first.port(), "delivered");
		HttpResponse<String> answer = this.wallet.pay(first.port(), payment);
		first.close();
		assertThat(first.exitCode()).isNotZero();
		HttpResponse<String> again = this.wallet.pay(start(Engine.H2).port(), payment);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEqualTo(answer.body());
		assertThat(again.headers().firstValue("PAYMENT-RESPONSE"))
			.isEqualTo(answer.headers().firstValue("PAYMENT-RESPONSE"));
		assertThat(till.runs("delivered")).isOne();
		assertThat(till.settled(payment.nonce())).isOne();
	}

	private void whenASellerDiesThenAnotherInstanceDelivers(Engine engine, Moment moment) throws Exception {
		String id = engine + "-" + moment;
		SellerProcess mortal = start(engine, "--" + Seller.DEATH + "=" + moment);
		int survivor = survivor(engine);
		Payment payment = this.wallet.sign(survivor, id);
		int port = mortal.port();
		assertThatIOException().isThrownBy(() -> this.wallet.pay(port, payment));
		assertThat(mortal.exitCode()).isEqualTo(137);
		int settledBefore = till.settled(payment.nonce());
		String content = collect(survivor, payment);
		assertThat(content).startsWith("goods " + id);
		assertThat(till.settled(payment.nonce())).isPositive();
		assertThat(till.runs(id)).isBetween(1, moment.runs());
		if (moment.isRecorded()) {
			assertThat(till.settled(payment.nonce())).as("asked again").isEqualTo(settledBefore);
		}
		assertThat(this.wallet.pay(survivor, payment).body()).isEqualTo(content);
		assertThat(till.runs(id)).isBetween(1, moment.runs());
	}

	/**
	 * Send the same payment until there is content.
	 */
	private String collect(int port, Payment payment) {
		return await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(200)).until(() -> {
			HttpResponse<String> answer = this.wallet.pay(port, payment);
			assertThat(answer.statusCode()).as(answer.body()).isIn(200, 409, 503);
			assertThat(answer.statusCode() == 200).isEqualTo(answer.body().startsWith("goods"));
			return (answer.statusCode() == 200) ? answer.body() : "";
		}, (content) -> !content.isEmpty());
	}

	private SellerProcess start(Engine engine, String... more) throws IOException {
		List<String> arguments = engine.arguments(till, SHORT_TIMES);
		arguments.addAll(List.of(more));
		SellerProcess process = SellerProcess.start(arguments);
		this.processes.add(process);
		return process;
	}

	private static int survivor(Engine engine) {
		return Seller.port(SURVIVORS.computeIfAbsent(engine,
				(shared) -> Seller.start(shared.arguments(till, SHORT_TIMES).toArray(String[]::new))));
	}

}
