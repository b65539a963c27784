/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

import com.sun.management.OperatingSystemMXBean;

/**
 * Sends requests over connections that stay open, one at a time on each, and measures.
 * Its own work is as small as a client's can be, and the same for everything measured.
 */
final class LoadClient implements AutoCloseable {

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	/**
	 * Send requests and wait for all answers.
	 * @param port where to
	 * @param connections how many at a time
	 * @param count how many in all
	 * @param requests makes the bytes of each request
	 * @param status the status every answer has to have
	 * @return what was measured
	 */
	Window send(int port, int connections, int count, IntFunction<byte[]> requests, int status)
			throws IOException, InterruptedException, ExecutionException {
		long[] nanos = new long[count];
		AtomicInteger next = new AtomicInteger();
		CyclicBarrier start = new CyclicBarrier(connections + 1);
		List<Future<Void>> done = new ArrayList<>();
		for (int i = 0; i < connections; i++) {
			Callable<Void> connection = connection(port, requests, status, nanos, next, start);
			done.add(this.threads.submit(connection));
		}
		try {
			start.await();
		}
		catch (BrokenBarrierException ex) {
			throw new IllegalStateException(ex);
		}
		long cpu = SYSTEM.getProcessCpuTime();
		long began = System.nanoTime();
		for (Future<Void> each : done) {
			each.get();
		}
		long elapsed = System.nanoTime() - began;
		cpu = SYSTEM.getProcessCpuTime() - cpu;
		Arrays.sort(nanos);
		return new Window(count * 1e9 / elapsed, nanos[count / 2] / 1e3, nanos[(int) (count * 0.99)] / 1e3,
				cpu / 1e3 / count);
	}

	private static Callable<Void> connection(int port, IntFunction<byte[]> requests, int status, long[] nanos,
			AtomicInteger next, CyclicBarrier start) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
		socket.setTcpNoDelay(true);
		return () -> {
			try (socket) {
				RawHttp http = new RawHttp(socket.getInputStream());
				OutputStream out = socket.getOutputStream();
				start.await();
				for (int i = next.getAndIncrement(); i < nanos.length; i = next.getAndIncrement()) {
					byte[] request = requests.apply(i);
					long sent = System.nanoTime();
					out.write(request);
					RawHttp.Message answer = http.read();
					nanos[i] = System.nanoTime() - sent;
					if (answer == null || answer.status() != status) {
						throw new IllegalStateException("Not answered with " + status + ": " + answer);
					}
				}
				return null;
			}
		};
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

	/**
	 * What was measured of one series of requests.
	 *
	 * @param perSecond requests per second
	 * @param median median time to an answer, in microseconds
	 * @param p99 99th percentile of it
	 * @param cpu CPU time of this process for each request, in microseconds, client and
	 * stub included
	 */
	record Window(double perSecond, double median, double p99, double cpu) {

	}

}
