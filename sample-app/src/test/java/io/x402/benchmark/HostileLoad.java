/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import io.x402.benchmark.ScriptedFacilitator.Behaviour;
import tools.jackson.databind.json.JsonMapper;

/**
 * What attackers can do to everybody else: the time of a free route before and under each
 * attack, and what the attack costs in calls of the facilitator or node, steps of the
 * store, rows of the ledger, runs of handlers and waiting threads. Each attack has a
 * control: the same requests over the same connections at the same rate, for a plain
 * controller that answers the same status at once, or after the same time. What the
 * control costs everybody else, attackers and container cost on these processors; the
 * rest is ours. Each attack has a node of its own, in a process of its own with 200
 * threads; every attack is bounded in count and time and stays on loopback.
 */
final class HostileLoad {

	private static final Duration WARMUP = Duration.ofSeconds(4);

	private static final Duration TIME = Duration.ofSeconds(6);

	/** Budgets for invalid payments are per minute, and the rehearsal uses them, too. */
	private static final Duration BUDGET_WINDOW = Duration.ofSeconds(61);

	private static final int PROBES = 2;

	private static final int PROBES_PER_SECOND = 200;

	private final List<String> names;

	private HostileLoad(List<String> names) {
		this.names = names;
	}

	public static void main(String[] args) throws Exception {
		new HostileLoad(Arrays.asList(args)).run();
		System.exit(0);
	}

	private void run() throws Exception {
		System.out.printf(Locale.ROOT, "%d processors, Java %d, load average %.1f before%n",
				Runtime.getRuntime().availableProcessors(), Runtime.version().feature(), load());
		System.out.printf("%-38s %6s %6s %6s %6s %6s %6s %7s %8s%n", "Free route, milliseconds", "idle", "", "contr.",
				"", "attack", "", "attack/", "attack/");
		System.out.printf("%-38s %6s %6s %6s %6s %6s %6s %7s %8s%n", "", "p50", "p99", "p50", "p99", "p50", "p99",
				"idle", "control");
		try (ScriptedFacilitator facilitator = new ScriptedFacilitator(); ScriptedChain chain = new ScriptedChain()) {
			for (Attack attack : attacks(facilitator, chain)) {
				if (this.names.isEmpty() || this.names.stream().anyMatch(attack.name()::contains)) {
					measure(attack);
				}
			}
		}
		System.out.printf(Locale.ROOT, "Load average %.1f after%n", load());
	}

	private static List<Attack> attacks(ScriptedFacilitator facilitator, ScriptedChain chain) {
		String remote = "--x402.facilitator.url=" + facilitator.url();
		return List.of(
				Attack.on(facilitator, "1,000 garbage payments a second", remote)
					.traffic(50, 1000, (buyer) -> buyer.mixedJunk())
					.control(402)
					.usesBudgets()
					.begin(() -> facilitator.when("verify", Behaviour.REFUSES)),
				Attack.on(facilitator, "100 sockets repeat a pending payment", remote)
					.traffic(100, 500, (buyer) -> same(buyer.signed("/paid")))
					.control(503)
					.begin(() -> facilitator.when("settle", Behaviour.FAILS)),
				Attack.on(facilitator, "/supported down, anonymous GETs", remote)
					.traffic(40, 400, (buyer) -> same(HostileBuyer.request("/paid", "")))
					.control(402)
					.begin(() -> facilitator.when("supported", Behaviour.FAILS)),
				Attack.on(facilitator, "verify hangs, 300 sockets", remote)
					.traffic(300, 300, (buyer) -> buyer.signedBefore("/paid", 300, TIME))
					.control(503)
					.begin(() -> facilitator.when("verify", Behaviour.HANGS)),
				Attack.on(facilitator, "settle hangs, 300 sockets", remote)
					.traffic(300, 300, (buyer) -> buyer.signedBefore("/paid", 300, TIME))
					.control(503)
					.begin(() -> facilitator.when("settle", Behaviour.HANGS)),
				Attack.on(facilitator, "payments without funds, upfront", remote)
					.traffic(20, 200, (buyer) -> buyer.signedBefore("/upfront", 200, TIME))
					.control(503)
					.usesBudgets()
					.begin(() -> facilitator.when("verify", Behaviour.REFUSES).when("settle", Behaviour.REFUSES)),
				Attack
					.on(chain, "own chain, used nonces, 200 sockets", "--x402.facilitator.type=onchain",
							"--x402.facilitator.onchain.rpc.url=" + chain.url(),
							"--x402.facilitator.onchain.keys.private-keys=0x" + "6".repeat(64))
					.traffic(200, 200, (buyer) -> buyer.signedBefore("/upfront", 200, TIME))
					.control(402)
					.usesBudgets()
					.begin(() -> {
					}));
	}

	private static Supplier<byte[]> same(byte[] request) {
		return () -> request;
	}

