/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

/**
 * Sends requests over connections that stay open, one at a time on each, with one thread,
 * and measures by phases.
 */
final class Load {

	private final int port;

	private final int status;

	private final IntFunction<byte @Nullable []> requests;

	private int next;

	/**
	 * Create a load.
	 * @param port where to send requests
	 * @param status status that every response must have
	 * @param requests returns the bytes of a request by its number, {@code null} after
	 * the last one
	 */
	Load(int port, int status, IntFunction<byte @Nullable []> requests) {
		this.port = port;
		this.status = status;
		this.requests = requests;
	}

	/**
	 * Send requests until the last phase is over or there are none left.
	 * @param connections number of connections
	 * @param ends ends of the phases
	 * @param cpu CPU times to measure beside
	 * @return the phases, fewer if the requests ended early
	 */
	List<Phase> run(int connections, List<End> ends, CpuTimes cpu) throws IOException {
		try (Selector selector = Selector.open()) {
			long begin = System.nanoTime();
			for (int i = 0; i < connections; i++) {
				connect(selector);
			}
			List<Phase> phases = new ArrayList<>();
			long from = begin;
			double[] before = cpu.micros();
			int responses = 0;
			for (End end : ends) {
				Times times = new Times();
				boolean complete = runUntil(selector, begin, end.after(responses), times);
				responses += times.size;
				long now = System.nanoTime();
				double[] after = cpu.micros();
				if (!complete) {
					break;
				}
				phases.add(times.phase((now - from) / 1e9, before, after));
				from = now;
				before = after;
			}
			for (SelectionKey key : selector.keys()) {
				key.channel().close();
			}
			return phases;
		}
	}

	private void connect(Selector selector) throws IOException {
		SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port));
		channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
		channel.configureBlocking(false);
		Exchange connection = new Exchange(channel);
		channel.register(selector, SelectionKey.OP_READ, connection);
		send(connection);
	}

	private boolean runUntil(Selector selector, long begin, End end, Times times) throws IOException {
		boolean[] complete = { true };
		while (complete[0] && !end.isReached(System.nanoTime() - begin, times.size)) {
			selector.select((key) -> {
				try {
					complete[0] &= receive((Exchange) key.attachment(), times);
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}, 100);
		}
		return complete[0];
	}

	private boolean receive(Exchange connection, Times times) throws IOException {
		if (connection.channel.read(connection.buffer) < 0) {
			throw new IOException("The connection was closed");
		}
		if (!connection.isComplete()) {
			return true;
		}
		times.add(System.nanoTime() - connection.sent);
		if (connection.status() != this.status) {
			throw new IOException("Status " + connection.status() + " instead of " + this.status);
		}
		connection.buffer.clear();
		return send(connection);
	}

	private boolean send(Exchange connection) throws IOException {
		byte[] request = this.requests.apply(this.next++);
		if (request == null) {
			return false;
		}
		connection.sent = System.nanoTime();
		ByteBuffer bytes = ByteBuffer.wrap(request);
		while (bytes.hasRemaining()) {
			connection.channel.write(bytes);
		}
		return true;
	}

	/**
	 * The end of a phase, since the first request.
	 *
	 * @param seconds after so many seconds, or a negative number
	 * @param responses after so many responses, or a negative number
	 */
	record End(long seconds, int responses) {

		static End afterSeconds(String seconds) {
			return new End(Long.parseLong(seconds), -1);
		}

		static End afterResponses(String responses) {
			return new End(-1, Integer.parseInt(responses));
		}

		private End after(int earlier) {
			return new End(this.seconds, this.responses - earlier);
		}

		private boolean isReached(long nanos, int received) {
			return (this.seconds >= 0) ? nanos >= this.seconds * 1_000_000_000L : received >= this.responses;
		}

		@Override
		public String toString() {
			return Long.toString((this.seconds >= 0) ? this.seconds : this.responses);
		}

	}

	/**
	 * CPU times of other processes.
	 */
	@FunctionalInterface
	interface CpuTimes {

		double[] micros() throws IOException;

	}

	/**
	 * What was measured in a phase.
	 *
	 * @param perSecond responses per second
	 * @param p50 median time to a response in microseconds
	 * @param p99 99th percentile of it
	 * @param cpu CPU time of each other process for each response in microseconds
	 */
	record Phase(double perSecond, double p50, double p99, double[] cpu) {

	}

	private static final class Times {

		private int[] micros = new int[1 << 16];

		private int size;

		void add(long nanos) {
			if (this.size == this.micros.length) {
				this.micros = Arrays.copyOf(this.micros, 2 * this.size);
			}
			this.micros[this.size++] = (int) (nanos / 1000);
		}

		Phase phase(double seconds, double[] before, double[] after) {
			Arrays.sort(this.micros, 0, this.size);
			double[] cpu = new double[after.length];
			for (int i = 0; i < cpu.length; i++) {
				cpu[i] = (after[i] - before[i]) / Math.max(1, this.size);
			}
			return new Phase(this.size / seconds, this.micros[this.size / 2], this.micros[(int) (this.size * 0.99)],
					cpu);
		}

	}

	private static final class Exchange {

		private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(StandardCharsets.US_ASCII);

		private final SocketChannel channel;

		private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);

		private long sent;

		Exchange(SocketChannel channel) {
			this.channel = channel;
		}

		int status() {
			byte[] bytes = this.buffer.array();
			return (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
		}

		boolean isComplete() {
			byte[] bytes = this.buffer.array();
			int length = -1;
			for (int i = 0; i + 3 < this.buffer.position(); i++) {
				if (bytes[i] == '\r' && bytes[i + 2] == '\r') {
					return this.buffer.position() >= i + 4 + Math.max(0, length);
				}
				if (bytes[i] == '\r' && matches(bytes, i)) {
					length = number(bytes, i + LENGTH.length);
				}
			}
			return false;
		}

		private static boolean matches(byte[] bytes, int offset) {
			for (int i = 0; i < LENGTH.length; i++) {
				byte lower = (bytes[offset + i] >= 'A' && bytes[offset + i] <= 'Z') ? (byte) (bytes[offset + i] + 32)
						: bytes[offset + i];
				if (lower != LENGTH[i]) {
					return false;
				}
			}
			return true;
		}

		private static int number(byte[] bytes, int offset) {
			int number = 0;
			for (int i = offset; bytes[i] != '\r'; i++) {
				number = (bytes[i] == ' ') ? number : number * 10 + bytes[i] - '0';
			}
			return number;
		}

	}

}
