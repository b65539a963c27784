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
import java.util.function.Supplier;

import io.x402.benchmark.ScriptedFacilitator.Behaviour;
import tools.jackson.databind.json.JsonMapper;

/**
 * What attackers can do to everybody else: the time of a free route before and under each
 * attack, and what the attack costs in calls of the facilitator or node, steps of the
 * store, rows of the ledger and runs of handlers. Each attack has a node of its own, in a
 * process of its own with 200 threads; every attack is bounded in count and time and
 * stays on loopback.
 */
final class HostileLoad {

	private static final Duration WARMUP = Duration.ofSeconds(5);

	private static final Duration TIME = Duration.ofSeconds(6);

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
		System.out.printf("%-34s %8s %8s %8s %8s %6s%n", "Free route, milliseconds", "p50 idle", "p99 idle", "p50",
				"p99", "ratio");
		try (ScriptedFacilitator facilitator = new ScriptedFacilitator(); ScriptedChain chain = new ScriptedChain()) {
			String[] remote = { "--x402.facilitator.url=" + facilitator.url() };
			String[] own = { "--x402.facilitator.type=onchain", "--x402.facilitator.onchain.rpc.url=" + chain.url(),
					"--x402.facilitator.onchain.keys.private-keys=0x" + "6".repeat(64) };
			attack("control: 1,000 free GETs a second", facilitator, remote,
					(port, buyer) -> Flood.start(port, 50, 1000, TIME, same(HostileBuyer.request("/free", ""))));
			attack("control: 300 sockets, free GETs", facilitator, remote,
					(port, buyer) -> Flood.start(port, 300, 300, TIME, same(HostileBuyer.request("/free", ""))));
			attack("1,000 garbage payments a second", facilitator.when("verify", Behaviour.REFUSES), remote,
					(port, buyer) -> Flood.start(port, 50, 1000, TIME, buyer.mixedJunk()));
			facilitator.when("verify", Behaviour.AGREES);
			attack("100 sockets repeat a pending payment", facilitator.when("settle", Behaviour.FAILS), remote,
					(port, buyer) -> Flood.start(port, 100, 500, TIME, same(buyer.signed("/paid"))));
			facilitator.when("settle", Behaviour.AGREES);
			attack("/supported down, anonymous GETs", facilitator.when("supported", Behaviour.FAILS), remote,
					(port, buyer) -> Flood.start(port, 40, 400, TIME, same(HostileBuyer.request("/paid", ""))));
			facilitator.when("supported", Behaviour.AGREES);
			attack("verify hangs, 300 sockets", facilitator.when("verify", Behaviour.HANGS), remote,
					(port, buyer) -> Flood.start(port, 300, 300, TIME, () -> buyer.signed("/paid")));
			facilitator.when("verify", Behaviour.AGREES);
			attack("settle hangs, 300 sockets", facilitator.when("settle", Behaviour.HANGS), remote,
					(port, buyer) -> Flood.start(port, 300, 300, TIME, () -> buyer.signed("/paid")));
			facilitator.when("settle", Behaviour.AGREES);
			attack("payments without funds, upfront",
					facilitator.when("verify", Behaviour.REFUSES).when("settle", Behaviour.REFUSES), remote,
					(port, buyer) -> Flood.start(port, 20, 200, TIME, () -> buyer.signed("/upfront")));
			attack("own chain, used nonces, 200 sockets", chain, own,
					(port, buyer) -> Flood.start(port, 200, 200, TIME, () -> buyer.signed("/upfront")));
		}
		System.out.printf(Locale.ROOT, "Load average %.1f after%n", load());
	}

	private static Supplier<byte[]> same(byte[] request) {
		return () -> request;
	}

	private void attack(String name, ScriptedServer remote, String[] properties, Attack attack) throws Exception {
		if (!this.names.isEmpty() && this.names.stream().noneMatch(name::contains)) {
			return;
		}
		try (NodeProcess node = NodeProcess.start(properties)) {
			int port = node.port();
			HostileBuyer buyer = new HostileBuyer(port);
			probe(port, WARMUP).await().close();
			for (int i = 0; i < rehearsals(name); i++) {
				attack.start(port, buyer).await().close();
			}
			Flood idle = probe(port, TIME).await();
			idle.close();
			Map<String, Integer> calls = remote.calls();
			Map<String, Integer> counts = counts(port);
			Flood flood = attack.start(port, buyer);
			Flood probe = probe(port, TIME).await();
			Map<String, Integer> after = counts(port);
			System.out.printf(Locale.ROOT, "%-34s %8.2f %8.2f %8.2f %8.2f %6.1f%n", name, idle.percentile(50),
					idle.percentile(99), probe.percentile(50), probe.percentile(99),
					probe.percentile(99) / idle.percentile(99));
			System.out.printf(Locale.ROOT, "    attack: %d answered in %d s %s, p50 %.0f ms; free route: %d of %d%n",
					flood.answered(), TIME.toSeconds(), flood.statuses(), flood.percentile(50), probe.answered(),
					idle.answered());
			System.out.println("    cost: calls " + since(calls, remote.calls()) + ", " + since(counts, after));
			flood.close();
			probe.close();
		}
	}

	/**
	 * It takes thousands of payments until the code that refuses them is compiled. An
	 * attack that computes rather than waits is measured after that.
	 */
	private static int rehearsals(String name) {
		return name.contains("garbage") ? 2 : 0;
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

	private interface Attack {

		Flood start(int port, HostileBuyer buyer) throws IOException;

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
