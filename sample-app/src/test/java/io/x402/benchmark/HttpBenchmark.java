/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * Compares applications with and without the starter, each in a process of its own that
 * is started anew for every round and alone under load. The load comes from this process
 * and the facilitator is a third one, whose own limits are measured first. Every round
 * measures all applications, every other round in reverse order, and ratios are taken
 * within a round.
 */
final class HttpBenchmark {

	private static final int CONNECTIONS = 16;

	private static final String HAND_JDK = "both calls by hand, JDK HttpClient";

	private static final String HAND_WEB_CLIENT = "both calls by hand, WebClient";

	private static final String PAID = "paid";

	private static final String PAID_UNCHECKED = "paid, no signature check";

	/** After the first payments, the facilitator settles only. */
	private static final String PAID_LOCAL = "paid, verified locally";

	private static final String PLAIN_402 = "402 of a plain controller, same bytes";

	private static final String OUR_402 = "402 of the starter";

	private static final String FREE_WITHOUT = "free, without the starter";

	private static final String FREE = "free, with the starter";

	private final Payments payments = new Payments();

	private final Settings settings;

	private final Path directory;

	private final Map<String, List<List<Load.Phase>>> results = new LinkedHashMap<>();

	private HttpBenchmark(Settings settings) throws IOException {
		this.settings = settings;
		this.directory = Files.createDirectories(Path.of("target", "benchmark"));
	}

	public static void main(String[] args) throws IOException {
		for (String java : Settings.of(args).javas()) {
			new HttpBenchmark(Settings.of(args)).run(java);
		}
		System.exit(0);
	}

	private void run(String java) throws IOException {
		System.out.printf(Locale.ROOT, "%n%d processors, load average %.1f, applications run on %s%n",
				Runtime.getRuntime().availableProcessors(),
				ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(), java);
		try (ServerProcess facilitator = ServerProcess.start(ownJava(), List.of(), StubFacilitator.class,
				List.of(this.payments.payer(), Payments.NETWORK))) {
			List<Application> applications = applications(java, facilitator);
			limits(facilitator);
			for (int round = 0; round < this.settings.rounds(); round++) {
				List<Application> order = new ArrayList<>(applications);
				if (round % 2 == 1) {
					Collections.reverse(order);
				}
				for (Application application : order) {
					if (this.settings.only().matcher(application.name()).lookingAt()) {
						measure(java, application, facilitator);
					}
				}
			}
		}
		printRatios();
	}

	private static String ownJava() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	/**
	 * What the load generator and the facilitator can do at most, against each other: the
	 * applications have to stay far below.
	 */
	private void limits(ServerProcess facilitator) throws IOException {
		byte[] request = ("POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")
			.getBytes(StandardCharsets.US_ASCII);
		List<Load.Phase> phases = new Load(facilitator.port(), 200, (i) -> request).run(CONNECTIONS,
				List.of(Load.End.afterSeconds("5"), Load.End.afterSeconds("10")),
				() -> new double[] { facilitator.cpu() });
		Load.Phase steady = phases.get(phases.size() - 1);
		System.out.printf(Locale.ROOT, "Limit of load generator and facilitator against each other: %.0f per second, "
				+ "%.0f us of CPU of the facilitator each%n%n", steady.perSecond(), steady.cpu()[0]);
		System.out.printf("%-40s %14s %10s %9s %9s %12s %12s%n", "Application", this.settings.unit(), "per s", "p50 us",
				"p99 us", "its CPU us", "facilitator");
	}

