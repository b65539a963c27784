/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.x402.benchmark.ScriptedFacilitator.Behaviour;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What hostile load costs, counted: calls of the facilitator and of the node, steps of
 * the store, rows of the ledger, runs of handlers. {@link HostileLoad} measures times.
 */
class HostileLoadTests {

	private final ExecutorService attackers = Executors.newSingleThreadExecutor();

	private ScriptedFacilitator facilitator;

	private ConfigurableApplicationContext node;

	@BeforeEach
	void open() throws IOException {
		this.facilitator = new ScriptedFacilitator();
	}

	@AfterEach
	void close() {
		this.attackers.shutdownNow();
		if (this.node != null) {
			this.node.close();
		}
		this.facilitator.close();
	}

	@Test
	void whenJunkIsWrongByItselfThenItCostsNeitherCallsNorRowsNorClaims() throws Exception {
		int port = start("--x402.facilitator.url=" + this.facilitator.url());
		Map<String, Supplier<byte[]>> junk = new HostileBuyer(port).junk();
		for (String kind : List.of("not base64", "not a payment", "another amount", "no signature")) {
			assertThat(send(port, 50, junk.get(kind))).as(kind).containsOnly(402);
		}
		assertThat(this.facilitator.calls("verify")).isZero();
		assertThat(this.facilitator.calls("settle")).isZero();
		Map<String, Integer> counts = HostileLoad.counts(port);
		assertThat(counts).doesNotContainKeys("store.claim", "store.advance").containsEntry("rows", 0);
	}

	@Test
	void whenJunkIsForAnotherPriceThenItIsLookedUpWithinTheBudget() throws Exception {
		int port = start("--x402.facilitator.url=" + this.facilitator.url(), "--x402.validation.max-invalid=20");
		HostileBuyer buyer = new HostileBuyer(port);
		for (String kind : List.of("another offer", "another amount")) {
			// Beyond the budget it is not known whether such a payment was taken before
			assertThat(send(port, 200, buyer.junk().get(kind))).isSubsetOf(402, 503);
		}
		assertThat(this.facilitator.calls("verify")).isZero();
		Map<String, Integer> counts = HostileLoad.counts(port);
		assertThat(counts).doesNotContainKey("store.claim").containsEntry("rows", 0);
		assertThat(counts.get("store.find")).isBetween(20, 2 * (20 + 60));
	}

	@Test
	void whenOnlyTheFacilitatorCanTellJunkThenItIsAskedWithinTheBudgetAndNothingIsKept() throws Exception {
		this.facilitator.when("verify", Behaviour.REFUSES);
		int port = start("--x402.facilitator.url=" + this.facilitator.url(), "--x402.validation.max-invalid=20");
		HostileBuyer buyer = new HostileBuyer(port);
		for (String kind : List.of("signature of 65 bytes", "signature of 66 bytes")) {
			send(port, 300, buyer.junk().get(kind));
		}
		// as many as are under way when the budget is used up, and once more if a minute
		// begins
		assertThat(this.facilitator.calls("verify")).isBetween(20, 2 * (20 + 50));
		Map<String, Integer> counts = HostileLoad.counts(port);
		assertThat(counts).containsEntry("rows", 0).containsEntry("runs", 0);
		assertThat(counts.get("store.release")).isEqualTo(counts.get("store.claim"));
		this.facilitator.when("verify", Behaviour.AGREES);
		assertThat(send(port, 1, () -> buyer.signed("/paid"))).containsExactly(200);
	}

	@Test
	void whenAPendingPaymentIsRepeatedThenEachRepetitionIsTwoStepsOfTheStoreAtMost() throws Exception {
		this.facilitator.when("settle", Behaviour.FAILS);
		int port = start("--x402.facilitator.url=" + this.facilitator.url(), "--x402.reconciliation.enabled=false");
		byte[] payment = new HostileBuyer(port).signed("/paid");
		assertThat(send(port, 1, () -> payment)).containsExactly(503);
		Map<String, Integer> before = HostileLoad.counts(port);
		assertThat(send(port, 200, () -> payment)).containsOnly(503);
		Map<String, Integer> after = HostileLoad.counts(port);
		int claims = after.get("store.claim") - before.get("store.claim");
		int finds = after.get("store.find") - before.getOrDefault("store.find", 0);
		// right after the start, claims are looked at instead of being taken
		assertThat(claims).isLessThanOrEqualTo(200);
		assertThat(claims + finds).isBetween(200, 400);
		assertThat(after.get("rows")).isEqualTo(before.get("rows"));
		assertThat(after).containsEntry("runs", 1);
		assertThat(this.facilitator.calls()).containsEntry("verify", 1).containsEntry("settle", 1);
	}

	@Test
	void whenSupportedFailsThenAnonymousRequestsDoNotAskForIt() throws Exception {
		this.facilitator.when("supported", Behaviour.FAILS);
		int port = start("--x402.facilitator.url=" + this.facilitator.url());
		assertThat(send(port, 200, () -> HostileBuyer.request("/paid", ""))).containsOnly(402);
		// a look is made up to three times on errors of the server; one at the start, one
		// after a second, one after two more
		assertThat(this.facilitator.calls("supported")).isLessThanOrEqualTo(12);
	}

