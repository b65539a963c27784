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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
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
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
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

	/**
	 * Waits for the next death on H2, so that it starts while the last one is settled.
	 */
	private static SellerProcess standby;

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
		if (standby != null) {
			standby.close();
			standby = null;
		}
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
		SellerProcess mortal = mortal(engine, moment, 1);
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
		return collected(port, payment).body();
	}

	private HttpResponse<String> collected(int port, Payment payment) {
		return await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(200)).until(() -> {
			HttpResponse<String> answer = this.wallet.pay(port, payment);
			assertThat(answer.statusCode()).as(answer.body()).isIn(200, 409, 503);
			assertThat(answer.statusCode() == 200).isEqualTo(answer.body().startsWith("goods"));
			return answer;
		}, (answer) -> answer.statusCode() == 200);
	}

	/**
	 * Both are sold by one process, which dies when both requests have come to that step.
	 */
	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = { ".*_(PREPARE|START|FORGET)" })
	void whenASellerDiesThenAnotherInstanceDeliversThePassAndTheBalance(PassMoment moment) throws Exception {
		whenASellerDiesThenAnotherInstanceDeliversThePassAndTheBalance((Enum<?>) moment);
	}

	@ParameterizedTest
	@EnumSource(names = { "BEFORE_SETTLED", "AFTER_SETTLED" })
	void whenASellerDiesThenAnotherInstanceDeliversThePassAndTheBalance(Moment moment) throws Exception {
		whenASellerDiesThenAnotherInstanceDeliversThePassAndTheBalance((Enum<?>) moment);
	}

	private void whenASellerDiesThenAnotherInstanceDeliversThePassAndTheBalance(Enum<?> moment) throws Exception {
		String id = (moment.name().endsWith("FORGET") ? Seller.FLAKY : "") + moment;
		SellerProcess mortal = mortal(Engine.H2, moment, 2);
		int survivor = survivor(Engine.H2);
		Payment pass = this.wallet.signFor(survivor, "/ten?id=" + id + "-pass");
		Payment balance = this.wallet.signFor(survivor, "/credit?id=" + id + "-balance");
		long usable = usable();
		int port = mortal.port();
		assertKilled(mortal, List.of(() -> this.wallet.pay(port, pass), () -> this.wallet.pay(port, balance)));
		assertThat(usable()).as("paid and started").isEqualTo(usable + ((moment == PassMoment.AFTER_START) ? 2 : 0));
		assertThat(List.of(till.settled(pass.nonce()), till.settled(balance.nonce())))
			.allMatch((settled) -> settled == (isAsked(moment) ? 1 : 0));
		String token = collected(survivor, pass).headers().firstValue("X402-Pass").orElseThrow();
		HttpResponse<String> topUp = collected(survivor, balance);
		String credit = topUp.headers().firstValue("X402-Pass").orElseThrow();
		assertThat(usable()).isEqualTo(usable + 2);
		assertThat(List.of(till.settled(pass.nonce()), till.settled(balance.nonce())))
			.allMatch((settled) -> settled >= 1 && settled <= ((moment == Moment.BEFORE_SETTLED) ? 2 : 1));
		assertThat(collected(survivor, pass).headers().firstValue("X402-Pass")).hasValue(token);
		assertThat(topUp.headers().firstValue("X402-Credit-Balance")).hasValue("18000");
		assertThat(uses(survivor, pass, token)).isEqualTo(9);
		assertThat(uses(survivor, balance, credit)).isEqualTo(9);
	}

	private static boolean isAsked(Enum<?> moment) {
		return moment instanceof Moment || moment.name().endsWith("START");
	}

	/**
	 * What its running requests have taken goes with a seller, and no more.
	 */
	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = { ".*_(USE|GIVE_BACK)" })
	void whenASellerDiesWhileAPassAndABalanceAreUsedThenTheRestIsExact(PassMoment moment) throws Exception {
		String id = (moment.name().endsWith("BACK") ? Seller.FLAKY : "") + "use-" + moment;
		SellerProcess mortal = mortal(Engine.H2, moment, 2);
		int survivor = survivor(Engine.H2);
		Payment pass = this.wallet.signFor(survivor, "/ten?id=" + moment);
		Payment balance = this.wallet.signFor(survivor, "/credit?id=" + moment);
		String token = collected(survivor, pass).headers().firstValue("X402-Pass").orElseThrow();
		String credit = collected(survivor, balance).headers().firstValue("X402-Pass").orElseThrow();
		int port = mortal.port();
		assertKilled(mortal, List.of(() -> this.wallet.get(port, "/ten?id=" + id + "-pass", "X402-Pass", token),
				() -> this.wallet.get(port, "/credit?id=" + id + "-balance", "X402-Pass", credit)));
		boolean taken = moment == PassMoment.AFTER_USE || moment == PassMoment.BEFORE_GIVE_BACK;
		assertThat(uses(survivor, pass, token)).isEqualTo(taken ? 8 : 9);
		assertThat(uses(survivor, balance, credit)).isEqualTo(taken ? 8 : 9);
	}

	private int uses(int port, Payment bought, String token) throws Exception {
		int uses = 0;
		while (uses < 20) {
			HttpResponse<String> used = this.wallet.get(port, bought.target(), "X402-Pass", token);
			if (used.statusCode() == 402) {
				return uses;
			}
			assertThat(used.statusCode()).as(used.body()).isEqualTo(200);
			uses++;
		}
		return uses;
	}

	private static long usable() {
		return SURVIVORS.get(Engine.H2)
			.getBean(PassStore.class)
			.latest(null, 1000)
			.stream()
			.filter(PassRecord::isUsable)
			.count();
	}

	/**
	 * Send requests at the same time, none of which is served.
	 */
	private static void assertKilled(SellerProcess mortal, List<Callable<HttpResponse<String>>> requests)
			throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(requests.size());
		try {
			List<Future<HttpResponse<String>>> sent = requests.stream().map(threads::submit).toList();
			for (Future<HttpResponse<String>> response : sent) {
				assertThatExceptionOfType(ExecutionException.class)
					.isThrownBy(
							() -> assertThat(response.get(1, TimeUnit.MINUTES)).extracting(HttpResponse::body).isNull())
					.withCauseInstanceOf(IOException.class);
			}
			assertThat(mortal.exitCode()).isEqualTo(137);
		}
		finally {
			threads.shutdownNow();
		}
	}

	/**
	 * Return a seller that dies when that many requests have come to a moment.
	 */
	private SellerProcess mortal(Engine engine, Enum<?> moment, int requests) throws Exception {
		SellerProcess mortal = standby(engine);
		assertThat(
				this.wallet.get(mortal.port(), "/death?moment=" + moment.name() + "&requests=" + requests).statusCode())
			.isEqualTo(200);
		return mortal;
	}

	/**
	 * Return a seller that has started meanwhile, if there is one, and start the next.
	 */
	private SellerProcess standby(Engine engine) throws IOException {
		if (engine != Engine.H2 || standby == null) {
			SellerProcess started = start(engine);
			standby = (engine == Engine.H2) ? SellerProcess.start(engine.arguments(till, SHORT_TIMES)) : standby;
			return started;
		}
		SellerProcess waiting = standby;
		this.processes.add(waiting);
		standby = SellerProcess.start(engine.arguments(till, SHORT_TIMES));
		return waiting;
	}

	private SellerProcess start(Engine engine) throws IOException {
		SellerProcess process = SellerProcess.start(engine.arguments(till, SHORT_TIMES));
		this.processes.add(process);
		return process;
	}

	private static int survivor(Engine engine) {
		return Seller.port(SURVIVORS.computeIfAbsent(engine,
				(shared) -> Seller.start(shared.arguments(till, SHORT_TIMES).toArray(String[]::new))));
	}

}
