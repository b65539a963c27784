/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * A server on loopback that answers what its script says and counts its calls. It has a
 * thread for each connection, so a call that hangs delays no other.
 */
abstract class ScriptedServer implements AutoCloseable {

	private final ServerSocket server;

	private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();

	ScriptedServer() throws IOException {
		this.server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
		start(this::accept);
	}

	final String url() {
		return "http://127.0.0.1:" + this.server.getLocalPort();
	}

	/**
	 * Return how often each operation was called.
	 */
	final Map<String, Integer> calls() {
		Map<String, Integer> counts = new TreeMap<>();
		this.calls.forEach((operation, count) -> counts.put(operation, count.get()));
		return counts;
	}

	final int calls(String operation) {
		return calls().getOrDefault(operation, 0);
	}

	/**
	 * Behave well from now on.
	 */
	void agree() {
	}

	/**
	 * Return the name under which a call is counted.
	 */
	abstract String operation(RawHttp.Message call);

	/**
	 * Answer a call.
	 * @return the response, or {@code null} to leave the caller without one
	 */
	abstract byte @Nullable [] answer(String operation, RawHttp.Message call);

	static byte[] response(int status, String json) {
		byte[] body = json.getBytes(StandardCharsets.UTF_8);
		String head = "HTTP/1.1 " + status + " Scripted\r\nContent-Type: application/json\r\nContent-Length: "
				+ body.length + "\r\n\r\n";
		return (head + json).getBytes(StandardCharsets.UTF_8);
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				socket.setTcpNoDelay(true);
				start(() -> serve(socket));
			}
			catch (IOException ex) {
				if (!this.server.isClosed()) {
					throw new UncheckedIOException(ex);
				}
			}
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			RawHttp http = new RawHttp(socket.getInputStream());
			OutputStream out = socket.getOutputStream();
			for (RawHttp.Message call = http.read(); call != null; call = http.read()) {
				String operation = operation(call);
				this.calls.computeIfAbsent(operation, (name) -> new AtomicInteger()).incrementAndGet();
				byte[] response = answer(operation, call);
				if (response != null) {
					out.write(response);
				}
			}
		}
		catch (IOException ex) {
			// The caller has closed the connection
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "scripted-server");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public final void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
