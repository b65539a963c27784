/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Compares what a request to a handler without a price takes with and without the
 * starter, once both applications are warm. Both run all the time and take turns under
 * load, so that whatever else the machine does slows both alike, and only threads that
 * serve requests are counted: {@link HttpBenchmark} also counts the compiler, which is
 * not done after 80,000 responses. A second application without the starter shows what
 * two equal processes differ by.
 */
final class FreeBenchmark {

	private static final int CONNECTIONS = 16;

	private static final byte[] REQUEST = ("GET /free HTTP/1.1\r\nHost: shop.example.com\r\n"
			+ "User-Agent: benchmark\r\nAccept: */*\r\n\r\n")
		.getBytes(StandardCharsets.US_ASCII);

	private final String stack;

	private final int responses;

	private final int turns;

	private final int warmUp;

	private final List<String> names = new ArrayList<>();

	private final List<ServerProcess> servers = new ArrayList<>();

	private FreeBenchmark(int responses, int turns, int warmUp, String stack) {
		this.responses = responses;
		this.turns = turns;
		this.warmUp = warmUp;
		this.stack = stack;
	}

	/**
	 * Run the benchmark.
	 * @param args responses of a turn, number of turns, and turns before them to get
	 * warm, such as 10000, 12 and 25, and {@code reactive} for WebFlux
	 */
	public static void main(String[] args) throws IOException {
		new FreeBenchmark(number(args, 0, 10_000), number(args, 1, 12), number(args, 2, 25),
				(args.length > 3) ? args[3] : "servlet")
			.run();
		System.exit(0);
	}

	private static int number(String[] args, int index, int otherwise) {
		return (args.length > index) ? Integer.parseInt(args[index]) : otherwise;
	}

	private void run() throws IOException {
		System.out.printf(Locale.ROOT, "%d processors, load average %.1f%n", Runtime.getRuntime().availableProcessors(),
				ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
		Path empty = Files.writeString(Files.createTempFile("benchmark", null),
				"HTTP/1.1 402 \r\nContent-Length: 0\r\n\r\n");
		String type = "spring.main.web-application-type=" + this.stack;
		List<String> without = List.of("WithoutStarter", type, "benchmark.facilitator=http://127.0.0.1:9",
				"benchmark.body=" + empty, "benchmark.challenge=" + empty);
		try {
			start("without the starter", without);
			start("with the starter", List.of("WithStarter", type, "x402.facilitator.url=http://127.0.0.1:9"));
			start("without the starter, once more", without);
			for (int turn = 0; turn < this.warmUp; turn++) {
				turn(turn % 2 == 1);
			}
			print();
		}
		finally {
			for (ServerProcess server : this.servers) {
				server.close();
			}
		}
	}

	private void start(String name, List<String> arguments) throws IOException {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		this.names.add(name);
		this.servers.add(ServerProcess.start(java, List.of(), Applications.class, arguments));
	}

	private void print() throws IOException {
		double[][] micros = new double[this.turns][];
		for (int turn = 0; turn < this.turns; turn++) {
			micros[turn] = turn(turn % 2 == 1);
		}
		System.out.printf("%-32s %14s %14s %14s%n", "Free handler", "CPU us", "us more", "ratio");
		for (int i = 0; i < this.names.size(); i++) {
			int column = i;
			System.out.printf(Locale.ROOT, "%-32s %14.1f %14.1f %14.2f%n", this.names.get(i),
					median(micros, (turn) -> turn[column]), median(micros, (turn) -> turn[column] - turn[0]),
					median(micros, (turn) -> turn[0] / turn[column]));
		}
	}

	/**
	 * Put each application under load once.
	 * @return CPU times of a request to each, in microseconds
	 */
	private double[] turn(boolean reverse) throws IOException {
		double[] times = new double[this.servers.size()];
		String threads = this.stack.equals("reactive") ? "reactor-http-" : "http-nio-";
		for (int i = 0; i < times.length; i++) {
			int index = reverse ? times.length - 1 - i : i;
			ServerProcess server = this.servers.get(index);
			double before = server.cpu(threads);
			new Load(server.port(), 200, (request) -> REQUEST).run(CONNECTIONS,
					List.of(Load.End.afterResponses(String.valueOf(this.responses))), () -> new double[0]);
			times[index] = (server.cpu(threads) - before) / this.responses;
		}
		return times;
	}

	private static double median(double[][] turns, ToDoubleFunction<double[]> value) {
		double[] sorted = Arrays.stream(turns).mapToDouble(value).sorted().toArray();
		return sorted[sorted.length / 2];
	}

}
