/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the JMH benchmarks of this package and compares them with the aims. Takes the
 * arguments of JMH; with any, the aims are left out.
 */
final class Microbenchmarks {

	/** Most bytes for the objects around the held bytes. */
	private static final int OBJECTS = 1024;

	private final Map<String, RunResult> results = new TreeMap<>();

	private Microbenchmarks(Collection<RunResult> results) {
		results.forEach((result) -> this.results.put(name(result), result));
	}

	public static void main(String[] args) throws RunnerException, CommandLineOptionException {
		if (args.length > 0) {
			new Runner(new CommandLineOptions(args)).run();
			return;
		}
		Options options = new OptionsBuilder()
			.include(Microbenchmarks.class.getPackageName().replace(".", "\\.") + ".*Benchmark")
			.addProfiler(GCProfiler.class)
			.verbosity(VerboseMode.SILENT)
			.build();
		Microbenchmarks benchmarks = new Microbenchmarks(new Runner(options).run());
		benchmarks.print();
		Aim.print(benchmarks.aims());
	}

	private static String name(RunResult result) {
		String name = result.getParams().getBenchmark();
		String[] parts = name.split("\\.");
		StringBuilder text = new StringBuilder(parts[parts.length - 2].replace("Benchmark", "")).append('.')
			.append(parts[parts.length - 1]);
		result.getParams()
			.getParamsKeys()
			.forEach((key) -> text.append(' ').append(key).append('=').append(result.getParams().getParam(key)));
		return text.toString();
	}

	/** Of medians: the time of the buyer to that of a loop written by hand. */
	private double purchase() {
		return nanos("PaidCall.pay signature=true") / nanos("PaidCall.payByHand signature=true");
	}

	private void print() {
		System.out.printf("%-50s %12s %12s %12s%n", "Benchmark", "median ns", "least ns", "bytes");
		this.results.keySet()
			.forEach((name) -> System.out.printf(Locale.ROOT, "%-50s %12.1f %12.1f %12.0f%n", name, nanos(name),
					result(name).getPrimaryResult().getStatistics().getMin(), bytes(name)));
		System.out.printf(Locale.ROOT, "%npaid tool / free tool: %.1f%n",
				nanos("PaidTool.paid signature=false") / nanos("PaidTool.free signature=false"));
	}

	private List<Aim> aims() {
		List<Aim> aims = new ArrayList<>();
		aims.add(Aim.atMost("unpriced handler, added", nanos("UnpricedHandler.with") - nanos("UnpricedHandler.without"),
				100, "ns"));
		aims.add(Aim.atMost("unpriced handler on WebFlux, added",
				nanos("UnpricedExchange.with") - nanos("UnpricedExchange.without"), 100, "ns"));
		aims.add(Aim.atMost("static 402, built", nanos("Challenge.build") / 1000, 1, "us"));
		aims.add(Aim.atMost("static 402, built, allocated", bytes("Challenge.build") / 1024, 1, "KB"));
		aims.add(Aim.atMost("check of a pass in memory", nanos("PassCheck.pass") / 1000, 5, "us"));
		aims.add(Aim.atMost("402 of 10,000 handlers in turn / of one",
				nanos("ManyHandlers.answer handlers=10000") / nanos("ManyHandlers.answer handlers=1"), 1.05, ""));
		aims.add(Aim.atMost("paid request, our own time without facilitator and signature",
				nanos("PaidRequest.pay signature=false") / 1e6, 0.3, "ms"));
		aims.add(Aim.atMost("paid tool beside a free one, without facilitator and signature",
				(nanos("PaidTool.paid signature=false") - nanos("PaidTool.free signature=false")) / 1e6, 0.3, "ms"));
		aims.add(Aim.atMost("purchase with signature / 402 loop written by hand", purchase(), 1.1, ""));
		this.results.keySet()
			.stream()
			.filter((name) -> name.startsWith("ParseBomb"))
			.forEach((name) -> aims.add(Aim.atMost(name, nanos(name) / 1e6, 1, "ms")));
		HeldMemory memory = new HeldMemory();
		for (int chunk : new int[] { 512, 8192, BenchmarkShop.HOLD_LIMIT }) {
			aims.add(Aim.atMost("memory of a held response, written by " + chunk + " bytes",
					memory.perRequest(chunk) / 1024.0, (BenchmarkShop.HOLD_LIMIT + OBJECTS) / 1024.0, "KB"));
		}
		return aims;
	}

	/** The median, because others may use the machine meanwhile. */
	private double nanos(String name) {
		return result(name).getPrimaryResult().getStatistics().getPercentile(50);
	}

	private double bytes(String name) {
		return result(name).getSecondaryResults().get("gc.alloc.rate.norm").getScore();
	}

	private RunResult result(String name) {
		RunResult result = this.results.get(name);
		if (result == null) {
			throw new IllegalStateException("No result of " + name);
		}
		return result;
	}

}
