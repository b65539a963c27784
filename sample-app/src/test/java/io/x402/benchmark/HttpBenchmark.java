/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import io.x402.benchmark.Applications.PlainController;
import io.x402.benchmark.Applications.WithInstantFacilitator;
import io.x402.benchmark.Applications.WithStarter;
import io.x402.benchmark.Applications.WithoutStarter;
import io.x402.benchmark.LoadClient.Window;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Compares applications with and without the starter, in one process and over loopback:
 * every round measures all of them, every other round in reverse order, and ratios are
 * taken within a round.
 */
final class HttpBenchmark {

	private static final int CONNECTIONS = 16;

	private static final int ROUNDS = 7;

	private static final int UNPAID = 8000;

	private static final int PAID_COUNT = 2000;

	private static final int ALONE = 300;

	/** It takes tens of thousands of payments until all of it is compiled. */
	private static final Duration WARMUP = Duration.ofSeconds(50);

	private static final Duration TIME_LIMIT = Duration.ofSeconds(110);

	private static final String FREE_WITHOUT = "/free without the starter";

	private static final String FREE = "/free with the starter";

	private static final String CHALLENGE_BY_HAND = "402 of a plain controller";

	private static final String CHALLENGE = "402 of the starter";

	private static final String PAID_INSTANTLY = "paid, facilitator a bean, no signature check";

	private static final String CALLS_BY_HAND = "both calls by hand";

	private static final String PAID_UNCHECKED = "paid, no signature check";

	private static final String PAID = "paid";

	private final Eip3009Signer signer = new Eip3009Signer("0x" + "7".repeat(64));

	private final PaymentCodec codec = new PaymentCodec();

	private final LoadClient client = new LoadClient();

	private final Map<String, Series> series = new LinkedHashMap<>();

	private List<byte[]> payments = List.of();

	private PaymentRequirements offer;

	public static void main(String[] args) throws Exception {
		new HttpBenchmark().run();
		System.exit(0);
	}

	private void run() throws Exception {
		Instant begin = Instant.now();
		double load = load();
		try (Applications applications = new Applications();
				StubFacilitator facilitator = new StubFacilitator(this.signer.address(), "eip155:84532")) {
			start(applications, facilitator);
			int round = 0;
			while (Instant.now().isBefore(begin.plus(WARMUP))) {
				measure(round++, false);
			}
			int last = round + ROUNDS;
			do {
				measure(round++, true);
			}
			while (round < last && Instant.now().isBefore(begin.plus(TIME_LIMIT)));
		}
		System.out.printf(Locale.ROOT, "%d processors, Java %d, load average %.1f before and %.1f after%n",
				Runtime.getRuntime().availableProcessors(), Runtime.version().feature(), load, load());
		printWindows();
		printRatios();
		printAims();
	}

	private void start(Applications applications, StubFacilitator facilitator) throws IOException {
		Map<String, String> bare = new HashMap<>(Applications.withoutStarter());
		bare.put("benchmark.facilitator", facilitator.url());
		ConfigurableApplicationContext plain = applications.start(WithoutStarter.class, bare);
		int without = Applications.port(plain);
		int with = Applications
			.port(applications.start(WithStarter.class, Map.of("x402.facilitator.url", facilitator.url())));
		int unchecked = Applications.port(applications.start(WithStarter.class,
				Map.of("x402.facilitator.url", facilitator.url(), "x402.validation.signatures", "false")));
		int instant = Applications.port(applications.start(WithInstantFacilitator.class,
				Map.of("benchmark.payer", this.signer.address(), "x402.validation.signatures", "false")));

		byte[] unpaid = request("/paid", "");
		RawHttp.Message challenge = exchange(with, unpaid);
		this.offer = this.codec.decode(challenge.headers().get("payment-required"), PaymentRequiredDocument.class)
			.accepts()
			.get(0);
		plain.getBean(PlainController.class)
			.imitate(challenge, this.codec.write(Map.of("x402Version", 2, "paymentPayload", payment(this.offer),
					"paymentRequirements", this.offer)));

		add(FREE_WITHOUT, without, UNPAID, 200, request("/free", ""));
		add(FREE, with, UNPAID, 200, request("/free", ""));
		add(CHALLENGE_BY_HAND, without, UNPAID, 402, request("/unpaid", ""));
		add(CHALLENGE, with, UNPAID, 402, unpaid);
		addPaid(PAID_INSTANTLY, instant, CONNECTIONS);
		for (int connections : new int[] { CONNECTIONS, 1 }) {
			addPaid(CALLS_BY_HAND, without, connections);
			addPaid(PAID_UNCHECKED, unchecked, connections);
			addPaid(PAID, with, connections);
		}
	}

	private void add(String name, int port, int count, int status, byte[] request) {
		this.series.put(name(name, CONNECTIONS),
				new Series(port, CONNECTIONS, count, status, (i) -> request, new ArrayList<>()));
	}

	private void addPaid(String name, int port, int connections) {
		int first = (connections == 1) ? PAID_COUNT : 0;
		this.series.put(name(name, connections), new Series(port, connections, (connections == 1) ? ALONE : PAID_COUNT,
				200, (i) -> this.payments.get(first + i), new ArrayList<>()));
	}

	private static String name(String name, int connections) {
		return (connections == 1) ? name + " (1)" : name;
	}

	private void measure(int round, boolean keep) throws IOException, InterruptedException, ExecutionException {
		this.payments = sign();
		List<Series> order = new ArrayList<>(this.series.values());
		if (round % 2 == 1) {
			Collections.reverse(order);
		}
		for (Series each : order) {
			Window window = this.client.send(each.port(), each.connections(), each.count(), each.requests(),
					each.status());
			if (keep) {
				each.windows().add(window);
			}
		}
	}

