/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * What one instance on virtual threads bears with a facilitator that takes its time and
 * with its limits as they are: payments at a rate, or large responses that wait for their
 * settlement all at once. Prints the status of the responses, and what claims or waiting
 * responses take of the heap.
 */
final class ScaleBenchmark {

	private static final int LARGE = 64 * 1024;

	/** A waiting response has its held body and may take as much again. */
	private static final long LARGE_AIM = 2 * LARGE;

	private static final double KEPT_SECONDS = 35 * 60;

	/** More than any call of a facilitator may take. */
	private static final long LONGEST_SECONDS = 100;

	private final Payments payments = new Payments();

	private final String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

	private ScaleBenchmark() {
	}

	/**
	 * Run the benchmark.
	 * @param args {@code rate}, payments a second, seconds, and milliseconds that a call
	 * of the facilitator takes, such as 500, 180 and 2000, and properties of the
	 * application; or {@code held}, the number of responses, and those milliseconds, such
	 * as 1000 and 8000
	 */
	public static void main(String[] args) throws IOException {
		System.out.printf(Locale.ROOT, "%d processors, load average %.1f%n", Runtime.getRuntime().availableProcessors(),
				ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
		if (args[0].equals("held")) {
			new ScaleBenchmark().held(Integer.parseInt(args[1]), Long.parseLong(args[2]));
		}
		else {
			new ScaleBenchmark().rate(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Long.parseLong(args[3]),
					List.of(args).subList(4, args.length));
		}
		System.exit(0);
	}

	private void rate(int rate, int seconds, long delay, List<String> properties) throws IOException {
		try (ServerProcess facilitator = facilitator(delay); ServerProcess shop = shop(facilitator, properties)) {
			List<byte[]> requests = this.payments.requests("/paid", offer(shop, "/paid"), rate * seconds);
			int half = requests.size() / 2;
			double cpu = shop.cpu();
			long begin = System.nanoTime();
			try (Requests open = new Requests(shop.port())) {
				open.send(requests.subList(0, half), rate);
				open.receiveAll();
				// What does not grow with every payment is there by now, such as the
				// ledger
				long before = shop.liveHeap(this.java);
				open.send(requests.subList(half, requests.size()), rate);
				open.receiveAll();
				System.out.printf(Locale.ROOT, "%d payments in %.0f s, calls of the facilitator take %d ms%n",
						requests.size(), (System.nanoTime() - begin) / 1e9, delay);
				open.print();
				System.out.printf(Locale.ROOT, "CPU of a paid request: %.0f us%n",
						(shop.cpu() - cpu) / requests.size());
				printClaims((double) (shop.liveHeap(this.java) - before) / (requests.size() - half), rate);
			}
		}
	}

	private static void printClaims(double each, int rate) {
		System.out.printf(Locale.ROOT, "heap of one claim and its response: %.0f bytes%n", each);
		System.out.printf(Locale.ROOT,
				"claims at this rate once the first are forgotten, after %.0f minutes: %.0f, %.0f MB%n",
				KEPT_SECONDS / 60, rate * KEPT_SECONDS, each * rate * KEPT_SECONDS / 1e6);
	}

	private void held(int count, long delay) throws IOException {
		try (ServerProcess facilitator = facilitator(delay); ServerProcess shop = shop(facilitator, List.of())) {
			List<byte[]> requests = this.payments.requests("/large", offer(shop, "/large"), count);
			long before = shop.liveHeap(this.java);
			try (Requests open = new Requests(shop.port())) {
				long begin = System.nanoTime();
				for (byte[] request : requests) {
					open.send(request);
				}
				// All are verified, none is settled
				open.receiveUntil(begin + (delay + delay / 2) * 1_000_000);
				int waiting = open.waiting();
				long each = (shop.liveHeap(this.java) - before) / Math.max(1, waiting);
				System.out.printf(Locale.ROOT,
						"heap of one of %d responses of %d bytes that wait for their settlement: %d bytes (aim: %d%s)%n",
						waiting, LARGE, each, LARGE_AIM, (each <= LARGE_AIM) ? ", met" : ", MISSED");
				open.receiveAll();
				open.print();
			}
		}
	}

	private ServerProcess facilitator(long delay) throws IOException {
		return ServerProcess.start(this.java, List.of("-Xss256k"), StubFacilitator.class,
				List.of(this.payments.payer(), Payments.NETWORK, Long.toString(delay)));
	}

	private ServerProcess shop(ServerProcess facilitator, List<String> properties) throws IOException {
		List<String> arguments = new ArrayList<>(List.of("WithStarter", "spring.threads.virtual.enabled=true",
				"x402.facilitator.connector=jdk", "x402.facilitator.verify-timeout=60s",
				"x402.facilitator.url=http://127.0.0.1:" + facilitator.port()));
		arguments.addAll(properties);
		return ServerProcess.start(this.java, List.of(), Applications.class, arguments);
	}

	private PaymentRequirements offer(ServerProcess shop, String path) throws IOException {
		try (Connection connection = new Connection(shop.port())) {
			PaymentRequirements offer = this.payments.offer(connection.exchange(Payments.request(path, "")));
			// Everything that a payment needs is loaded
			connection.exchange(this.payments.requests(path, offer, 1).get(0));
			return offer;
		}
	}

	/**
	 * Requests over as many connections as wait for a response at the same time.
	 */
	private static final class Requests implements AutoCloseable {

		private final Map<String, Integer> statuses = new TreeMap<>();

		private final List<Long> micros = new ArrayList<>();

		private final Deque<Exchange> idle = new ArrayDeque<>();

		private final Selector selector = Selector.open();

		private final int port;

		private int waiting;

		Requests(int port) throws IOException {
			this.port = port;
		}

		int waiting() {
			return this.waiting;
		}

		void send(byte[] request) throws IOException {
			Exchange exchange = this.idle.poll();
			if (exchange == null) {
				SocketChannel channel = SocketChannel
					.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port));
				channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
				channel.configureBlocking(false);
				exchange = new Exchange(channel);
				channel.register(this.selector, SelectionKey.OP_READ, exchange);
			}
			exchange.sent = System.nanoTime();
			exchange.received.clear();
			ByteBuffer bytes = ByteBuffer.wrap(request);
			while (bytes.hasRemaining()) {
				exchange.channel.write(bytes);
			}
			this.waiting++;
		}

