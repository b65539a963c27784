/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.x402.spring.evm.onchain.TransferBuyer.Quoted;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two instances with one database that are shown transfers at the same time.
 */
@Tag("long")
class TransferInstancesTests {

	private static final int REQUESTS = 16;

	private static final List<String> PENDING = List.of("payment_in_progress", "settlement_pending");

	private final TestChain chain = TestChain.get();

	private final List<ConfigurableApplicationContext> instances = new ArrayList<>();

	private List<TransferBuyer> clients;

	@BeforeEach
	void start() {
		this.chain.mineAtOnce();
		String database = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
		String payTo = TestChain.signer().address();
		TransferBuyer first = TransferBuyer.of(this.chain, start(database, payTo));
		TransferBuyer second = new TransferBuyer(this.chain, start(database, payTo), first.signer());
		this.clients = List.of(first, second);
		this.clients.forEach((client) -> await().atMost(Duration.ofSeconds(30))
			.until(() -> TransferBuyer.document(client.get("/report")).accepts().size() == 2));
	}

	@AfterEach
	void stop() {
		this.instances.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void whenBothAreShownTheSameTransferAtOnceThenTheHandlerRunsOnce() throws Exception {
		TransferBuyer buyer = this.clients.get(0);
		Quoted quoted = buyer.quote("/report?city=Bern");
		String transaction = buyer.transfer(quoted);
		String payment = buyer.payment(quoted, transaction);
		this.chain.mine(2);
		for (HttpResponse<String> response : atOnce(
				(i) -> this.clients.get(i % 2).present("/report?city=Bern", payment))) {
			assertThat(response.statusCode() == 200 || PENDING.contains(TransferBuyer.code(response)))
				.as(response.body())
				.isTrue();
		}
		this.clients.forEach((client) -> assertThat(collected(client, "/report?city=Bern", payment).body())
			.isEqualTo("report Bern for " + buyer.address()));
		assertSoldOnce(transaction);
	}

	/**
	 * Each instance has made a quote, of the same terms for different requests.
	 */
	@Test
	void whenOneTransferIsShownForTwoQuotesAtOnceThenItPaysForOne() throws Exception {
		List<String> targets = List.of("/report?city=Bern", "/report?city=Basel");
		List<Quoted> quotes = List.of(this.clients.get(0).quote(targets.get(0)),
				this.clients.get(1).quote(targets.get(1)));
		String transaction = this.clients.get(0).transfer(quotes.get(0));
		List<String> payments = quotes.stream()
			.map((quoted) -> this.clients.get(0).payment(quoted, transaction))
			.toList();
		this.chain.mine(2);
		atOnce((i) -> this.clients.get(i % 2).present(targets.get(i % 2), payments.get(i % 2)));
		List<Integer> statuses = IntStream.range(0, 2)
			.mapToObj((i) -> collected(this.clients.get(1 - i), targets.get(i), payments.get(i)).statusCode())
			.toList();
		assertThat(statuses).containsExactlyInAnyOrder(200, 409);
		assertSoldOnce(transaction);
	}

	private void assertSoldOnce(String transaction) {
		assertThat(this.instances).extracting((instance) -> instance.getBean(TransferShop.Goods.class).runs.get())
			.containsExactlyInAnyOrder(1, 0);
		assertThat(this.instances).allSatisfy((instance) -> assertThat(
				instance.getBean(PaymentLedger.class).find(LedgerQuery.all(LedgerQuery.MAX_LIMIT)))
			.filteredOn((entry) -> entry.event() == LedgerEvent.SETTLED)
			.singleElement()
			.satisfies((entry) -> assertThat(entry.transaction()).isEqualTo(transaction)));
	}

	/**
	 * Repeat a request until its outcome is known.
	 */
	private static HttpResponse<String> collected(TransferBuyer client, String target, String payment) {
		return await().atMost(Duration.ofSeconds(30))
			.until(() -> client.present(target, payment),
					(response) -> response.statusCode() == 200 || !PENDING.contains(TransferBuyer.code(response)));
	}

	private static List<HttpResponse<String>> atOnce(Presentation presentation) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(REQUESTS);
		try {
			CyclicBarrier start = new CyclicBarrier(REQUESTS);
			List<Future<HttpResponse<String>>> running = IntStream.range(0, REQUESTS)
				.mapToObj((i) -> threads.submit(() -> {
					start.await(60, TimeUnit.SECONDS);
					return presentation.send(i);
				}))
				.toList();
			List<HttpResponse<String>> responses = new ArrayList<>();
			for (Future<HttpResponse<String>> response : running) {
				responses.add(response.get());
			}
			return responses;
		}
		finally {
			threads.shutdownNow();
		}
	}

	private int start(String database, String payTo) {
		List<String> properties = new ArrayList<>(
				List.of((Container.TOMCAT + "\n" + Container.NO_SECURITY.strip()).split("\n")));
		properties.addAll(List.of("server.port=0", "x402.store.type=jdbc", "spring.datasource.url=" + database,
				"x402.pay-to=" + payTo, "x402.base-url=http://localhost:8080", "x402.redelivery.window=3h",
				"x402.transfers.enabled=true", "x402.transfers.secret=" + "s".repeat(32),
				"x402.transfers.rpc.url=" + this.chain.url(), "x402.transfers.rpc.poll-interval=10ms",
				"x402.assets[0].network=base-sepolia", "x402.assets[0].symbol=FEE",
				"x402.assets[0].address=" + TestChain.FEE_TOKEN, "x402.assets[0].decimals=6",
				"x402.assets[0].transfer-method=permit2"));
		ConfigurableApplicationContext instance = new SpringApplicationBuilder(TransferShop.class)
			.run(properties.stream().map((property) -> "--" + property).toArray(String[]::new));
		this.instances.add(instance);
		return instance.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	@FunctionalInterface
	interface Presentation {

		HttpResponse<String> send(int index);

	}

}