	/**
	 * Sign the payments of a round. Each is used once in each application.
	 */
	private List<byte[]> sign() {
		return IntStream.range(0, PAID_COUNT + ALONE)
			.parallel()
			.mapToObj((i) -> request("/paid", "PAYMENT-SIGNATURE: " + this.codec.encode(payment(this.offer)) + "\r\n"))
			.toList();
	}

	private PaymentPayload payment(PaymentRequirements offer) {
		Map<String, Object> accepted = new LinkedHashMap<>();
		accepted.put("scheme", offer.scheme());
		accepted.put("network", offer.network());
		accepted.put("amount", offer.amount().toString());
		accepted.put("asset", offer.asset());
		accepted.put("payTo", offer.payTo());
		accepted.put("maxTimeoutSeconds", offer.maxTimeoutSeconds());
		accepted.put("extra", offer.extra());
		Instant end = Instant.now().plus(Duration.ofHours(1));
		return new PaymentPayload.V2(2, Map.of("url", "https://shop.example.com/paid"), accepted,
				this.signer.sign(offer, Instant.EPOCH, end).toMap(), null);
	}

	private static byte[] request(String path, String headers) {
		return ("GET " + path + " HTTP/1.1\r\nHost: shop.example.com\r\nUser-Agent: benchmark\r\nAccept: */*\r\n"
				+ headers + "\r\n")
			.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static RawHttp.Message exchange(int port, byte[] request) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.getOutputStream().write(request);
			return Objects.requireNonNull(new RawHttp(socket.getInputStream()).read());
		}
	}

	private static double load() {
		return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
	}

	private void printWindows() {
		System.out.printf("%n%-60s %10s %10s %10s %10s%n", "Medians of the rounds; (1) with one connection", "per s",
				"p50 us", "p99 us", "CPU us");
		this.series.forEach((name, each) -> System.out.printf(Locale.ROOT, "%-60s %10.0f %10.0f %10.0f %10.0f%n", name,
				each.median(Window::perSecond), each.median(Window::median), each.median(Window::p99),
				each.median(Window::cpu)));
	}

	private void printRatios() {
		System.out.printf("%n%-60s %10s %10s %10s%n", "Throughput ratios within a round", "median", "least", "most");
		printRatio(FREE, FREE_WITHOUT);
		printRatio(CHALLENGE, CHALLENGE_BY_HAND);
		printRatio(CHALLENGE, FREE);
		printRatio(PAID_UNCHECKED, CALLS_BY_HAND);
		printRatio(PAID, CALLS_BY_HAND);
		printRatio(PAID_INSTANTLY, CHALLENGE);
	}

	private void printRatio(String name, String base) {
		double[] ratios = compare(name, base, (window, other) -> window.perSecond() / other.perSecond());
		System.out.printf(Locale.ROOT, "%-60s %10.2f %10.2f %10.2f%n", name + " / " + base, median(ratios), ratios[0],
				ratios[ratios.length - 1]);
	}

	private void printAims() {
		double throughput = median(
				compare(CHALLENGE, CHALLENGE_BY_HAND, (window, other) -> window.perSecond() / other.perSecond()));
		double own = added(PAID_UNCHECKED, CALLS_BY_HAND);
		double ownCpu = median(compare(PAID_UNCHECKED, CALLS_BY_HAND, (window, other) -> window.cpu() - other.cpu()));
		System.out.printf("%nAims%n");
		System.out.printf(Locale.ROOT, "%-6s  402 throughput / plain controller: %.2f >= 0.9%n",
				verdict(throughput >= 0.9), throughput);
		System.out.printf(Locale.ROOT, "%-6s  paid, our own time beside the two calls: %.3f <= 0.3 ms%n",
				verdict(own <= 300), own / 1e3);
		System.out.printf(Locale.ROOT, "        the same as CPU time with %d connections: %.3f ms%n", CONNECTIONS,
				ownCpu / 1e3);
		System.out.printf(Locale.ROOT, "        signature check, apart: %.3f ms%n", added(PAID, PAID_UNCHECKED) / 1e3);
	}

	private static String verdict(boolean met) {
		return met ? "met" : "MISSED";
	}

	/**
	 * What one series takes longer than another with one connection, each in its quietest
	 * round: a time, unlike a ratio, does not bear the company of other programs.
	 */
	private double added(String name, String base) {
		return quietest(name(name, 1)) - quietest(name(base, 1));
	}

	private double quietest(String name) {
		return windows(name).stream().mapToDouble(Window::median).min().orElseThrow();
	}

	/**
	 * Compare two series round by round.
	 * @return a number for each round, sorted
	 */
	private double[] compare(String name, String base, ToDoubleBiFunction<Window, Window> comparison) {
		List<Window> windows = windows(name);
		List<Window> others = windows(base);
		return IntStream.range(0, windows.size())
			.mapToDouble((i) -> comparison.applyAsDouble(windows.get(i), others.get(i)))
			.sorted()
			.toArray();
	}

	private List<Window> windows(String name) {
		return Objects.requireNonNull(this.series.get(name)).windows();
	}

	private static double median(double[] sorted) {
		return sorted[sorted.length / 2];
	}

	/**
	 * Something that is measured in every round.
	 *
	 * @param port where
	 * @param connections how many requests at a time
	 * @param count how many requests in a round
	 * @param status status of every answer
	 * @param requests finds the request by its number
	 * @param windows what was measured, by round
	 */
	private record Series(int port, int connections, int count, int status, IntFunction<byte[]> requests,
			List<Window> windows) {

		double median(ToDoubleFunction<Window> value) {
			return HttpBenchmark.median(this.windows.stream().mapToDouble(value).sorted().toArray());
		}

	}

}