		void send(List<byte[]> requests, int rate) throws IOException {
			long begin = System.nanoTime();
			for (int sent = 0; sent < requests.size(); sent++) {
				receiveUntil(begin + sent * 1_000_000_000L / rate);
				send(requests.get(sent));
			}
		}

		void receiveUntil(long nanos) throws IOException {
			for (long rest = nanos - System.nanoTime(); rest > 0; rest = nanos - System.nanoTime()) {
				receive(Math.max(1, rest / 1_000_000));
			}
			receive(0);
		}

		void receiveAll() throws IOException {
			long end = System.nanoTime() + LONGEST_SECONDS * 1_000_000_000;
			while (this.waiting > 0 && System.nanoTime() < end) {
				receive(1000);
			}
			if (this.waiting > 0) {
				this.statuses.put("none", this.waiting);
			}
		}

		private void receive(long millis) throws IOException {
			if (millis > 0) {
				this.selector.select(millis);
			}
			else {
				this.selector.selectNow();
			}
			for (SelectionKey key : this.selector.selectedKeys()) {
				Exchange exchange = (Exchange) key.attachment();
				boolean open = exchange.channel.read(exchange.received) >= 0;
				if (!open || exchange.isComplete()) {
					ended(exchange, open ? exchange.status() : "closed");
				}
				if (!open) {
					exchange.channel.close();
				}
			}
			this.selector.selectedKeys().clear();
		}

		private void ended(Exchange exchange, String status) {
			if (exchange.sent != 0) {
				this.waiting--;
				this.statuses.merge(status, 1, Integer::sum);
				this.micros.add((System.nanoTime() - exchange.sent) / 1000);
				exchange.sent = 0;
			}
			if (status.equals("closed")) {
				this.idle.remove(exchange);
			}
			else {
				this.idle.add(exchange);
			}
		}

		void print() {
			this.micros.sort(null);
			System.out.println("responses by status: " + this.statuses);
			System.out.printf(Locale.ROOT, "p50 %d ms, p99 %d ms, maximum %d ms, over %d connections%n",
					this.micros.get(this.micros.size() / 2) / 1000,
					this.micros.get((int) (this.micros.size() * 0.99)) / 1000,
					this.micros.get(this.micros.size() - 1) / 1000, this.selector.keys().size());
		}

		@Override
		public void close() throws IOException {
			for (SelectionKey key : this.selector.keys()) {
				key.channel().close();
			}
			this.selector.close();
		}

	}

	private static final class Exchange {

		private static final String LENGTH = "content-length:";

		private final SocketChannel channel;

		private final ByteBuffer received = ByteBuffer.allocate(2 * LARGE);

		private long sent;

		Exchange(SocketChannel channel) {
			this.channel = channel;
		}

		String status() {
			return new String(this.received.array(), 9, 3, StandardCharsets.ISO_8859_1);
		}

		boolean isComplete() {
			String text = new String(this.received.array(), 0, this.received.position(), StandardCharsets.ISO_8859_1);
			int end = text.indexOf("\r\n\r\n");
			if (end < 0) {
				return false;
			}
			String head = text.substring(0, end + 2).toLowerCase(Locale.ROOT);
			int length = head.indexOf(LENGTH);
			return length < 0 || this.received.position() >= end + 4
					+ Integer.parseInt(head.substring(length + LENGTH.length(), head.indexOf('\r', length)).strip());
		}

	}

}