	private List<Application> applications(String java, ServerProcess facilitator) throws IOException {
		String url = "http://127.0.0.1:" + facilitator.port();
		byte[] unpaid = Payments.request("/paid", "");
		RawHttp.Message challenge;
		String stack = "spring.main.web-application-type=" + this.settings.stack();
		try (ServerProcess shop = ServerProcess.start(java, List.of(), Applications.class,
				List.of("WithStarter", stack, "x402.facilitator.url=" + url));
				Connection connection = new Connection(shop.port())) {
			challenge = connection.exchange(unpaid);
		}
		PaymentRequirements offer = this.payments.offer(challenge);
		// Each payment is sent once to each application of a round
		List<byte[]> payments = this.payments.requests("/paid", offer, this.settings.payments());
		Path body = Files.write(this.directory.resolve("body"), this.payments.facilitatorRequest(offer));
		Path plain = Files.write(this.directory.resolve("challenge"), bytes(challenge));
		List<String> without = List.of("WithoutStarter", stack, "benchmark.facilitator=" + url,
				"benchmark.body=" + body, "benchmark.challenge=" + plain);
		// The same client as by hand, not the one of the other stack on the class path
		List<String> with = List.of("WithStarter", stack, "x402.facilitator.url=" + url,
				"x402.facilitator.connector=" + this.settings.connector());
		List<String> unchecked = Stream.concat(with.stream(), Stream.of("x402.validation.signatures=false")).toList();
		List<String> local = Stream.concat(with.stream(), Stream.of("x402.settlement.verification=local")).toList();
		IntFunction<byte @Nullable []> paid = (i) -> (i < payments.size()) ? payments.get(i) : null;
		return List.of(new Application(HAND_JDK, without, 200, repeated(Payments.request("/jdk", ""))),
				new Application(HAND_WEB_CLIENT, without, 200, repeated(Payments.request("/web-client", ""))),
				new Application(PAID, with, 200, paid), new Application(PAID_UNCHECKED, unchecked, 200, paid),
				new Application(PAID_LOCAL, local, 200, paid),
				new Application(PLAIN_402, without, 402, repeated(Payments.request("/unpaid", ""))),
				new Application(OUR_402, with, 402, repeated(unpaid)),
				new Application(FREE_WITHOUT, without, 200, repeated(Payments.request("/free", ""))),
				new Application(FREE, with, 200, repeated(Payments.request("/free", ""))));
	}

