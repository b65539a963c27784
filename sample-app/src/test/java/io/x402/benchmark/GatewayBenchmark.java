/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares free paths of the packaged gateway with those of the same gateway without
 * prices, in front of the same upstream. Names what of the starter serves requests in
 * each of them, and counts at the upstream that all requests were forwarded. Each runs in
 * a process of its own that is started anew for every round and alone under load; every
 * other round goes in reverse order, and ratios are taken within a round.
 */
final class GatewayBenchmark {

	private static final int CONNECTIONS = 16;

	private static final Pattern TRANSACTION = Pattern.compile("\"0x(\\p{XDigit}{64})\"");

	private static final List<String> WITH_PRICES = List.of();

	private static final List<String> WITHOUT_PRICES = List.of("--x402.enabled=false");

	private final Path jar;

	private final List<Load.End> ends;

	private GatewayBenchmark(Path jar, List<Load.End> ends) {
		this.jar = jar;
		this.ends = ends;
	}

	/**
	 * Run the benchmark.
	 * @param args number of rounds and ends of phases in responses, such as 3 and
	 * 5000,20000,40000
	 */
	public static void main(String[] args) throws IOException {
		int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : 3;
		String ends = (args.length > 1) ? args[1] : "5000,20000,40000";
		GatewayBenchmark benchmark = new GatewayBenchmark(gateway(),
				Arrays.stream(ends.split(",")).map(Load.End::afterResponses).toList());
		benchmark.run(rounds);
		System.exit(0);
	}

	private static Path gateway() throws IOException {
		try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of("..", "sample-gateway", "target"),
				"sample-gateway-*.jar")) {
			return jars.iterator().next();
		}
	}

	private void run(int rounds) throws IOException {
		System.out.printf(Locale.ROOT, "%d processors, load average %.1f%n", Runtime.getRuntime().availableProcessors(),
				ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
		System.out.printf("%-16s %10s %10s %9s %9s %12s%n", "Gateway", "responses", "per s", "p50 us", "p99 us",
				"its CPU us");
		List<double[]> ratios = new ArrayList<>();
		try (ServerProcess upstream = ServerProcess.start(java(), List.of(), StubFacilitator.class,
				List.of("0x0", "eip155:84532"))) {
			for (int round = 0; round < rounds; round++) {
				boolean reverse = round % 2 == 1;
				Load.Phase first = measure(reverse ? WITHOUT_PRICES : WITH_PRICES, upstream);
				Load.Phase second = measure(reverse ? WITH_PRICES : WITHOUT_PRICES, upstream);
				Load.Phase with = reverse ? second : first;
				Load.Phase without = reverse ? first : second;
				ratios.add(new double[] { without.cpu()[0] / with.cpu()[0], with.perSecond() / without.perSecond() });
			}
		}
		System.out.printf(Locale.ROOT,
				"with prices / without, in the last phase: %.2f by CPU, %.2f by rate (aim: 0.80)%n", median(ratios, 0),
				median(ratios, 1));
	}

	private Load.Phase measure(List<String> prices, ServerProcess upstream) throws IOException {
		List<String> arguments = new ArrayList<>(List.of("--UPSTREAM_URL=http://127.0.0.1:" + upstream.port()));
		arguments.addAll(prices);
		byte[] request = "GET /api/free/data HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"
			.getBytes(StandardCharsets.US_ASCII);
		try (ServerProcess gateway = ServerProcess.start(java(), this.jar, arguments)) {
			long before = requestsTo(upstream);
			List<Load.Phase> phases = new Load(gateway.port(), 200, (i) -> request).run(CONNECTIONS, this.ends,
					() -> new double[] { gateway.cpu() });
			long forwarded = requestsTo(upstream) - before - 1;
			for (int i = 0; i < phases.size(); i++) {
				Load.Phase phase = phases.get(i);
				System.out.printf(Locale.ROOT, "%-16s %10s %10.0f %9.0f %9.0f %12.0f%n",
						prices.isEmpty() ? "with prices" : "without prices", "to " + this.ends.get(i),
						phase.perSecond(), phase.p50(), phase.p99(), phase.cpu()[0]);
			}
			System.out.println("Requests forwarded: " + forwarded + ", classes of the starter for Spring MVC in use: "
					+ gateway.liveClasses(java(), "io.x402.spring.web.servlet"));
			return phases.get(phases.size() - 1);
		}
	}

	/**
	 * Return how many requests the upstream has had, this one included. Each gets another
	 * number as its transaction.
	 */
	private static long requestsTo(ServerProcess upstream) throws IOException {
		byte[] request = "GET /count HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
		try (Connection connection = new Connection(upstream.port())) {
			String json = new String(connection.exchange(request).body(), StandardCharsets.US_ASCII);
			Matcher number = TRANSACTION.matcher(json);
			if (!number.find()) {
				throw new IOException("No transaction: " + json);
			}
			return Long.parseLong(number.group(1), 16);
		}
	}

	private static double median(List<double[]> ratios, int column) {
		double[] sorted = ratios.stream().mapToDouble((ratio) -> ratio[column]).sorted().toArray();
		return sorted[sorted.length / 2];
	}

	private static String java() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

}
