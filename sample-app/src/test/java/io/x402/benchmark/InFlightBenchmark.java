/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Paid requests to WebFlux on Reactor Netty, all of them in flight at the same time, with
 * a facilitator that takes its time. Prints the status of the responses, what a request
 * in flight takes of the heap, and how long a free handler takes meanwhile, which waits
 * if an event loop does.
 */
final class InFlightBenchmark {

	private static final long HOLD_LIMIT = 64 * 1024;

	/**
	 * What an application that has just started needs to load and compile the most of it.
	 */
	private static final int WARM_UP = 1000;

	private final Payments payments = new Payments();

	private final String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

	private final int count;

	private final long delay;

	private final String threads;

	private InFlightBenchmark(int count, long delay, String threads) {
		this.count = count;
		this.delay = delay;
		this.threads = threads;
	}

	/**
	 * Run the benchmark.
	 * @param args number of requests, milliseconds that a call of the facilitator takes,
	 * and threads of the engine, such as 10000, 2000 and 4000
	 */
	public static void main(String[] args) throws IOException {
		new InFlightBenchmark((args.length > 0) ? Integer.parseInt(args[0]) : 10_000,
				(args.length > 1) ? Long.parseLong(args[1]) : 2000, (args.length > 2) ? args[2] : "4000")
			.run();
		System.exit(0);
	}

	private void run() throws IOException {
		System.out.printf(Locale.ROOT, "%d processors, load average %.1f%n", Runtime.getRuntime().availableProcessors(),
				ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
		try (ServerProcess facilitator = ServerProcess.start(this.java, List.of(), StubFacilitator.class,
				List.of(this.payments.payer(), Payments.NETWORK, Long.toString(this.delay)));
				ServerProcess shop = ServerProcess.start(this.java, List.of(), Applications.class,
						List.of("WithStarter", "spring.main.web-application-type=reactive",
								"x402.webflux.max-threads=" + this.threads,
								"x402.facilitator.limits.max-concurrent-verifications=" + this.threads,
								"x402.facilitator.limits.max-concurrent-settlements=" + this.threads,
								// Reactor Netty has 500 connections to a host, and as
								// many
								// connections at the same time keep the stub waiting
								"x402.facilitator.connector=jdk", "x402.facilitator.connect-timeout=20s",
								"x402.facilitator.url=http://127.0.0.1:" + facilitator.port()))) {
			PaymentRequirements offer;
			try (Connection connection = new Connection(shop.port())) {
				offer = this.payments.offer(connection.exchange(Payments.request("/paid", "")));
			}
			List<byte[]> requests = this.payments.requests("/paid", offer, WARM_UP + this.count);
			System.out.printf("%d payments signed%n", requests.size());
			System.out.println("to get warm: " + exchange(shop, requests.subList(0, WARM_UP)));
			measure(shop, requests.subList(WARM_UP, requests.size()));
		}
	}

	private static Map<String, Integer> exchange(ServerProcess shop, List<byte[]> requests) throws IOException {
		try (Selector selector = Selector.open()) {
			for (byte[] request : requests) {
				send(selector, shop.port(), request);
			}
			Statuses statuses = new Statuses();
			while (statuses.received < requests.size()) {
				statuses.receive(selector, 20);
			}
			return statuses.counts;
		}
	}

	private void measure(ServerProcess shop, List<byte[]> requests) throws IOException {
		long before = shop.liveHeap(this.java);
		double cpuBefore = shop.cpu();
		try (Selector selector = Selector.open(); Connection probe = new Connection(shop.port())) {
			for (byte[] request : requests) {
				send(selector, shop.port(), request);
			}
			long begin = System.nanoTime();
			System.out.println("all requests sent");
			Statuses statuses = new Statuses();
			statuses.receive(selector, 0);
			int inFlight = this.count - statuses.received;
			long live = shop.liveHeap(this.java);
			List<Long> waits = new ArrayList<>();
			byte[] free = Payments.request("/free", "");
			while (statuses.received < this.count) {
				long asked = System.nanoTime();
				probe.exchange(free);
				waits.add((System.nanoTime() - asked) / 1000);
				statuses.receive(selector, 20);
			}
			waits.sort(null);
			System.out.printf(Locale.ROOT,
					"%d paid requests, calls of the facilitator take %d ms, %s threads: %.0f s%n", this.count,
					this.delay, this.threads, (System.nanoTime() - begin) / 1e9);
			System.out.println("responses by status: " + statuses.counts);
			long each = (live - before) / inFlight;
			System.out.printf(Locale.ROOT, "heap of one of %d requests in flight: %d bytes (aim: %d%s)%n", inFlight,
					each, HOLD_LIMIT, (each <= HOLD_LIMIT) ? ", met" : ", MISSED");
			System.out.printf(Locale.ROOT,
					"a free handler meanwhile, %d requests: p50 %d us, p99 %d us, maximum %d us%n", waits.size(),
					waits.get(waits.size() / 2), waits.get((int) (waits.size() * 0.99)), waits.get(waits.size() - 1));
			System.out.printf(Locale.ROOT, "CPU of a paid request: %.0f us%n", (shop.cpu() - cpuBefore) / this.count);
		}
	}

	private static void send(Selector selector, int port, byte[] request) throws IOException {
		SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		channel.write(ByteBuffer.wrap(request));
		channel.configureBlocking(false);
		channel.register(selector, SelectionKey.OP_READ);
	}

	/**
	 * What has come back.
	 */
	private static final class Statuses {

		private final Map<String, Integer> counts = new TreeMap<>();

		private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);

		private int received;

		/**
		 * Receive responses, each of which comes in one piece.
		 */
		void receive(Selector selector, long millis) throws IOException {
			if (millis == 0) {
				selector.selectNow();
			}
			else {
				selector.select(millis);
			}
			for (SelectionKey key : selector.selectedKeys()) {
				SocketChannel channel = (SocketChannel) key.channel();
				this.buffer.clear();
				boolean open = channel.read(this.buffer) > 0;
				String head = new String(this.buffer.array(), 0, this.buffer.position(), StandardCharsets.ISO_8859_1);
				this.counts.merge(open ? head.substring(9, 12) : "closed", 1, Integer::sum);
				this.received++;
				channel.close();
			}
			selector.selectedKeys().clear();
		}

	}

}