	@Test
	void whenVerifyHangsThenOnlySoManyThreadsHang() throws Exception {
		this.facilitator.when("verify", Behaviour.HANGS);
		int port = start("--x402.facilitator.url=" + this.facilitator.url(),
				"--x402.facilitator.limits.max-concurrent-verifications=5", "--x402.facilitator.verify-timeout=3s");
		HostileBuyer buyer = new HostileBuyer(port);
		Future<List<Integer>> attack = this.attackers.submit(() -> send(port, 40, () -> buyer.signed("/paid")));
		while (this.facilitator.calls("verify") < 5) {
			Thread.onSpinWait();
		}
		assertThat(send(port, 20, () -> HostileBuyer.request("/free", ""))).containsOnly(200);
		assertThat(attack.get(60, TimeUnit.SECONDS)).containsOnly(503);
		assertThat(this.facilitator.calls("verify")).isLessThanOrEqualTo(5 * 3);
		assertThat(HostileLoad.counts(port)).containsEntry("rows", 0).containsEntry("runs", 0);
	}

	@Test
	void whenSettleHangsThenOnlySoManyThreadsHangAndOnlySoManyHandlersRun() throws Exception {
		this.facilitator.when("settle", Behaviour.HANGS);
		int port = start("--x402.facilitator.url=" + this.facilitator.url(),
				"--x402.facilitator.limits.max-concurrent-settlements=5", "--x402.facilitator.settle-timeout=3s",
				"--x402.reconciliation.enabled=false");
		HostileBuyer buyer = new HostileBuyer(port);
		assertThat(send(port, 40, () -> buyer.signed("/paid"))).containsOnly(503);
		assertThat(this.facilitator.calls("settle")).isLessThanOrEqualTo(5 * 2);
	}

	@Test
	void whenPaymentsHaveNoFundsThenUpfrontCostsTwoStepsOfTheStoreAndNoRow() throws Exception {
		this.facilitator.when("verify", Behaviour.REFUSES).when("settle", Behaviour.REFUSES);
		int port = start("--x402.facilitator.url=" + this.facilitator.url());
		HostileBuyer buyer = new HostileBuyer(port);
		assertThat(send(port, 200, () -> buyer.signed("/upfront"))).containsAnyOf(402, 503).doesNotContain(200);
		assertThat(this.facilitator.calls("settle")).isZero();
		assertThat(this.facilitator.calls("verify")).isBetween(60, 2 * (60 + 50));
		Map<String, Integer> counts = HostileLoad.counts(port);
		assertThat(counts).containsEntry("rows", 0).containsEntry("runs", 0);
		int ended = counts.getOrDefault("store.advance", 0) + counts.getOrDefault("store.release", 0);
		assertThat(ended).as("one step ends each claim").isEqualTo(counts.get("store.claim"));
	}

	@Test
	void whenNoncesAreUsedOnChainThenAFewCallsOfTheNodeDecideForGood() throws Exception {
		try (ScriptedChain chain = new ScriptedChain()) {
			int port = start("--x402.facilitator.type=onchain", "--x402.facilitator.onchain.rpc.url=" + chain.url(),
					"--x402.facilitator.onchain.keys.private-keys=0x" + "6".repeat(64));
			HostileBuyer buyer = new HostileBuyer(port);
			int before = chain.calls().values().stream().mapToInt(Integer::intValue).sum();
			assertThat(send(port, 30, () -> buyer.signed("/upfront"))).containsOnly(402);
			int calls = chain.calls().values().stream().mapToInt(Integer::intValue).sum() - before;
			assertThat(calls).isLessThanOrEqualTo(30 * 10);
			assertThat(chain.calls("eth_sendRawTransaction")).isZero();
			assertThat(HostileLoad.counts(port)).containsEntry("rows", 0).containsEntry("runs", 0);
		}
	}

	private int start(String... properties) {
		this.node = HostileNode.start(properties);
		return Applications.port(this.node);
	}

	/**
	 * Send requests, at most 60 at a time, and return the statuses of the responses.
	 */
	private List<Integer> send(int port, int count, Supplier<byte[]> requests) throws Exception {
		ExecutorService senders = Executors.newFixedThreadPool(Math.min(count, 60));
		try {
			List<Future<Integer>> responses = IntStream.range(0, count)
				.mapToObj((i) -> senders.submit(() -> exchange(port, requests.get())))
				.toList();
			List<Integer> statuses = new ArrayList<>();
			for (Future<Integer> response : responses) {
				statuses.add(response.get(60, TimeUnit.SECONDS));
			}
			return statuses;
		}
		finally {
			senders.shutdownNow();
		}
	}

	private static int exchange(int port, byte[] request) throws IOException {
		try (Connection connection = new Connection(port)) {
			return connection.exchange(request).status();
		}
	}

}