	/**
	 * The rehearsal meets a facilitator that agrees, so that the code which takes
	 * payments is compiled and no circuit breaker is open when the attack begins.
	 */
	private static void measure(Attack attack) throws Exception {
		attack.remote().agree();
		try (NodeProcess node = NodeProcess.start(attack.properties())) {
			int port = node.port();
			HostileBuyer buyer = new HostileBuyer(port);
			probe(port, WARMUP).await().close();
			attack.start(port, attack.requests().apply(buyer)).await().close();
			long rehearsed = System.nanoTime();
			Flood idle = probe(port, TIME).await();
			idle.close();
			Supplier<byte[]> requests = attack.requests().apply(buyer);
			Flood plain = attack.start(port, HostileBuyer.redirected(requests, "/plain/" + attack.plainStatus()));
			Flood control = probe(port, TIME).await();
			plain.await().close();
			control.close();
			if (attack.invalid()) {
				TimeUnit.NANOSECONDS.sleep(BUDGET_WINDOW.toNanos() - (System.nanoTime() - rehearsed));
			}
			attack.begin().run();
			Map<String, Integer> calls = attack.remote().calls();
			Map<String, Integer> counts = counts(port);
			Flood flood = attack.start(port, requests);
			Flood probe = probe(port, TIME);
			Thread.sleep(TIME.toMillis() / 2);
			int waiting = waitingThreads(port);
			probe.await();
			Map<String, Integer> after = counts(port);
			System.out.printf(Locale.ROOT, "%-38s %6.2f %6.2f %6.2f %6.2f %6.2f %6.2f %7.1f %8.1f%n", attack.name(),
					idle.percentile(50), idle.percentile(99), control.percentile(50), control.percentile(99),
					probe.percentile(50), probe.percentile(99), probe.percentile(99) / idle.percentile(99),
					probe.percentile(99) / control.percentile(99));
			System.out.printf(Locale.ROOT, "    attack: %d answered in %d s %s, control %d %s; free route: %d of %d%n",
					flood.answered(), TIME.toSeconds(), flood.statuses(), plain.answered(), plain.statuses(),
					probe.answered(), idle.answered());
			System.out.printf(Locale.ROOT, "    cost: %d threads of the container wait, calls %s, %s%n", waiting,
					since(calls, attack.remote().calls()), since(counts, after));
			flood.close();
			probe.close();
		}
	}

	private static Flood probe(int port, Duration time) throws IOException {
		return Flood.start(port, PROBES, PROBES_PER_SECOND, time, same(HostileBuyer.request("/free", "")));
	}

	private static Map<String, Integer> since(Map<String, Integer> before, Map<String, Integer> after) {
		Map<String, Integer> difference = new TreeMap<>();
		after.forEach((name, count) -> {
			int more = count - before.getOrDefault(name, 0);
			if (more != 0) {
				difference.put(name, more);
			}
		});
		return difference;
	}

	private static int waitingThreads(int port) throws IOException {
		try (Connection connection = new Connection(port)) {
			return Integer.parseInt(
					new String(connection.exchange(HostileBuyer.request("/waiting", "Connection: close\r\n")).body(),
							StandardCharsets.UTF_8));
		}
	}

	@SuppressWarnings("unchecked")
	static Map<String, Integer> counts(int port) throws IOException {
		try (Connection connection = new Connection(port)) {
			byte[] body = connection.exchange(HostileBuyer.request("/counts", "Connection: close\r\n")).body();
			return JsonMapper.shared().readValue(body, Map.class);
		}
	}

	private static double load() {
		return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
	}

	/**
	 * An attack.
	 *
	 * @param name its name
	 * @param remote the server that the node calls
	 * @param properties properties of the node
	 * @param connections number of connections
	 * @param perSecond requests per second over all connections
	 * @param requests makes what is sent, with a buyer that knows the offers
	 * @param plainStatus what the plain controller of the control answers
	 * @param invalid whether its payments use up budgets for invalid ones
	 * @param begin makes the remote server misbehave
	 */
	private record Attack(String name, ScriptedServer remote, String[] properties, int connections, int perSecond,
			Function<HostileBuyer, Supplier<byte[]>> requests, int plainStatus, boolean invalid, Runnable begin) {

		static Attack on(ScriptedServer remote, String name, String... properties) {
			return new Attack(name, remote, properties, 0, 0, (buyer) -> same(new byte[0]), 0, false, () -> {
			});
		}

		Attack traffic(int connections, int perSecond, Function<HostileBuyer, Supplier<byte[]>> requests) {
			return new Attack(this.name, this.remote, this.properties, connections, perSecond, requests,
					this.plainStatus, this.invalid, this.begin);
		}

		Attack control(int plainStatus) {
			return new Attack(this.name, this.remote, this.properties, this.connections, this.perSecond, this.requests,
					plainStatus, this.invalid, this.begin);
		}

		Attack usesBudgets() {
			return new Attack(this.name, this.remote, this.properties, this.connections, this.perSecond, this.requests,
					this.plainStatus, true, this.begin);
		}

		Attack begin(Runnable begin) {
			return new Attack(this.name, this.remote, this.properties, this.connections, this.perSecond, this.requests,
					this.plainStatus, this.invalid, begin);
		}

		Flood start(int port, Supplier<byte[]> requests) throws IOException {
			return Flood.start(port, this.connections, this.perSecond, TIME, requests);
		}

	}

	/**
	 * A node in a process of its own.
	 *
	 * @param process the process
	 * @param port its port
	 */
	private record NodeProcess(Process process, int port) implements AutoCloseable {

		static NodeProcess start(String... properties) throws IOException {
			List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xmx1g",
					"-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), HostileNode.class.getName()));
			command.addAll(List.of(properties));
			Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
			BufferedReader out = new BufferedReader(
					new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
			for (String line = out.readLine(); line != null; line = out.readLine()) {
				if (line.startsWith("port ")) {
					return new NodeProcess(process, Integer.parseInt(line.substring(5)));
				}
			}
			process.destroy();
			throw new IOException("The node did not start");
		}

		@Override
		public void close() {
			this.process.destroyForcibly();
		}

	}

}
