/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Requests over several connections at a rate, until a time is over or it is stopped.
 * What is not answered in time is given up, as those who attack do.
 */
final class Flood implements AutoCloseable {

	/** After these, Tomcat closes the connection. */
	private static final Set<Integer> DROPPING = Set.of(400, 500, 503);

	private final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();

	private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();

	private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

	private final List<Thread> threads = new ArrayList<>();

	private final long end;

	private volatile boolean stopped;

	private Flood(Duration time) {
		this.end = System.nanoTime() + time.toNanos();
	}

	/**
	 * Start to send requests.
	 * @param port port of the node
	 * @param count number of connections
	 * @param perSecond requests per second over all connections; 0 for as fast as they
	 * are answered
	 * @param time how long
	 * @param requests makes each request
	 * @return the running flood
	 */
	static Flood start(int port, int count, int perSecond, Duration time, Supplier<byte[]> requests)
			throws IOException {
		Flood flood = new Flood(time);
		long interval = (perSecond > 0) ? 1_000_000_000L * count / perSecond : 0;
		for (int i = 0; i < count; i++) {
			Connection connection = flood.connect(port);
			long offset = interval * i / count;
			Thread thread = new Thread(() -> flood.send(port, connection, requests, interval, offset), "flood");
			thread.setDaemon(true);
			flood.threads.add(thread);
		}
		flood.threads.forEach(Thread::start);
		return flood;
	}

	private Connection connect(int port) throws IOException {
		Connection connection = new Connection(port);
		this.connections.add(connection);
		return connection;
	}

	private void send(int port, Connection first, Supplier<byte[]> requests, long interval, long offset) {
		Connection connection = first;
		long due = System.nanoTime() + offset;
		try {
			while (!this.stopped && due < this.end && System.nanoTime() < this.end) {
				sleepUntil(due);
				byte[] request = requests.get();
				long sent = System.nanoTime();
				int status = connection.exchange(request).status();
				this.nanos.add(System.nanoTime() - sent);
				this.statuses.computeIfAbsent(status, (key) -> new AtomicInteger()).incrementAndGet();
				due = (interval > 0) ? due + interval : System.nanoTime();
				if (DROPPING.contains(status)) {
					this.connections.remove(connection);
					connection.close();
					connection = connect(port);
				}
			}
		}
		catch (IOException ex) {
			if (!this.stopped) {
				this.statuses.computeIfAbsent(0, (key) -> new AtomicInteger()).incrementAndGet();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void sleepUntil(long due) throws InterruptedException {
		long wait = due - System.nanoTime();
		if (wait > 0) {
			Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
		}
	}

	/**
	 * Wait until the time is over and all requests are answered.
	 */
	Flood await() throws InterruptedException {
		for (Thread thread : this.threads) {
			thread.join();
		}
		return this;
	}

	/**
	 * Return how many requests got each status; 0 for connections that broke.
	 */
	Map<Integer, Integer> statuses() {
		Map<Integer, Integer> counts = new TreeMap<>();
		this.statuses.forEach((status, count) -> counts.put(status, count.get()));
		return counts;
	}

	int answered() {
		return this.nanos.size();
	}

	/**
	 * Return a percentile of the times to an answer.
	 * @param percent from 0 to 100
	 * @return milliseconds
	 */
	double percentile(double percent) {
		long[] sorted = this.nanos.stream().mapToLong(Long::longValue).sorted().toArray();
		return (sorted.length > 0) ? sorted[(int) Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6
				: Double.NaN;
	}

	@Override
	public void close() throws IOException {
		this.stopped = true;
		for (Connection connection : this.connections) {
			connection.close();
		}
		for (Thread thread : this.threads) {
			thread.interrupt();
		}
	}

	@Override
	public String toString() {
		return "Flood" + Arrays.asList(statuses());
	}

}