	private static byte[] bytes(RawHttp.Message message) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.write(message.head().getBytes(StandardCharsets.ISO_8859_1));
		bytes.write(message.body());
		return bytes.toByteArray();
	}

	private static IntFunction<byte @Nullable []> repeated(byte[] request) {
		return (i) -> request;
	}

	private void measure(String java, Application application, ServerProcess facilitator) throws IOException {
		Path recording = this.directory.resolve(application.name().replaceAll("[^a-zA-Z0-9]+", "-") + ".jfr");
		try (ServerProcess server = ServerProcess.start(java, this.settings.options(recording), Applications.class,
				application.arguments())) {
			List<Load.Phase> phases = new Load(server.port(), application.status(), application.requests())
				.run(CONNECTIONS, this.settings.ends(), () -> new double[] { server.cpu(), facilitator.cpu() });
			print(application.name(), phases);
			this.results.computeIfAbsent(application.name(), (name) -> new ArrayList<>()).add(phases);
		}
		if (this.settings.profile()) {
			System.out.println("jfr view cpu-time-hot-methods " + recording.toAbsolutePath());
		}
	}

	private void print(String name, List<Load.Phase> phases) {
		String from = "0";
		for (int i = 0; i < phases.size(); i++) {
			Load.Phase phase = phases.get(i);
			String to = this.settings.ends().get(i).toString();
			System.out.printf(Locale.ROOT, "%-40s %14s %10.0f %9.0f %9.0f %12.0f %12.0f%n", name, from + "-" + to,
					phase.perSecond(), phase.p50(), phase.p99(), phase.cpu()[0], phase.cpu()[1]);
			from = to;
		}
	}

	private void printRatios() {
		System.out.printf("%n%-76s %8s %8s %8s %8s%n", "Ratios in the last phase, within a round", "by CPU", "least",
				"most", "by rate");
		printRatio(PAID, HAND_WEB_CLIENT, 0.9);
		printRatio(PAID, HAND_JDK, 0.6);
		printRatio(PAID_UNCHECKED, HAND_WEB_CLIENT, 0.9);
		printRatio(PAID_LOCAL, HAND_JDK, 1);
		printRatio(OUR_402, PLAIN_402, 0.9);
		printRatio(FREE, FREE_WITHOUT, 0.95);
		double[] more = compare(PAID, HAND_WEB_CLIENT, (phase) -> phase.cpu()[0], false);
		if (more.length > 0) {
			System.out.printf(Locale.ROOT, "CPU of a paid request beside both calls: %.0f us more (aim: 500)%n",
					median(more));
		}
		double[] warm = this.results.getOrDefault(PAID, List.of())
			.stream()
			.filter((phases) -> phases.size() > 2)
			.mapToDouble((phases) -> phases.get(1).perSecond() / phases.get(phases.size() - 1).perSecond())
			.sorted()
			.toArray();
		if (warm.length > 0) {
			System.out.printf(Locale.ROOT, "paid, second phase / last phase: %.2f (aim: 0.60)%n", median(warm));
		}
	}

	private void printRatio(String name, String base, double aim) {
		double[] rates = compare(name, base, Load.Phase::perSecond, true);
		double[] ratios = compare(base, name, (phase) -> phase.cpu()[0], true);
		if (ratios.length > 0) {
			System.out.printf(Locale.ROOT, "%-76s %8.2f %8.2f %8.2f %8.2f %s%n", name + " / " + base, median(ratios),
					ratios[0], ratios[ratios.length - 1], median(rates),
					"aim: " + aim + ((Math.min(median(ratios), median(rates)) >= aim) ? ", met" : ", MISSED"));
		}
	}

	/**
	 * Compare two applications round by round.
	 * @return a number for each round in which both reached the last phase, sorted
	 */
	private double[] compare(String name, String base, ToDoubleFunction<Load.Phase> value, boolean ratio) {
		List<List<Load.Phase>> rounds = this.results.getOrDefault(name, List.of());
		List<List<Load.Phase>> others = this.results.getOrDefault(base, List.of());
		int last = this.settings.ends().size();
		return IntStream.range(0, Math.min(rounds.size(), others.size()))
			.filter((i) -> rounds.get(i).size() == last && others.get(i).size() == last)
			.mapToDouble((i) -> {
				double own = value.applyAsDouble(rounds.get(i).get(last - 1));
				double other = value.applyAsDouble(others.get(i).get(last - 1));
				return ratio ? own / other : own - other;
			})
			.sorted()
			.toArray();
	}

	private static double median(double[] sorted) {
		return sorted[sorted.length / 2];
	}

	/**
	 * Something that is measured.
	 *
	 * @param name its name
	 * @param arguments which application, and its properties
	 * @param status status of every response
	 * @param requests returns a request by its number
	 */
	private record Application(String name, List<String> arguments, int status,
			IntFunction<byte @Nullable []> requests) {

	}

	/**
	 * What is measured and for how long.
	 *
	 * @param javas the Java executables that run the applications
	 * @param rounds how often everything is measured
	 * @param payments number of payments that are signed beforehand
	 * @param unit what the ends are counted in
	 * @param ends ends of the phases since the first request
	 * @param only begin of the names of the applications that are measured
	 * @param stack web stack of the applications, {@code servlet} or {@code reactive}
	 * @param connector {@code x402.facilitator.connector} of the applications with the
	 * starter
	 * @param profile whether to record a profile by CPU time, from JDK 25 on
	 */
	private record Settings(List<String> javas, int rounds, int payments, String unit, List<Load.End> ends,
			Pattern only, String stack, String connector, boolean profile) {

		static Settings of(String[] args) {
			Map<String, String> given = new TreeMap<>();
			for (String arg : args) {
				String[] parts = arg.split("=", 2);
				given.put(parts[0], (parts.length > 1) ? parts[1] : "true");
			}
			boolean counted = given.containsKey("responses");
			String ends = counted ? given.get("responses") : given.getOrDefault("seconds", "5,15,60");
			return new Settings(List.of(given.getOrDefault("java", ownJava()).split(",")),
					Integer.parseInt(given.getOrDefault("rounds", "3")),
					Integer.parseInt(given.getOrDefault("payments", "150000")), counted ? "responses" : "seconds",
					Arrays.stream(ends.split(","))
						.map(counted ? Load.End::afterResponses : Load.End::afterSeconds)
						.toList(),
					Pattern.compile(given.getOrDefault("only", "")), given.getOrDefault("stack", "servlet"),
					given.getOrDefault("connector", "jdk"),
					Boolean.parseBoolean(given.getOrDefault("profile", "false")));
		}

		List<String> options(Path recording) {
			return this.profile
					? List.of("-XX:FlightRecorderOptions:stackdepth=256",
							"-XX:StartFlightRecording:filename=" + recording
									+ ",settings=profile,jdk.CPUTimeSample#enabled=true,jdk.CPUTimeSample#throttle=2ms")
					: List.of();
		}

	}

}
